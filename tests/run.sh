#!/usr/bin/env bash
# Passes every test, installing what they need where it is missing. The README's test command.
#
#   tests/run.sh              library, simulator, command line, examples, and PC/SC through pcscd and vpcd
#   tests/run.sh --no-pcsc    the same without PC/SC: no system package is needed
#
# CCCD_FOREIGN may name a folder with other people's test data; tests that use it are skipped without.
set -euo pipefail
cd "$(dirname "$0")/.."

features=(--features pcsc)
[ "${1:-}" = --no-pcsc ] && features=()

need() { # package, how to tell that it is there
  eval "$2" >/dev/null 2>&1 || missing+=("$1")
}
if [ ${#features[@]} -gt 0 ]; then
  missing=()
  need pkg-config 'command -v pkg-config'
  need libpcsclite-dev 'pkg-config --exists libpcsclite'
  need pcscd 'command -v pcscd'
  need vsmartcard-vpcd 'ls /etc/reader.conf.d/vpcd'
  need openssl 'command -v openssl'
  if [ ${#missing[@]} -gt 0 ]; then
    as_root=(); [ "$(id -u)" = 0 ] || as_root=(sudo)
    echo "installing: ${missing[*]}"
    ${as_root[@]+"${as_root[@]}"} apt-get update -qq
    ${as_root[@]+"${as_root[@]}"} apt-get install -y --no-install-recommends "${missing[@]}"
  fi
  # The tests of the PC/SC road start pcscd themselves where none runs; that needs root.
  export CCCD_PCSC=1
fi

# The benchmarks are programs to be run by hand; they need OpenSSL's headers.
cargo test --workspace --exclude cccd-benches ${features[@]+"${features[@]}"}
