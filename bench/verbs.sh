#!/usr/bin/env bash
# Seconds from start to end, and peak memory, of every verb on real music.
#
#   bench/verbs.sh FOLDER-OF-PIANO-MIDI-DE [ROUNDS]
#
# Needs the package `time`. Medians of ROUNDS (5) runs; everything is written to a temporary folder.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '4p' "$0" | cut -c3- >&2; exit 2; }
music=$1 rounds=${2:-5}
here=$(cd "$(dirname "$0")/.." && pwd)
undersong=${UNDERSONG:-$here/build/release/bin/undersong}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_DATA_HOME=$work/data

# measure TITLE COMMAND… : the median time and the largest memory of the rounds. $round numbers them.
measure() {
  local title=$1
  shift
  : >"$work/times"
  for round in $(seq "$rounds"); do
    export round
    /usr/bin/time -a -o "$work/times" -f '%e %M' "$@" >/dev/null 2>&1 || { echo "$title failed" >&2; exit 1; }
  done
  local median peak
  median=$(cut -d' ' -f1 "$work/times" | sort -n | sed -n "$((rounds / 2 + 1))p")
  peak=$(cut -d' ' -f2 "$work/times" | sort -n | tail -n 1)
  printf '| %s | %s s | %d MB |\n' "$title" "$median" "$((peak / 1024))"
}

piece=$(find "$music" -name '*.mid' | sort | head -n 1)
lstm=$here/models/lstm.safetensors
echo "| verb | median of $rounds | peak memory |"
echo '|---|---|---|'
measure '`corpus add`, all of piano-midi-de, a new corpus each time' \
  sh -c "'$undersong' corpus add piano\$round '$music' --quiet"
measure '`corpus add` again' "$undersong" corpus add piano1 "$music" --quiet
measure '`corpus list`' "$undersong" corpus list
measure '`corpus show`' "$undersong" corpus show piano1
measure '`corpus stats`' "$undersong" corpus stats piano1
measure '`train markov`' "$undersong" train markov --corpus piano1 --quiet --force -o "$work/markov.safetensors"
for model in "$here"/models/*.safetensors; do
  measure "\`generate\` 300 symbols to MIDI, $(basename "$model" .safetensors)" \
    "$undersong" generate --model "$model" --seed 1 --quiet --force -o "$work/a.mid"
done
measure '`generate` 300 symbols to MP3, lstm' \
  "$undersong" generate --model "$lstm" --seed 1 --quiet --force -o "$work/a.mp3"
measure "\`render\` $(basename "$piece") to WAV" "$undersong" render "$piece" --quiet --force -o "$work/a.wav"
measure '`doctor`' sh -c "'$undersong' doctor || true"
