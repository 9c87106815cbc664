#!/usr/bin/env bash
# Trains on a GPU machine that has PyTorch (2.11 with CUDA 13, say), CMake, g++, CLI11, fmt and
# nlohmann-json, and nothing else of ours.
#
#   scripts/train-on-gpu.sh CORPUS-FOLDER OUT [ARCHITECTURE [OPTION…]]
#
# CORPUS-FOLDER is a corpus that `undersong corpus add` made elsewhere, copied whole
# (~/.local/share/undersong/corpora/NAME). Without an architecture all networks are trained, the
# seed's LSTM first; the log beside each weight file has the samples a second. A run that was
# stopped goes on when the same command is given again.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '5p' "$0" | cut -c3- >&2; exit 2; }
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

if [ $# -gt 0 ]; then
  train "$@"
else
  for architecture in lstm conv1d merge lstm-embedding note-matrix; do
    [ -f "$out/$architecture.safetensors" ] || train "$architecture"
  done
fi
