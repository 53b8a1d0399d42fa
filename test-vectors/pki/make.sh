#!/usr/bin/env bash
# Makes the certificates, lists and signed files of this folder with OpenSSL 3 (README.md says what each is),
# and writes what OpenSSL itself makes of them to openssl-says.txt. Keys are thrown away.
#
#   test-vectors/pki/make.sh [FOLDER]     without FOLDER: this one
set -euo pipefail
out=$(cd "${1:-$(dirname "$0")}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# ---------------------------------------------------------------- DER by hand: what OpenSSL has no option for

bytes() { printf '%b' "$(sed 's/../\\x&/g' <<<"$1")"; }

tlv() { # TAG FILE…: one object around the files
  local tag=$1 length; shift
  cat "$@" >tlv.body
  length=$(stat -c %s tlv.body)
  if [ "$length" -lt 128 ]; then bytes "$tag$(printf %02x "$length")"
  elif [ "$length" -lt 256 ]; then bytes "${tag}81$(printf %02x "$length")"
  else bytes "${tag}82$(printf %04x "$length")"; fi
  cat tlv.body
}

field() { # CERTIFICATE N: the Nth field of the part that is signed
  local line
  line=$(openssl asn1parse -inform DER -in "$1" | grep ':d=2 ' | sed -n "$2p")
  local offset header length
  offset=$(sed 's/:.*//; s/ //g' <<<"$line")
  header=$(sed 's/.*hl= *\([0-9]*\).*/\1/' <<<"$line")
  length=$(sed 's/.* l= *\([0-9]*\).*/\1/' <<<"$line")
  tail -c +$((offset + 1)) "$1" | head -c $((header + length))
}

text_hex() { printf '%s' "$1" | od -An -tx1 | tr -d ' \n'; }

period() { # FROM UNTIL as YYYYMMDD: the extension privateKeyUsagePeriod (RFC 3280 §4.2.1.4)
  echo "2.5.29.16=DER:3022800f$(text_hex "${1}000000Z")810f$(text_hex "${2}000000Z")"
}

# ---------------------------------------------------------------- certificates

cat >ca.cnf <<'END'
[ca]
default_ca = it
[it]
new_certs_dir = .
database = index.txt
serial = serial
crlnumber = crlnumber
default_md = sha256
unique_subject = no
policy = any
string_mask = utf8only
email_in_dn = no
crl_extensions = of_a_crl
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
serialNumber = optional
[of_a_crl]
authorityKeyIdentifier = keyid
[req]
distinguished_name = empty
string_mask = utf8only
[empty]
END
: >index.txt
echo 1001 >serial
echo 01 >crlnumber

AUTHORITY=$'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash'
ISSUED=$'authorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash'
SIGNER=$'keyUsage=critical,digitalSignature\n'$ISSUED
LIST_SIGNER=$'extendedKeyUsage=critical,2.23.136.1.1.3\n'$SIGNER

key() { [ -e "$1.key" ] || openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }

certificate() { # NAME SUBJECT ISSUER KEY FROM UNTIL EXTENSIONS; ISSUER "self" signs with its own key
  local name=$1 subject=$2 issuer=$3 key=$4 by; shift 4
  key "$key"
  if [ "$issuer" = self ]; then by=(-selfsign -keyfile "$key.key")
  else by=(-cert "$issuer.pem" -keyfile "$issuer.signs.key"); fi
  printf '[e]\n%s\n' "$3" >extensions
  openssl req -new -config ca.cnf -utf8 -multivalue-rdn -key "$key.key" -subj "$subject" -out request
  openssl ca -config ca.cnf -batch -notext -preserveDN "${by[@]}" -in request -startdate "${1}000000Z" \
    -enddate "${2}000000Z" -extfile extensions -extensions e -out "$name.pem" 2>ca.log || { cat ca.log; exit 1; }
  cp "$key.key" "$name.signs.key"
  openssl x509 -in "$name.pem" -outform DER -out "$name.cer"
}

authority() { # NAME SUBJECT KEY [FROM UNTIL [EXTENSIONS]]
  certificate "$1" "$2" self "$3" "${4:-20240101}" "${5:-20390101}" "${6:-$AUTHORITY}"
}

signer() { # NAME ISSUER [SUBJECT [EXTENSIONS [FROM UNTIL]]]
  certificate "$1" "${3:-/C=XA/O=Alpha/CN=Document Signer $1}" "$2" "$1" "${5:-20260101}" "${6:-20360701}" \
    "${4:-$SIGNER}"
}

# Another certificate with other bytes in the signed part, signed again.
with_serial() { # NAME FROM_NAME ISSUER SERIAL_BYTE
  field "$2.cer" 1 >part.1
  bytes "0201$4" >part.2
  for n in 3 4 5 6 7 8; do field "$2.cer" $n >part.$n; done
  tlv 30 part.1 part.2 part.3 part.4 part.5 part.6 part.7 part.8 >tbs
  openssl dgst -sha256 -sign "$3.signs.key" -out signature tbs
  { bytes 00; cat signature; } >bits
  tlv 03 bits >part.9
  tlv 30 tbs part.3 part.9 >"$1.cer"
  openssl x509 -inform DER -in "$1.cer" -out "$1.pem"
  cp "$2.signs.key" "$1.signs.key"
}

revocations() { # NAME AUTHORITY FROM UNTIL [CERTIFICATE DAY]…
  local name=$1 authority=$2 from=$3 until=$4 serial; shift 4
  : >index.revoked
  while [ $# -gt 0 ]; do
    serial=$(openssl x509 -in "$1.pem" -noout -serial | sed 's/.*=//')
    printf 'R\t491231235959Z\t%s000000Z\t%s\tunknown\t/CN=x\n' "${2#20}" "$serial" >>index.revoked
    shift 2
  done
  sed 's/index.txt/index.revoked/' ca.cnf >crl.cnf
  openssl ca -config crl.cnf -gencrl -cert "$authority.pem" -keyfile "$authority.signs.key" \
    -crl_lastupdate "${from}000000Z" -crl_nextupdate "${until}000000Z" -out crl.pem 2>ca.log || { cat ca.log; exit 1; }
  openssl crl -in crl.pem -outform DER -out "$name.crl"
}

# ---------------------------------------------------------------- signed data (RFC 5652), with a signing time of our choice

cms() { # CONTENT_TYPE_HEX CONTENT SIGNER DAY [CERTIFICATE…]: ContentInfo on standard output; DAY "-" leaves the time out
  local type=$1 content=$2 signer=$3 day=$4; shift 4
  bytes "$type" >type
  bytes 06092a864886f70d010903 >a; tlv 31 type >b; tlv 30 a b >attribute.1
  : >attribute.2
  if [ "$day" != - ]; then
    bytes 06092a864886f70d010905 >a; printf '%s120000Z' "${day#20}" >c; tlv 17 c >d; tlv 31 d >b
    tlv 30 a b >attribute.2
  fi
  openssl dgst -sha256 -binary -out digest "$content"
  bytes 06092a864886f70d010904 >a; tlv 04 digest >c; tlv 31 c >b; tlv 30 a b >attribute.3
  # DER sorts a SET by its encodings: these three are sorted by their lengths.
  tlv 31 attribute.1 attribute.2 attribute.3 >attributes
  openssl dgst -sha256 -sign "$signer.signs.key" -out signature attributes

  bytes 300b0609608648016503040201 >sha256
  bytes 300a06082a8648ce3d040302 >ecdsa_sha256
  bytes 020101 >version.1
  bytes 020103 >version.3
  field "$signer.cer" 4 >issuer
  field "$signer.cer" 2 >serial_number
  tlv 30 issuer serial_number >identifier
  tlv a0 attribute.1 attribute.2 attribute.3 >implicit
  tlv 04 signature >octets
  tlv 30 version.1 identifier sha256 implicit ecdsa_sha256 octets >signer_info
  tlv 31 signer_info >signer_infos
  tlv 31 sha256 >digests
  tlv 04 "$content" >c; tlv a0 c >d; tlv 30 type d >encapsulated
  tlv a0 "$signer.cer" "${@/%/.cer}" >certificates
  tlv 30 version.3 digests encapsulated certificates signer_infos >signed_data
  tlv a0 signed_data >d
  bytes 06092a864886f70d010702 >a
  tlv 30 a d
}

sod() { # NAME SIGNER [DAY [CERTIFICATE…]]
  local name=$1 signer=$2 day=${3:-20260601}; shift $(($# < 3 ? $# : 3))
  cms 0606678108010101 lds "$signer" "$day" "$@" >"$name.cms"
  tlv 77 "$name.cms" >"$name.sod"
}

list() { # NAME SIGNER "ENTRY…" [CERTIFICATE…]
  local name=$1 signer=$2 entries=$3; shift 3
  bytes 020100 >version.0
  # shellcheck disable=SC2086 # several files
  tlv 31 $entries >set
  tlv 30 version.0 set >entries
  cms 0606678108010102 entries "$signer" 20260601 "$@" >"$name.ml"
}

# The list of digests of two groups that are nobody's: LDSSecurityObject version 0, SHA-256 [9303-10 §4.6.2.3].
bytes 020100 >version.0
bytes 300d06096086480165030402010500 >sha256.null
for n in 1 2; do
  case $n in 1) printf 'a\x09group one' ;; 2) printf 'u\x09group two' ;; esac >group
  openssl dgst -sha256 -binary -out digest group
  bytes 02010$n >a; tlv 04 digest >b; tlv 30 a b >group.$n
done
tlv 30 group.1 group.2 >groups
tlv 30 version.0 sha256.null groups >lds

# ================================================================ the cases

# Two states.
authority csca-a "/C=XA/O=Alpha/CN=CSCA Alpha" a 20240101 20390101 "$AUTHORITY
$(period 20240101 20290101)"
authority csca-b "/C=XB/O=Beta/CN=CSCA Beta" b
signer good csca-a "" "$SIGNER
$(period 20260101 20260901)"
sod good good
sod late-signature good 20261001
sod no-time good -

# Rollover: 1 is old, 2 is new. The name stays, changes its serialNumber, or changes altogether, which the
# extension nameChange then says. A link says "I, the one key, vouch for the other".
for kind in same serial name; do
  case $kind in
    same)   old="/C=XA/O=Alpha/CN=Rollover" new=$old extra= ;;
    serial) old="/C=XA/O=Alpha/CN=Rollover/serialNumber=001" new="/C=XA/O=Alpha/CN=Rollover/serialNumber=002" extra= ;;
    name)   old="/C=XA/O=Alpha/CN=Old Rollover" new="/C=XA/O=Alphaland/CN=New Rollover"
            extra=$'\n2.23.136.1.1.6.1=ASN1:NULL' ;;
  esac
  authority $kind-old "$old" $kind-1 20200101 20330101 "$AUTHORITY
$(period 20200101 20250101)"
  authority $kind-new "$new" $kind-2 20240601 20370601 "$AUTHORITY
$(period 20240601 20290601)"
  linked="$AUTHORITY"$'\nauthorityKeyIdentifier=keyid'"$extra"
  certificate $kind-link "$new" $kind-old $kind-2 20240601 20330101 "$linked"
  certificate $kind-back "$old" $kind-new $kind-1 20240601 20330101 "$linked"
  signer $kind-ds $kind-new
  signer $kind-ds-old $kind-old "" "" 20240701 20330101
  sod $kind $kind-ds
  sod $kind-with-link $kind-ds 20260601 $kind-link
  sod $kind-old $kind-ds-old 20240801
done
# The new key's list names a signer of the old key; another names the link itself.
revocations same-new same-new 20261101 20270201 same-ds-old 20261001
revocations same-old-link same-old 20261101 20270201 same-link 20261001
revocations serial-new serial-new 20261101 20270201

# Revocation.
signer revoked csca-a
sod revoked revoked
revocations a csca-a 20261101 20270201 revoked 20261001
revocations a-empty csca-a 20261101 20270201
revocations a-stale csca-a 20260101 20260401
revocations a-stale-names csca-a 20260101 20260401 revoked 20260115
revocations a-future csca-a 20270101 20270401 good 20261225
# The other state's list names the number of our good signer: numbers count per issuer.
revocations b csca-b 20261101 20270201 good 20261001
# Someone with the name of CSCA Alpha and another key, once with its own key identifier and once with ours.
authority alpha-twin "/C=XA/O=Alpha/CN=CSCA Alpha" twin
ours=$(openssl x509 -in csca-a.pem -noout -ext subjectKeyIdentifier | tail -1 | tr -d ' :')
authority alpha-forger "/C=XA/O=Alpha/CN=CSCA Alpha" forger 20240101 20390101 "${AUTHORITY/hash/$ours}"
revocations twin alpha-twin 20261101 20270201 good 20261001
revocations forged alpha-forger 20261101 20270201 good 20261001
# An authority that may sign no lists.
authority no-crl "/C=XA/O=Alpha/CN=CSCA without lists" no-crl 20240101 20390101 "${AUTHORITY/,cRLSign/}"
signer no-crl-ds no-crl
sod no-crl no-crl-ds
revocations no-crl no-crl 20261101 20270201 no-crl-ds 20261001

# A CSCA that has expired: its key was in use from 2010 to 2013.
authority expired "/C=XA/O=Alpha/CN=CSCA of 2010" expired 20100101 20250601 "$AUTHORITY
$(period 20100101 20130101)"
signer expired-inside-ds expired "" "" 20120101 20250101
signer expired-outside-ds expired "" "" 20150101 20250101
sod expired-inside expired-inside-ds 20120601
sod expired-outside expired-outside-ds 20150601
# Signed after the CSCA had expired, by a signer that is valid today.
signer outlives-ds expired "" "" 20120101 20360101
sod outlives outlives-ds 20260601

# Wrong states. The first is Alpha's mistake, the others are Beta's attacks.
signer wrong-state-ds csca-a "/C=XB/O=Beta/CN=Document Signer"
sod wrong-state wrong-state-ds
signer rogue-subject-ds csca-b "/C=XA/O=Alpha/CN=Document Signer"
sod rogue-subject rogue-subject-ds
# Beta's key under Alpha's name: once the key identifier says whose key it is, once it lies, once it says nothing.
authority rogue-named "/C=XA/O=Alpha/CN=CSCA Alpha" b
signer rogue-named-ds rogue-named
sod rogue-named rogue-named-ds
authority rogue-lying "/C=XA/O=Alpha/CN=CSCA Alpha" b 20240101 20390101 "${AUTHORITY/hash/$ours}"
signer rogue-lying-ds rogue-lying
sod rogue-lying rogue-lying-ds
signer rogue-silent-ds rogue-named "" $'keyUsage=critical,digitalSignature\nauthorityKeyIdentifier=none'
sod rogue-silent rogue-silent-ds
# Beta links its key to Alpha's name.
authority beta-wide "/C=XB/O=Beta/CN=CSCA Beta 2" beta-wide 20240101 20390101 "${AUTHORITY/,pathlen:0/}"
certificate rogue-link "/C=XA/O=Alpha/CN=CSCA Alpha" beta-wide rogue-link 20240101 20390101 \
  "$AUTHORITY"$'\nauthorityKeyIdentifier=keyid'
signer rogue-link-ds rogue-link
sod rogue-link rogue-link-ds 20260601 rogue-link
signer no-state-ds csca-a "/O=Alpha/CN=Document Signer without a state"
sod no-state no-state-ds

# Twins: one name, two keys; with key identifiers and without.
authority twin-1 "/C=XA/O=Alpha/CN=Twin" twin-1
authority twin-2 "/C=XA/O=Alpha/CN=Twin" twin-2
signer twin-ds twin-2
sod twin twin-ds
# OpenSSL adds key identifiers unless told not to.
NO_IDS=$'subjectKeyIdentifier=none\nauthorityKeyIdentifier=none'
SILENT=$'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n'$NO_IDS
authority silent-1 "/C=XA/O=Alpha/CN=Silent Twin" silent-1 20240101 20390101 "$SILENT"
authority silent-2 "/C=XA/O=Alpha/CN=Silent Twin" silent-2 20240101 20390101 "$SILENT"
signer silent-ds silent-2 "" $'keyUsage=critical,digitalSignature\n'"$NO_IDS"
sod silent silent-ds

# Path length: a real authority below CSCA Alpha, which allows none; and below one that allows one.
certificate too-long-ca "/C=XA/O=Regional Office/CN=Regional CA" csca-a too-long-ca 20240101 20390101 \
  "$AUTHORITY"$'\nauthorityKeyIdentifier=keyid'
signer too-long-ds too-long-ca
sod too-long too-long-ds 20260601 too-long-ca
authority one-below "/C=XA/O=Alpha/CN=CSCA with one below" one-below 20240101 20390101 "${AUTHORITY/pathlen:0/pathlen:1}"
certificate one-below-ca "/C=XA/O=Regional Office/CN=Regional CA 1" one-below one-below-ca 20240101 20390101 \
  "$AUTHORITY"$'\nauthorityKeyIdentifier=keyid'
signer one-below-ds one-below-ca
sod one-below one-below-ds 20260601 one-below-ca
certificate two-below-ca "/C=XA/O=District Office/CN=District CA" one-below-ca two-below-ca 20240101 20390101 \
  "$AUTHORITY"$'\nauthorityKeyIdentifier=keyid'
signer two-below-ds two-below-ca
sod two-below two-below-ds 20260601 two-below-ca one-below-ca
# A document signer that signs a document signer.
signer below-signer-ds good
sod below-signer below-signer-ds 20260601 good

# Extensions.
UNKNOWN='2.999.1=critical,ASN1:NULL'
signer critical-ds csca-a "" "$SIGNER"$'\n'"$UNKNOWN"
sod critical critical-ds
signer not-critical-ds csca-a "" "$SIGNER"$'\n'"${UNKNOWN/critical,/}"
sod not-critical not-critical-ds
authority critical-csca "/C=XA/O=Alpha/CN=CSCA with an extension" critical-csca 20240101 20390101 "$AUTHORITY"$'\n'"$UNKNOWN"
signer critical-csca-ds critical-csca
sod critical-csca critical-csca-ds
certificate critical-link "/C=XA/O=Alpha/CN=Rollover" same-old same-2 20240601 20330101 \
  "$AUTHORITY"$'\nauthorityKeyIdentifier=keyid\n'"$UNKNOWN"
sod critical-link same-ds 20260601 critical-link
signer issues-only-ds csca-a "" $'keyUsage=critical,keyCertSign\n'"$ISSUED"
sod issues-only issues-only-ds
signer repudiation-ds csca-a "" $'keyUsage=critical,nonRepudiation\n'"$ISSUED"
sod repudiation repudiation-ds
signer no-usage-ds csca-a "" "$ISSUED"
sod no-usage no-usage-ds
authority_ds=${AUTHORITY/cRLSign/cRLSign,digitalSignature}
signer authority-ds csca-a "" "$authority_ds"$'\nauthorityKeyIdentifier=keyid'
sod authority authority-ds
signer list-ds csca-a "" "$LIST_SIGNER"
sod list-signer list-ds
authority no-sign "/C=XA/O=Alpha/CN=CSCA that may sign lists only" no-sign 20240101 20390101 \
  "${AUTHORITY/keyCertSign,/}"
authority plain "/C=XA/O=Alpha/CN=CSCA without extensions" plain 20240101 20390101 "subjectKeyIdentifier=hash"
signer plain-ds plain
sod plain plain-ds

# Serial numbers.
cp serial serial.kept; echo 00 >serial
signer serial-zero-ds csca-a
mv serial.kept serial
sod serial-zero serial-zero-ds
with_serial serial-negative-ds serial-zero-ds csca-a fb
sod serial-negative serial-negative-ds

# Two authorities that certify each other, and a third that nobody does.
authority cross-1 "/C=XA/O=Alpha/CN=Cross 1" cross-1 20240101 20390101 "${AUTHORITY/,pathlen:0/}"
authority cross-2 "/C=XA/O=Alpha/CN=Cross 2" cross-2 20240101 20390101 "${AUTHORITY/,pathlen:0/}"
CROSS="${AUTHORITY/,pathlen:0/}"$'\nauthorityKeyIdentifier=keyid'
certificate cross-1-by-2 "/C=XA/O=Alpha/CN=Cross 1" cross-2 cross-1 20240101 20390101 "$CROSS"
certificate cross-2-by-1 "/C=XA/O=Alpha/CN=Cross 2" cross-1 cross-2 20240101 20390101 "$CROSS"
signer cross-ds cross-2
sod cross cross-ds 20260601 cross-1-by-2 cross-2-by-1

# Lists of authorities. The good one brings its CSCA along, as real ones do; the signer's own words for it do not count.
signer list-signer csca-a "/C=XA/O=Alpha/CN=Master List Signer" "$LIST_SIGNER"
list good list-signer "csca-b.cer twin-1.cer twin-2.cer" csca-a
authority stranger "/C=XA/O=Alpha/CN=Stranger" stranger
signer stranger-signer stranger "/C=XA/O=Alpha/CN=Master List Signer" "$LIST_SIGNER"
list stranger stranger-signer "csca-b.cer twin-1.cer"
list self-vouched stranger-signer "csca-b.cer stranger.cer" stranger
signer ordinary csca-a
list ordinary-signer ordinary "csca-b.cer"
printf 'no certificate' >text; tlv 30 text >rubbish.cer
list with-rubbish list-signer "csca-b.cer rubbish.cer good.cer twin-1.cer csca-b.cer"
cp good.ml broken.ml; last=$(tail -c 1 good.ml | od -An -tu1 | tr -d ' ')
printf '%b' "\\x$(printf %02x $((last ^ 1)))" | dd of=broken.ml bs=1 seek=$(($(stat -c %s good.ml) - 1)) conv=notrunc status=none

rm -f rubbish.cer alpha-forger.cer rogue-named.cer rogue-lying.cer serial-zero-ds.pem.bak
# Document signers stand in their signed files; those that a test needs by themselves stay.
for name in *-ds.cer *-ds-old.cer; do rm "$name"; done

# ================================================================ what OpenSSL says

at=$(date -u -d 2026-11-21T12:00:00Z +%s)
says() { # NAME "TRUSTED…" "BESIDE…" [OPTION…]: a file's own signature, then the path of its signer
  local name=$1 trusted=$2 beside=$3 signature path options n; shift 3
  : >trusted.pem; : >beside.pem
  for n in $trusted; do cat "$n.pem" >>trusted.pem; done
  for n in $beside; do cat "$n.pem" >>beside.pem; done
  signature=$(openssl cms -verify -noverify -inform DER -in "$name.cms" -out /dev/null -signer signer.pem 2>&1 | grep -o 'Verification successful\|Verification failure' || true)
  options=(-attime "$at" -purpose any)
  [ -s beside.pem ] && options+=(-untrusted beside.pem)
  path=$(openssl verify "${options[@]}" -CAfile trusted.pem "$@" signer.pem 2>&1 |
    sed -n 's/^error \([0-9]*\) at \([0-9]*\) depth lookup: *\(.*\)/\3 (\1 at depth \2)/p; s/^signer.pem: OK/OK/p' | head -1 || true)
  printf '%-18s %-24s %-22s %-42s %s\n' "$name" "${trusted:--}" "${beside:--}" "$path" "${signature#Verification }${1:+  $*}"
}
crl_says() { # NAME AUTHORITY
  printf '%-18s %-24s %s\n' "$1" "$2" "$(openssl crl -inform DER -in "$1.crl" -noout -CAfile "$2.pem" 2>&1 | head -1 || true)"
}

{
  echo "# $(openssl version | cut -d' ' -f1,2), 2026-11-21, written by make.sh"
  echo "# FILE | TRUSTED | BESIDE | openssl verify -purpose any | openssl cms -verify -noverify | further options"
  for n in good late-signature no-time revoked wrong-state rogue-named rogue-lying rogue-silent no-state critical not-critical \
    issues-only repudiation no-usage authority list-signer serial-zero serial-negative; do says $n csca-a ""; done
  says good "" ""; says good csca-b ""; says rogue-subject csca-b ""; says rogue-named csca-b ""; says rogue-link beta-wide rogue-link
  for kind in same serial name; do
    says $kind $kind-new ""; says $kind $kind-old ""; says $kind $kind-old $kind-link; says $kind "$kind-old $kind-new" $kind-link
    says $kind-old $kind-old ""; says $kind-old $kind-new ""; says $kind-old $kind-new $kind-back
  done
  says expired-inside expired ""; says expired-outside expired ""; says outlives expired ""
  says expired-inside expired "" -attime "$(date -u -d 2012-06-01 +%s)"
  says expired-outside expired "" -attime "$(date -u -d 2015-06-01 +%s)"
  says twin "twin-1 twin-2" ""; says twin twin-1 ""; says silent "silent-1 silent-2" ""; says silent silent-2 ""; says silent silent-1 ""
  says too-long csca-a too-long-ca; says one-below one-below one-below-ca; says two-below one-below "one-below-ca two-below-ca"
  says below-signer csca-a good
  says critical-csca critical-csca ""; says critical-link same-old critical-link; says plain plain ""
  says cross cross-1 "cross-1-by-2 cross-2-by-1"; says cross csca-a "cross-1-by-2 cross-2-by-1"; says no-crl no-crl ""
  for n in a a-empty a-stale a-stale-names a-future b twin forged; do
    openssl crl -inform DER -in $n.crl >$n.crl.pem
    case $n in b) continue ;; esac
    says good csca-a "" -crl_check -CRLfile $n.crl.pem
    says revoked csca-a "" -crl_check -CRLfile $n.crl.pem
  done
  openssl crl -inform DER -in same-new.crl >same-new.crl.pem
  openssl crl -inform DER -in no-crl.crl >no-crl.crl.pem
  says same-old "same-old same-new" "" -crl_check -CRLfile same-new.crl.pem
  says no-crl no-crl "" -crl_check -CRLfile no-crl.crl.pem
  echo "# LIST OF REVOKED | AUTHORITY | openssl crl -CAfile"
  for n in a a-empty a-stale a-stale-names a-future b twin forged; do crl_says $n csca-a; done
  crl_says b csca-b; crl_says same-new same-new; crl_says same-new same-old; crl_says no-crl no-crl
  echo "# MASTER LIST | openssl cms -verify -noverify | its signer under csca-a: openssl verify -purpose any"
  for n in good stranger self-vouched ordinary-signer with-rubbish broken; do
    rm -f signer.pem
    said=$(openssl cms -verify -noverify -inform DER -in $n.ml -out /dev/null -signer signer.pem 2>&1 | grep -o 'Verification [a-z]*' || true)
    path=-
    [ -e signer.pem ] && path=$(openssl verify -attime "$at" -purpose any -CAfile csca-a.pem signer.pem 2>&1 | sed -n 's/^error.*lookup: *//p; s/^signer.pem: //p' | head -1 || true)
    printf '%-18s %-28s %s\n' "$n" "$said" "$path"
  done
} >openssl-says.txt

rm -f "$out"/*.cer "$out"/*.sod "$out"/*.crl "$out"/*.ml
cp -- *.cer *.sod *.crl *.ml openssl-says.txt "$out"
echo "$(find "$out" -type f | wc -l) files, $(du -sk "$out" | cut -f1) KB"
