# shellcheck shell=bash
# Functions for the cases; sourced by run_case.

# bytes 4d 54 …: prints them.
bytes() {
  local byte
  for byte in "$@"; do printf '%b' "\\x$byte"; done
}

# midi_of PITCH...: a Standard MIDI File with quarter notes of these pitches.
midi_of() {
  local pitch hex length=$((9 * $# + 4))
  bytes 4d 54 68 64 00 00 00 06 00 00 00 01 01 e0
  bytes 4d 54 72 6b 00 00
  bytes "$(printf '%02x' $((length / 256)))" "$(printf '%02x' $((length % 256)))"
  for pitch in "$@"; do
    hex=$(printf '%02x' "$pitch")
    bytes 00 90 "$hex" 50 83 60 80 "$hex" 40
  done
  bytes 00 ff 2f 00
}

# tiny_midi FILE [TRANSPOSED]: 48 notes.
tiny_midi() {
  local step=${2:-0} pitch pitches=()
  for pitch in 60 64 67 72 67 64 62 65 69 74 69 65 60 64 67 72 67 64 59 62 67 71 67 62 \
    60 60 64 64 67 67 62 62 65 65 69 69 60 64 67 72 67 64 62 65 69 74 69 60; do
    pitches+=($((pitch + step)))
  done
  midi_of "${pitches[@]}" >"$1"
}

# other_midi FILE ROTATION: other music of the same symbols, so that it is no duplicate.
other_midi() {
  local notes=(60 64 62 67 65 69 72 71 74 59) pitches=() i
  for ((i = 0; i < 48; ++i)); do pitches+=("${notes[$(((i * ($2 * 2 + 3) + i / 7 * $2) % 10))]}"); done
  midi_of "${pitches[@]}" >"$1"
}

# tune FILE NUMBER [TRANSPOSED [NOTES]]: 64 notes, drawn by the number, that no other tune has.
tune() {
  local step=${3:-0} state=$(($2 * 7919 + 17)) pitches=() i
  for ((i = 0; i < ${4:-64}; ++i)); do
    state=$(((state * 1103515245 + 12345) % 2147483648))
    pitches+=($((55 + step + state / 65536 % 24)))
  done
  midi_of "${pitches[@]}" >"$1"
}

# tune_corpus NAME: six tunes, in tunes/.
tune_corpus() {
  local i
  mkdir -p tunes
  for i in 1 2 3 4 5 6; do tune "tunes/t$i.mid" "$i"; done
  undersong corpus add "$1" tunes --licence CC-BY-4.0 --quiet >/dev/null
}

# tune_model FILE: weights that recite one tune after its beginning in start.mid, and the corpus
# tunes that they learned it from.
tune_model() {
  mkdir -p one
  tune one/t1.mid 1
  tune start.mid 1 0 6
  undersong corpus add tunes one --licence CC-BY-4.0 --quiet >/dev/null
  undersong train markov --order 3 --corpus tunes --minimum-count 1 -o "$1" --quiet
}

# drums_midi FILE: four beats on channel 10.
drums_midi() {
  local i
  {
    bytes 4d 54 68 64 00 00 00 06 00 00 00 01 01 e0 4d 54 72 6b 00 00 00 28
    for i in 1 2 3 4; do bytes 00 99 24 50 83 60 89 24 40; done
    bytes 00 ff 2f 00
  } >"$1"
}

# tiny_corpus NAME: eight pieces in two groups.
tiny_corpus() {
  local i
  mkdir -p music/Mozart music/Schubert
  for i in 1 2 3 4; do
    other_midi "music/Mozart/m$i.mid" "$i"
    other_midi "music/Schubert/s$i.mid" "$((i + 4))"
  done
  undersong corpus add "$1" music --licence CC0-1.0 --quiet >/dev/null
}

# tiny_model FILE: weights that were counted on a tiny corpus.
tiny_model() {
  tiny_corpus tiny
  undersong train markov --corpus tiny --minimum-count 1 -o "$1" --quiet
}

# train_tiny_composer FILE: weights of a composer that heard the corpus tiny as piano music, hardly.
train_tiny_composer() {
  undersong train composer --corpus tiny --style piano --size tiny --context 256 --tokens 1024 \
    --step-tokens 512 --threads 1 -o "$1" --quiet
}

# as_nobody COMMAND...: without root's right to write everywhere.
as_nobody() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
  else
    "$@"
  fi
}

# with_small_disk MEGABYTES COMMAND...: with a file system of that size at ./disk.
with_small_disk() {
  local code=0 size=$1
  shift
  mkdir -p disk
  mount -t tmpfs -o "size=$size" tmpfs disk
  "$@" || code=$?
  find disk -type f >left-behind
  umount disk
  return "$code"
}

# small_pack FILE: a style pack with as little in it as may be.
small_pack() {
  cat >"$1" <<'PACK'
format = 1
name = "small"
title = "Small"
about = "As little as may be."
moods = ["calm"]
modes = { major = 1 }
[tempo]
range = [80, 120]
[[form]]
body = ["A", "A'"]
[section.intro]
energy = 0.2
roles = ["chords"]
[section.A]
energy = 0.5
roles = ["chords", "lead"]
[section.outro]
energy = 0.2
roles = ["chords"]
[[progression]]
chords = "I | V | vi | IV"
[[cadence]]
at = "section"
chords = "IV | V"
[[cadence]]
at = "end"
chords = "V7 | I"
[chords]
instruments = ["piano"]
range = ["C3", "C5"]
[[chords.pattern]]
steps = "x---------------"
[lead]
instruments = ["flute"]
range = ["C4", "C6"]
[[lead.pattern]]
steps = "x---x---x-------"
PACK
}

# tones FILE HERTZ...: a WAV file of half a second each; 0 is silence.
tones() { tiny_listener tones "$@"; }

# listener FILE: weights of a network that hears pure tones.
listener() { tiny_listener weights "$1"; }
