#!/usr/bin/env bash
# Held-out losses of every architecture on Mozart and Schubert of piano-midi-de: the tables of docs/benchmarks.md.
#
#   bench/seed_table.sh FOLDER-OF-PIANO-MIDI-DE SEED-SPLIT.txt OUT [ARCHITECTURE…]
#
# Needs undersong and undersong-train (cmake --workflow --preset dev). A run that was stopped goes on; what is done is
# kept. The pieces that the split file names validate, all others train; the best epoch by them is reported, as in the
# reference, so these are validation losses.
set -euo pipefail
[ $# -ge 3 ] || { sed -n '4p' "$0" | cut -c3- >&2; exit 2; }
music=$1 split=$2 out=$3
shift 3
architectures=("$@")
[ ${#architectures[@]} -gt 0 ] || architectures=(conv1d merge lstm lstm-embedding)
here=$(cd "$(dirname "$0")/.." && pwd)
undersong=${UNDERSONG:-$here/build/dev/bin/undersong}
mkdir -p "$out"
export XDG_DATA_HOME=$out/data

[ -d "$XDG_DATA_HOME/undersong/corpora/piano" ] ||
  "$undersong" corpus add piano "$music" --licence CC-BY-SA-3.0-DE --source "Bernd Krueger, piano-midi.de"

for architecture in "${architectures[@]}"; do
  for composer in Mozart Schubert; do
    weights=$out/$architecture-$composer.safetensors
    [ -f "$weights" ] || "$undersong" train "$architecture" --corpus piano --group "$composer" --held-out "$split" \
      --patience "${PATIENCE:-4}" -o "$weights"
  done
done

# The smallest held-out loss of each log, with its epoch.
printf '%-16s %-10s %10s %6s %14s\n' architecture music "nats" epoch "samples/s"
for log in "$out"/*.log.csv; do
  name=$(basename "$log" .log.csv)
  name=${name%.safetensors}
  awk -F, -v name="$name" 'NR > 1 && (best == "" || $4 < best) { best = $4; epoch = $1 } NR > 1 { rate = $6 }
    END { split(name, part, "-(Mozart|Schubert)"); music = name ~ /Mozart/ ? "Mozart" : "Schubert"
          printf "%-16s %-10s %10.4f %6d %14d\n", part[1], music, best, epoch, rate }' "$log"
done
