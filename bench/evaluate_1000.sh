#!/usr/bin/env bash
# evaluate_1000.sh UNDERSONG MUSIC [TRACKS]: time and memory of evaluating the first TRACKS (1,000)
# MIDI files below the folder MUSIC: as a set of its own, and with copying measured against a corpus
# of all of them. The numbers in docs/benchmarks.md come from here.
set -euo pipefail

undersong=$(realpath "$1")
music=$(realpath "$2")
tracks=${3:-1000}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_DATA_HOME=$work/data
mkdir "$work/tracks" "$work/empty"

# sed reads to the end, so that no pipe breaks.
find "$music" -iname '*.mid' | LC_ALL=C sort | sed -n "1,${tracks}p" >"$work/list"
number=0
while IFS= read -r file; do
  number=$((number + 1))
  ln -s "$file" "$work/tracks/$(printf '%05d' "$number").mid"
done <"$work/list"

# timed NAME COMMAND...: wall clock, processor time and the most memory.
timed() {
  local name=$1
  shift
  /usr/bin/time -f "%e s wall, %U s user, %M KB" -o "$work/time" "$@" >"$work/out" 2>"$work/err" ||
    { cat "$work/err" && return 1; }
  printf '%-48s %s\n' "$name" "$(cat "$work/time")"
}

echo "$(date -I), $(nproc) processors, load $(cut -d' ' -f1-3 /proc/loadavg), $number tracks"
# Nothing to compare with: no corpus, and no fingerprints that ship.
UNDERSONG_SHARE=$work/empty timed "evaluate" "$undersong" evaluate "$work/tracks"
UNDERSONG_SHARE=$work/empty timed "evaluate --report" "$undersong" evaluate "$work/tracks" \
  --report "$work/r.html"
echo "the report: $(stat -c %s "$work/r.html") bytes"
"$undersong" corpus add thousand-songs "$music" --quiet >/dev/null 2>&1
UNDERSONG_SHARE=$work/empty timed "the same, the corpus' index built first" "$undersong" evaluate \
  "$work/tracks" --against thousand-songs
UNDERSONG_SHARE=$work/empty timed "the same, the index there" "$undersong" evaluate \
  "$work/tracks" --against thousand-songs
