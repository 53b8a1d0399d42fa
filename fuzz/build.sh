#!/usr/bin/env bash
# Builds the program with the stable compiler and prints where it is: `fuzz/build.sh [smoke]`. No address sanitizer:
# the library has no unsafe code (`unsafe_code = "forbid"`), and it would make everything half as fast. cargo-fuzz is
# not needed. "smoke" compiles faster and runs slower.
set -euo pipefail
cd "$(dirname "$0")"
profile=${1:-release}
export RUSTC_BOOTSTRAP=1 RUSTC_WRAPPER=$PWD/rustc.sh CARGO_INCREMENTAL=0
cargo build --profile "$profile" --quiet >&2
echo "$PWD/target/$profile/targets"
