#!/bin/sh
# The table of the originality index in docs/benchmarks.md: build and check of indexes from 10^4 to
# 10^7 notes, a process each so that their memory is their own, then windows against brute force.
#
#   bench/originality_table.sh BUILD-FOLDER MUSIC-FOLDER SCRATCH-FOLDER
set -eu
bench=$1/bin/originality_bench
music=$2
scratch=$3

for notes in 10000 100000 1000000 10000000; do
  index=$scratch/originality-bench-$notes.index
  "$bench" build "$music" $notes "$index"
  "$bench" check "$music" "$index"
  rm -f "$index"
done
"$bench" agreement "$music" 30000 4
"$bench" agreement "$music" 300000 6
