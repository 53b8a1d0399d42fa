#!/bin/sh
# Does OpenSSL accept what the simulated authority signs?
#
# For each kind of key: the authority's certificate parses and is self-signed, the document signer's chains to it, the
# signature of EF.SOD verifies with the embedded certificate and up to the authority, and the signed digests are those of
# the files. One line per check; the exit code is 1 when one failed.
# Needs: cargo, openssl 3, GNU coreutils.
set -u
cd "$(dirname "$0")/.." || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

check() { # NAME COMMAND...: one line, and the tool's own words when it fails
    check_name=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        echo "ok      $check_name"
    else
        echo "FAILED  $check_name"
        sed 's/^/        /' "$work/log"
        failed=1
    fi
}

skip_header() { # FILE: the bytes after the outer tag and its three-byte length 82 xx xx
    tail -c +5 "$1"
}

# The self-signature is checked by hand (-check_ss_sig): OpenSSL trusts a root without looking at it.
# -attime: 1 January 2025, inside every validity period.
verify="openssl verify -attime 1735689600 -check_ss_sig -x509_strict"

der_is_canonical() { # FILE: OpenSSL's own encoding of the certificate is the same, byte by byte
    openssl x509 -inform DER -in "$1" -outform DER -out "$work/again.der" && cmp "$1" "$work/again.der"
}

digests_are_signed() { # FOLDER: every data group's SHA-256 is in the content that OpenSSL has verified
    content=$(od -An -v -tx1 "$work/content" | tr -d ' \n')
    groups=0
    for group in "$1"/DG*.bin; do
        number=$(basename "$group" .bin | tr -d 'DG')
        digest=$(openssl dgst -sha256 -r "$group" | cut -d' ' -f1)
        # DataGroupHash ::= SEQUENCE { INTEGER, OCTET STRING of 32 bytes }
        case $content in
        *"$(printf '30250201%02x0420' "$number")$digest"*) groups=$((groups + 1)) ;;
        *) echo "no digest of $group" && return 1 ;;
        esac
    done
    test "$groups" -ge 5 || { echo "only $groups data groups"; return 1; }
}

# OpenSSL verifies no chain in which an end entity's key has explicit curve parameters (error 94, by its policy), so there
# the certificate's signature is verified as plain bytes, and EF.SOD without the chain.
signed_by() { # ISSUER.pem CERTIFICATE.der DIGEST
    openssl x509 -in "$1" -pubkey -noout >"$work/issuer.pub" || return 1
    openssl asn1parse -inform DER -in "$2" -strparse 4 -out "$work/tbs" -noout || return 1
    offset=$(openssl asn1parse -inform DER -in "$2" | grep 'BIT STRING' | tail -n 1 | cut -d: -f1)
    openssl asn1parse -inform DER -in "$2" -strparse "$offset" -out "$work/signature" -noout || return 1
    openssl dgst "-$3" -verify "$work/issuer.pub" -signature "$work/signature" "$work/tbs"
}

check_kind() { # KIND [OPTION...]
    name=$*
    card=$work/card
    chain="-attime 1735689600 -purpose any -CAfile $work/csca.pem"
    explicit=no
    for option; do
        if [ "$option" = explicit ]; then
            explicit=yes
            chain=-noverify
        fi
    done
    rm -rf "$card" "$work/content"
    check "$name: the card is made" "$dump" "$card" "$@"
    check "$name: the authority's certificate is DER" der_is_canonical "$card/csca.der"
    check "$name: the signer's certificate is DER" der_is_canonical "$card/signer.der"
    openssl x509 -inform DER -in "$card/csca.der" -out "$work/csca.pem" 2>/dev/null
    openssl x509 -inform DER -in "$card/signer.der" -out "$work/signer.pem" -text 2>/dev/null
    check "$name: the authority signed itself" $verify -CAfile "$work/csca.pem" "$work/csca.pem"
    if [ $explicit = yes ]; then
        check "$name: the authority signed the signer" signed_by "$work/csca.pem" "$card/signer.der" "${1##*:}"
        check "$name: the key's parameters are explicit" grep -q 'Field Type: prime-field' "$work/signer.pem"
    else
        check "$name: the signer chains to the authority" $verify -CAfile "$work/csca.pem" "$work/signer.pem"
        for list in empty revoked; do
            openssl crl -inform DER -in "$card/$list.crl" -out "$work/$list.pem" 2>/dev/null
        done
        check "$name: an empty revocation list revokes nothing" $verify -CAfile "$work/csca.pem" \
            -crl_check -CRLfile "$work/empty.pem" "$work/signer.pem"
        check "$name: a revoked signer is refused" is_revoked
    fi
    skip_header "$card/EF_SOD.bin" >"$work/sod.der"
    check "$name: EF.SOD verifies" openssl cms -verify -inform DER -in "$work/sod.der" -binary \
        $chain -out "$work/content"
    check "$name: the files' digests are signed" digests_are_signed "$card"
    # One bit of the last byte, which is the signature's last.
    size=$(wc -c <"$work/sod.der")
    last=$(tail -c 1 "$work/sod.der" | od -An -tu1 | tr -d ' ')
    head -c $((size - 1)) "$work/sod.der" >"$work/bad.der"
    printf "\\$(printf '%03o' $((last ^ 1)))" >>"$work/bad.der"
    check "$name: a changed signature is refused" refused openssl cms -verify -inform DER -in "$work/bad.der" \
        -binary $chain -out /dev/null
}

is_revoked() {
    $verify -CAfile "$work/csca.pem" -crl_check -CRLfile "$work/revoked.pem" "$work/signer.pem" 2>&1 |
        grep 'certificate revoked'
}

refused() { ! "$@"; }

public_key() { # FILE BYTES: the SubjectPublicKeyInfo after that many bytes is a key that OpenSSL accepts
    tail -c +"$(($2 + 1))" "$1" >"$work/key.der"
    openssl pkey -pubin -inform DER -in "$work/key.der" -pubcheck -noout
}

cargo build -q -p cccd-simulator --example dump_card || exit 1
target=${CARGO_TARGET_DIR:-target}
dump=$target/debug/examples/dump_card

for curve in secp256r1:sha256 secp384r1:sha384 secp521r1:sha512 \
    brainpoolP256r1:sha256 brainpoolP384r1:sha384 brainpoolP512r1:sha512; do
    check_kind "$curve"
    check_kind "$curve" explicit
done
check_kind rsa-pkcs1:sha256
check_kind rsa-pkcs1:sha512
check_kind rsa-pss:sha256:32
check_kind rsa-pss:sha512:64
check_kind rsa-pss:sha1:20
check_kind secp384r1:sha384 lds18
check_kind secp256r1:sha256 person=simulator/people/dang-van-duc.toml

# DG15 is 6F 82 xx xx and an RSA key, or 6F xx and a key on a curve.
check "the card is made" "$dump" "$work/card"
check "DG15 holds an RSA key" public_key "$work/card/DG15.bin" 4
for curve in secp256r1 brainpoolP256r1; do
    check "the card is made" "$dump" "$work/card" "aa=$curve"
    check "DG15 holds a key on $curve" public_key "$work/card/DG15.bin" 2
done
check "the card is made" "$dump" "$work/card"
for name in csca link next_csca; do
    openssl x509 -inform DER -in "$work/card/$name.der" -out "$work/$name.pem" 2>/dev/null
done
check "the link certificate is signed by the old authority" signed_by "$work/csca.pem" "$work/card/link.der" sha384
for name in link next_csca; do
    openssl x509 -in "$work/$name.pem" -noout -pubkey >"$work/$name.pub"
done
check "the link certificate holds the next authority's key" cmp "$work/link.pub" "$work/next_csca.pub"
check "the card is made" "$dump" "$work/card" aa=secp256r1 standardised
for file in DG13 DG14 EF_COM EF_CardAccess; do
    check "$file is well-formed ASN.1" openssl asn1parse -inform DER -in "$work/card/$file.bin"
done

exit $failed
