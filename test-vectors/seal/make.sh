#!/bin/sh
# Makes the files of this folder with OpenSSL and nothing of ours: `sh make.sh` in a folder with kiosk.key.pem.
# The signatures have random nonces, so they differ from run to run; that they verify does not.
set -eu
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }
bin() { printf '%s' "$1" | sed 's/../\\x&/g' | xargs -0 printf '%b'; }
# A CBOR byte string of up to 255 bytes, from hexadecimal to hexadecimal.
bstr() {
    length=$((${#1} / 2))
    if [ "$length" -lt 24 ]; then printf '%02x%s' $((0x40 + length)) "$1"; else printf '58%02x%s' "$length" "$1"; fi
}
# A DER INTEGER at an offset, as 32 bytes in hexadecimal.
integer() {
    digits=$(openssl asn1parse -inform DER -in "$1" | sed -n "$2s/.*INTEGER *://p" | tr A-F a-f)
    printf '%64s' "$digits" | tr ' ' 0
}

openssl pkey -in kiosk.key.pem -pubout -out kiosk.pub.pem
openssl pkey -in kiosk.key.pem -pubout -outform DER -out "$work/spki"
kid=$(openssl dgst -sha256 -r "$work/spki" | cut -d' ' -f1)

# make NAME CONTENT-TYPE PAYLOAD MORE-HEADERS(hex) COUNT-OF-HEADERS
make() {
    printf '%s' "$2" > "$work/type"
    printf '%s' "$3" > "$work/payload"
    type=$(hex "$work/type")
    protected="a$5""0126""0378$(printf '%02x' ${#2})$type""045820$kid$4"
    payload=$(bstr "$(hex "$work/payload")")
    # ["Signature1", protected, h'', payload], RFC 9052 §4.4
    bin "846a5369""676e6174""75726531$(bstr "$protected")40$payload" > "$work/message"
    openssl dgst -sha256 -sign kiosk.key.pem -out "$work/der" "$work/message"
    signature="$(integer "$work/der" 2)$(integer "$work/der" 3)"
    bin "d284$(bstr "$protected")a0$payload$(bstr "$signature")" > "$1"
}

make evidence.cose application/vnd.cccd.evidence+cbor 'a file of evidence' '' 3
make trust-store.cose application/vnd.cccd.trust-store+cbor 'a file of trust' '' 3
# crit: ["x"], x: true
make critical.cose application/vnd.cccd.evidence+cbor 'a file of evidence' 0281''6178''6178f5 5
