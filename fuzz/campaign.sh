#!/usr/bin/env bash
# Runs targets one after the other, each for some seconds, and writes a log and a line of results for each.
#
#   fuzz/campaign.sh SECONDS FOLDER [TARGET…]        all targets where none is named
#
# FOLDER gets corpus/, artifacts/ (inputs that failed), logs/ and results.tsv. The corpus is kept for the next run.
# A line that ends in "exit 0" ran its time without a finding, 72 was interrupted, any other has an input in artifacts/.
# CCCD_FOREIGN may name a folder with other people's files: they become first inputs. Jobs that run at the same time
# need the same FOLDER only if they have other targets.
set -euo pipefail
seconds=$1 folder=$2
shift 2
cd "$(dirname "$0")"
mkdir -p "$folder"/{artifacts,logs}
# A copy: whoever goes on with the work builds anew.
program=$folder/program-$$
cp "$(./build.sh)" "$program"
trap 'rm -f "$program"' EXIT
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <("$program")
CCCD_SEEDS=$folder/corpus "$program" >"$folder/logs/seeds.log"

for target in "${targets[@]}"; do
  log=$folder/logs/$target.log
  longest=8192
  case $target in master_list | deviation_list | ldif | trust_store | evidence | chip) longest=65536 ;; esac
  status=0
  # -malloc_limit_mb finds a length that is believed, -rss_limit_mb what grows, -timeout what is slow.
  CCCD_TARGET=$target nice -n 15 "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
    -malloc_limit_mb=128 -max_len=$longest -print_final_stats=1 -artifact_prefix="$folder/artifacts/$target-" \
    "$folder/corpus/$target" >"$log" 2>&1 || status=$?
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  memory=$(sed -n 's/^stat::peak_rss_mb: *//p' "$log")
  slowest=$(sed -n 's/^stat::slowest_unit_time_sec: *//p' "$log")
  counts=$(grep -o 'cov: [0-9]* ft: [0-9]*' "$log" | tail -n 1 || true)
  printf '%s\t%s runs\t%s\t%s MB\tslowest %s s\texit %s\n' \
    "$target" "${runs:-?}" "${counts:-?}" "${memory:-?}" "${slowest:-?}" "$status" | tee -a "$folder/results.tsv"
done
