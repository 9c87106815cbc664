#!/usr/bin/env bash
# Trains on a GPU machine that has PyTorch (2.11 with CUDA 13, say), CMake, g++, CLI11, fmt and
# nlohmann-json, and nothing else of ours.
#
#   scripts/train-on-gpu.sh CORPUS-FOLDER OUT [ARCHITECTURE [OPTION…]]
#   scripts/train-on-gpu.sh TRAINING-FILE OUT composer [OPTION…]
#
# TRAINING-FILE is the folder that scripts/prepare-composer.sh made; the composer of full size is
# trained from it on every GPU of the machine (GPUS=1 for one alone). CORPUS-FOLDER is a corpus that `undersong corpus add` made elsewhere, copied whole
# (~/.local/share/undersong/corpora/NAME). Without an architecture all networks are trained, the
# seed's LSTM first; the log beside each weight file has the samples a second. A run that was
# stopped goes on when the same command is given again.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '5,6p' "$0" | cut -c3- >&2; exit 2; }
corpus=$(realpath "$1") out=$2
shift 2
cd "$(dirname "$0")/.."
torch=$(python3 -c 'import os, torch; print(os.path.dirname(torch.__file__))')
generator=(-G "Unix Makefiles")
if command -v ninja >/dev/null; then generator=(-G Ninja); fi

cmake -S . -B build/gpu "${generator[@]}" -DCMAKE_BUILD_TYPE=Release -DUNDERSONG_TRAINER_ONLY=ON \
  -DTORCH_DIR_DIRECT="$torch"
cmake --build build/gpu --parallel "$(nproc)"
mkdir -p "$out"

train() {
  local architecture=$1
  shift
  build/gpu/bin/undersong-train "$architecture" --corpus "$corpus" --track-name piano \
    --device cuda -o "$out/$architecture.safetensors" "$@"
}

# Several processes, a GPU each; the options of torchrun are those of its own help.
train_composer() {
  local program=(build/gpu/bin/undersong-train composer --data "$corpus" --device cuda
    -o "$out/composer.safetensors" "$@")
  local gpus=${GPUS:-$(python3 -c 'import torch; print(torch.cuda.device_count())')}
  if [ "$gpus" -gt 1 ]; then
    python3 -m torch.distributed.run --standalone --nproc-per-node "$gpus" --no-python "${program[@]}"
  else
    "${program[@]}"
  fi
}

if [ "${1:-}" = composer ]; then
  shift
  train_composer "$@"
elif [ $# -gt 0 ]; then
  train "$@"
else
  for architecture in lstm conv1d merge lstm-embedding note-matrix; do
    [ -f "$out/$architecture.safetensors" ] || train "$architecture"
  done
fi
