#!/usr/bin/env bash
# Every target for some seconds, for CI: builds, makes first inputs, runs. Fails on the first finding.
#
#   fuzz/smoke.sh [SECONDS]      2 for each target unless said otherwise
set -euo pipefail
cd "$(dirname "$0")"
command -v c++ >/dev/null || { echo "libFuzzer needs a C++ compiler (g++)"; exit 1; }
program=$(./build.sh smoke)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Our own inputs only: CI does the same everywhere.
unset CCCD_FOREIGN
CCCD_SEEDS=$folder "$program" >/dev/null 2>&1
mapfile -t targets < <("$program" 2>/dev/null)
for target in "${targets[@]}"; do
  log=$folder/$target.log
  # A fixed seed: what fails here fails again.
  if ! CCCD_TARGET=$target "$program" -seed=1 -max_total_time="${1:-2}" -timeout=20 -rss_limit_mb=1024 \
    -malloc_limit_mb=128 -artifact_prefix="$PWD/artifacts-$target-" "$folder/$target" >"$log" 2>&1; then
    tail -n 40 "$log"
    echo "finding: fuzz/artifacts-$target-*"
    exit 1
  fi
  echo "$target: $(sed -n 's/^Done //p' "$log")"
done
