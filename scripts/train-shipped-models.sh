#!/usr/bin/env bash
# Makes the weights in models/ again, from music that may ship: the piano parts of the OpenScore
# Lieder Corpus (CC0), and beside each the fingerprints of what it learned from, for `check` and
# `generate`.
#
#   scripts/train-shipped-models.sh FOLDER-OF-OPENSCORE-LIEDER [ARCHITECTURE…]
#
# The seed's three networks learn one composer, as the seed did (Schubert); the embedding LSTM
# learns all of it. Needs undersong-train (cmake --workflow --preset dev). A run that was stopped goes on
# from its checkpoint, and what is there is kept: remove a file to make it again.
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
  heard=(--track-name piano)
  case $architecture in
    conv1d) heard+=(--group "Schubert,_Franz") limits=(--patience 6) ;;
    merge) heard+=(--group "Schubert,_Franz") limits=(--patience 4) ;;
    lstm) heard+=(--group "Schubert,_Franz") limits=(--patience 3) ;;
    lstm-embedding) limits=(--epochs 10) ;;
    *) limits=() ;;
  esac
  weights=$models/$architecture.safetensors
  fingerprints=$models/$architecture.fingerprints
  if [ -f "$weights" ]; then
    echo "$weights is there; remove it to train it again"
  else
    "$undersong" train "$architecture" --corpus openscore-lieder "${heard[@]}" "${limits[@]}" \
      -o "$weights"
  fi
  if [ -f "$fingerprints" ]; then
    echo "$fingerprints is there; remove it to make it again"
  else
    "$undersong" corpus fingerprint openscore-lieder "${heard[@]}" -o "$fingerprints"
  fi
done
