#!/usr/bin/env bash
# How much of what models write did they learn by heart? Writes tracks with every weight file of a folder, at several
# temperatures, and measures them: the table of docs/benchmarks.md.
#
#   bench/recitation.sh CORPUS GROUP FOLDER-OF-WEIGHTS OUT [TRACKS]
#
# CORPUS and GROUP are what the models learned from (`undersong corpus list`). What is written already is kept.
set -euo pipefail
[ $# -ge 4 ] || { sed -n '5p' "$0" | cut -c3- >&2; exit 2; }
corpus=$1 group=$2 weights=$3 out=$4 tracks=${5:-10}
here=$(cd "$(dirname "$0")/.." && pwd)
bin=${UNDERSONG_BIN:-$here/build/core/bin}

folders=()
for model in "$weights"/*.safetensors; do
  name=$(basename "$model" .safetensors)
  for temperature in greedy 0.5 0.8 1.0 1.2; do
    for rhythm in even learned; do
      folder=$out/$name-$temperature-$rhythm
      mkdir -p "$folder"
      for seed in $(seq 1 "$tracks"); do
        [ -f "$folder/$seed.mid" ] && continue
        how=(--temperature "$temperature")
        [ "$temperature" = greedy ] && how=(--greedy)
        "$bin/undersong" generate --model "$model" --notes 300 --seed "$seed" --rhythm "$rhythm" "${how[@]}" \
          --allow-copies --quiet -o "$folder/$seed.mid"
      done
      folders+=("$folder")
    done
  done
done
"$bin/recitation_bench" "$corpus" "$group" "${folders[@]}"
