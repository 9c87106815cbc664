#!/usr/bin/env bash
# compose_table.sh BUILD-FOLDER HUMAN-FOLDER RESULTS.jsonl [SEEDS]: the tables of composed music in
# docs/benchmarks.md, in Markdown. HUMAN-FOLDER holds MIDI files by people (the set freedoom, say).
# What is rendered goes on in RESULTS.jsonl where it was interrupted.
set -euo pipefail

bin=$(realpath "$1")/bin
humans=$(realpath "$2")
results=$3
seeds=${4:-20}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "$(date -I), $(nproc) processors, load $(cut -d' ' -f1-3 /proc/loadavg)"
echo
"$bin/compose_bench" notes all "$seeds" 5 20 60 300 1200
echo
"$bin/compose_bench" likeness all "$seeds" 60 "$humans"
echo

# timed NAME COMMAND...: wall clock, processor time and the most memory of five runs.
timed() {
  local name=$1
  shift
  for _ in 1 2 3 4 5; do
    /usr/bin/time -f "%e %U %M" -a -o "$work/time" "$@" >/dev/null 2>&1
  done
  sort -n "$work/time" | sed -n 3p |
    awk -v name="$name" '{printf "| %s | %.2f | %.2f | %d |\n", name, $1, $2, $3 / 1024}'
  rm -f "$work/time"
}
echo "| lofi, WAV with its certificate | seconds, wall | processor | most memory, MiB |"
echo "|---|---|---|---|"
for seconds in 10 60 300 1200; do
  timed "$seconds s" "$bin/undersong" compose --style lofi --seed 1 --length "$seconds" \
    -o "$work/piece.wav" --force --quiet
done
timed "300 s, stems" "$bin/undersong" compose --style lofi --seed 1 --length 300 \
  -o "$work/piece.wav" --stems "$work/stems" --force --quiet
echo

"$bin/compose_bench" sound all "$seeds" "$results" 5 8 12 20
"$bin/compose_bench" sound-table "$results"
