#!/usr/bin/env bash
# Builds all targets and runs each for some seconds, one after the other, from its seeds and from what earlier runs found.
#
#   fuzz/run.sh                 60 seconds each
#   fuzz/run.sh 300 tsa ots     300 seconds each, only these
#
# Needs cargo-fuzz (`cargo install --locked cargo-fuzz`) and g++. The stable compiler is enough: what counts coverage needs
# no nightly, and memory is not watched (-s none), since the crates of this program have no unsafe code of ours.
# Prints a table, also to fuzz/last-run.txt, and fails if a target found something; that lies in fuzz/artifacts/TARGET.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:-60}
[ $# -eq 0 ] || shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(ls fuzz/fuzz_targets | sed 's/\.rs$//')

command -v cargo-fuzz >/dev/null || { echo "please run: cargo install --locked cargo-fuzz" >&2; exit 2; }
python3 fuzz/seeds.py
cargo fuzz build -s none
host=$(rustc -vV | sed -n 's/^host: //p')

# One thread, so that an input takes the same way each time.
export RAYON_NUM_THREADS=1
table=fuzz/last-run.txt
printf '%-15s %8s %11s %9s %9s %8s %s\n' target seconds executions coverage features corpus findings > "$table"
found=0
for target in "${targets[@]}"; do
  mkdir -p "fuzz/corpus/$target" "fuzz/seeds/$target" "fuzz/artifacts/$target"
  log=fuzz/artifacts/$target.log
  case $target in
    photograph | headers | badge | backup) longest=65536 ;;
    names | fields | sheet | identifier) longest=1024 ;;
    *) longest=16384 ;;
  esac
  before=$SECONDS
  nice -n 10 "fuzz/target/$host/release/$target" "fuzz/corpus/$target" "fuzz/seeds/$target" \
    "-artifact_prefix=fuzz/artifacts/$target/" "-max_total_time=$seconds" "-max_len=$longest" \
    -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 > "$log" 2>&1 || true
  rm -rf /dev/shm/selvedge-fuzz-* "${TMPDIR:-/tmp}"/selvedge-fuzz-*
  findings=$(find "fuzz/artifacts/$target" -type f | wc -l)
  found=$((found + findings))
  read -r coverage features corpus < <(
    sed -n 's/.*cov: \([0-9]*\) ft: \([0-9]*\) corp: \([0-9]*\).*/\1 \2 \3/p' "$log" | tail -1 | grep . || echo '- - -')
  executions=$(sed -n 's/stat::number_of_executed_units: *//p' "$log" | grep . || sed -n 's/^#\([0-9]*\).*/\1/p' "$log" | tail -1)
  printf '%-15s %8s %11s %9s %9s %8s %s\n' \
    "$target" "$((SECONDS - before))" "${executions:-0}" "$coverage" "$features" "$corpus" "$findings" | tee -a "$table"
done
[ "$found" -eq 0 ] || { echo "fuzz/run.sh: $found findings in fuzz/artifacts" >&2; exit 1; }
