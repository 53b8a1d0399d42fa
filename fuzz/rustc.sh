#!/usr/bin/env bash
# The compiler for cargo (RUSTC_WRAPPER). Counts branches as cargo-fuzz does, in what reads foreign bytes only:
# counters in big-number arithmetic would cost most of the time and tell the fuzzer nothing.
set -euo pipefail
case "${CARGO_PKG_NAME:-}" in
  cccd | cccd-pictures | cccd-fuzz | hayro-jpeg2000 | zune-jpeg | png | der | x509-parser | asn1-rs | der-parser | nom | minicbor | coset | ciborium | ciborium-ll | base64ct)
    exec "$@" --cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
      -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
      -Cllvm-args=-sanitizer-coverage-trace-compares ;;
  *) exec "$@" ;;
esac
