#!/usr/bin/env bash
# Passes every test, installing what they need where it is missing. The README's test command.
#
#   tests/run.sh              library, simulator, command line, examples; PC/SC through pcscd and vpcd; NFC through libnfc
#   tests/run.sh --no-pcsc    without PC/SC
#   tests/run.sh --no-nfc     without libnfc; with both options no system package is needed
#
# CCCD_FOREIGN may name a folder with other people's test data; tests that use it are skipped without.
set -euo pipefail
cd "$(dirname "$0")/.."

pcsc=pcsc nfc=nfc
for option in "$@"; do
  case $option in
    --no-pcsc) pcsc= ;;
    --no-nfc) nfc= ;;
    *) echo "unknown option: $option" >&2; exit 2 ;;
  esac
done

need() { # package, how to tell that it is there
  eval "$2" >/dev/null 2>&1 || missing+=("$1")
}
missing=()
if [ -n "$pcsc$nfc" ]; then
  need pkg-config 'command -v pkg-config'
  need openssl 'command -v openssl'
fi
if [ -n "$pcsc" ]; then
  need libpcsclite-dev 'pkg-config --exists libpcsclite'
  need pcscd 'command -v pcscd'
  need vsmartcard-vpcd 'ls /etc/reader.conf.d/vpcd'
  # The tests of the PC/SC road start pcscd themselves where none runs; that needs root.
  export CCCD_PCSC=1
fi
if [ -n "$nfc" ]; then
  need libnfc-dev 'pkg-config --exists libnfc'
  need libclang-dev 'ls /usr/lib/llvm-*/lib/libclang.so*'
  # What libnfc says of planned faults is of no interest.
  export LIBNFC_LOG_LEVEL=0
fi
if [ ${#missing[@]} -gt 0 ]; then
  as_root=(); [ "$(id -u)" = 0 ] || as_root=(sudo)
  echo "installing: ${missing[*]}"
  ${as_root[@]+"${as_root[@]}"} apt-get update -qq
  ${as_root[@]+"${as_root[@]}"} apt-get install -y --no-install-recommends "${missing[@]}"
fi
features=()
[ -n "$pcsc$nfc" ] && features=(--features "$pcsc $nfc")

# The benchmarks are programs to be run by hand; they need OpenSSL's headers.
cargo test --workspace --exclude cccd-benches ${features[@]+"${features[@]}"}
