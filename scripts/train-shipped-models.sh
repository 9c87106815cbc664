#!/usr/bin/env bash
# Makes the weights in models/ again, from music that may ship: the piano parts of the OpenScore
# Lieder Corpus (CC0).
#
#   scripts/train-shipped-models.sh FOLDER-OF-OPENSCORE-LIEDER [ARCHITECTURE…]
#
# The seed's three networks learn one composer, as the seed did (Schubert); the embedding LSTM
# learns all of it. Needs undersong-train (cmake --workflow --preset dev). A run that was stopped goes on
# from its checkpoint, and weights that are there are kept: remove a file to train it again.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '5p' "$0" | cut -c3- >&2; exit 2; }
music=$1
shift
architectures=("$@")
[ ${#architectures[@]} -gt 0 ] || architectures=(conv1d merge lstm lstm-embedding)
here=$(cd "$(dirname "$0")/.." && pwd)
undersong=${UNDERSONG:-$here/build/dev/bin/undersong}
models=${MODELS:-$here/models}

"$undersong" corpus add openscore-lieder "$music" --licence CC0-1.0 \
  --source "OpenScore Lieder Corpus, https://github.com/OpenScore/Lieder"

for architecture in "${architectures[@]}"; do
  # Early stopping as long as two CPU cores allow; a GPU can afford the architectures' own defaults.
  case $architecture in
    conv1d) scope=(--group "Schubert,_Franz" --patience 6) ;;
    merge) scope=(--group "Schubert,_Franz" --patience 4) ;;
    lstm) scope=(--group "Schubert,_Franz" --patience 3) ;;
    lstm-embedding) scope=(--epochs 10) ;;
    *) scope=() ;;
  esac
  weights=$models/$architecture.safetensors
  if [ -f "$weights" ]; then
    echo "$weights is there; remove it to train it again"
    continue
  fi
  "$undersong" train "$architecture" --corpus openscore-lieder "${scope[@]}" --track-name piano \
    -o "$weights"
done
