#!/bin/sh
# Training rate of the seed's models beside PyTorch's, alternately in one run, with medians.
#
#   bench/train_compare.sh [ROUNDS] [TRAIN_RATE]
#
# On a busy machine run it in a session of its own with a high priority, as root:
#   setsid sh -c 'echo -19 > /proc/self/autogroup; nice -n -18 bench/train_compare.sh'
# Needs python3-torch, and bench/train_rate as the dev preset builds it. PyTorch runs twice: as it is
# installed, and told to use every core with idle OpenMP threads asleep.
# BLAS_PTHREAD=DIR adds runs with the libblas.so.3 of
# libopenblas0-pthread in DIR, which is what python3-torch brings by itself.
set -eu
rounds=${1:-5}
rate=${2:-build/dev/bin/train_rate}
here=$(dirname "$0")
python=${PYTHON:-/usr/bin/python3}
table=$(mktemp)
trap 'rm -f "$table"' EXIT

# Prints the samples a second of a line "… -> N samples/s; …".
samples() { sed -n 's/.*-> \([0-9]*\) samples.*/\1/p'; }

for model in lstm conv1d merge; do
  case $model in lstm) steps=10 ;; conv1d) steps=60 ;; *) steps=20 ;; esac
  round=0
  while [ "$round" -lt "$rounds" ]; do
    echo "$model ours $("$rate" "$model" "$steps" | samples)"
    echo "$model pytorch $("$python" "$here/train_bench.py" "$model" "$steps" | samples)"
    echo "$model pytorch-all-cores $(OMP_WAIT_POLICY=passive OMP_NUM_THREADS=$(nproc) \
      "$python" "$here/train_bench.py" "$model" "$steps" | samples)"
    if [ -n "${BLAS_PTHREAD:-}" ]; then
      echo "$model pytorch-pthread $(LD_LIBRARY_PATH=$BLAS_PTHREAD \
        "$python" "$here/train_bench.py" "$model" "$steps" | samples)"
      echo "$model ours-pthread $(LD_LIBRARY_PATH=$BLAS_PTHREAD "$rate" "$model" "$steps" | samples)"
    fi
    round=$((round + 1))
  done
done | tee "$table"

echo "medians, samples a second (ratio of ours to it):"
for model in lstm conv1d merge; do
  median() { awk -v m="$model" -v w="$1" '$1 == m && $2 == w {print $3}' "$table" | sort -n |
    awk '{v[NR] = $1} END {if (NR) print v[int((NR + 1) / 2)]}'; }
  ours=$(median ours)
  printf '%-8s ours %s' "$model" "$ours"
  for which in pytorch pytorch-all-cores pytorch-pthread ours-pthread; do
    other=$(median "$which")
    [ -z "$other" ] || printf ', %s %s (%s)' "$which" "$other" \
      "$(awk -v a="$ours" -v b="$other" 'BEGIN {printf "%.2f", a / b}')"
  done
  printf '\n'
done
