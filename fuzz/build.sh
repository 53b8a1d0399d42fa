#!/usr/bin/env bash
# Builds the program with the stable compiler and prints where it is. No address sanitizer: the library has no
# unsafe code (`unsafe_code = "forbid"`), and it would make everything half as fast. cargo-fuzz is not needed.
set -euo pipefail
cd "$(dirname "$0")"
export RUSTC_BOOTSTRAP=1 RUSTC_WRAPPER=$PWD/rustc.sh CARGO_INCREMENTAL=0
cargo build --release --quiet >&2
echo "$PWD/target/release/targets"
