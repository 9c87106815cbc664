#!/usr/bin/env bash
# Prepares what the composer network learns from: adds sets of music to a corpus, each with its
# terms, and writes a training file (docs/formats/training-file.md).
#
#   scripts/prepare-composer.sh FOLDER-OF-SETS OUT [--all]
#
# FOLDER-OF-SETS holds the unpacked sets, a folder each. Only music goes in whose terms let people
# earn with what a network writes that learned from it; the rest is named and left out. With --all
# everything goes in, for comparing with other work: weights from that are not for publishing.
# Both corpora are made anew (composer, composer-all). Needs only `undersong`:
# UNDERSONG=path/to/undersong where it is not build/release/bin/undersong.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '5p' "$0" | cut -c3- >&2; exit 2; }
sets=$(realpath "$1") out=$2 all=${3:-}
[ -z "$all" ] || [ "$all" = --all ] || { echo "${0##*/}: $all is no option; --all is" >&2; exit 2; }
here=$(cd "$(dirname "$0")/.." && pwd)
undersong=${UNDERSONG:-}
for built in release core dev; do
  [ -n "$undersong" ] || [ ! -x "$here/build/$built/bin/undersong" ] ||
    undersong=$here/build/$built/bin/undersong
done
[ -n "$undersong" ] || { echo "${0##*/}: build undersong first: cmake --workflow --preset release" >&2; exit 1; }
corpus=composer${all:+-all}
rules=$here/models/composer.styles
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# folder_of SET: where it is unpacked; nothing when it is not.
folder_of() {
  local folder
  for folder in "$sets/$1" "$sets/debian-games/$1"; do
    if [ -d "$folder" ]; then echo "$folder"; return; fi
  done
}

# take GROUP FOLDER LICENCE SOURCE
take() {
  local report
  report=$("$undersong" corpus add "$corpus" "$2" --group "$1" --licence "$3" --source "$4")
  printf '%s (%s): %s\n' "$1" "$3" "$(head -n 1 <<<"$report")"
}

# ships|private SET LICENCE SOURCE
ships() {
  local folder
  folder=$(folder_of "$1")
  if [ -z "$folder" ]; then echo "$1: not in $sets, so not in the corpus"; return; fi
  take "$1" "$folder" "$2" "$3"
}
private() {
  if [ -n "$all" ]; then ships "$@"; else echo "$1: left out, its terms ($2) do not let it ship"; fi
}

# mutopia: each file has terms of its own, in LICENCES.tsv by the name of its source (.ly).
mutopia() {
  local folder file terms kept
  folder=$(folder_of mutopia)
  if [ -z "$folder" ]; then echo "mutopia: not in $sets, so not in the corpus"; return; fi
  while IFS= read -r file; do
    terms=$(awk -F '\t' -v category="${file%%/*}" -v name="$(basename "${file%.*}").ly" '
      {count = split($1, path, "/")}
      {gsub(/[ \/]+/, "-", $2)}
      path[count] == name && $2 == category {print $6; exit}' "$folder/LICENCES.tsv")
    case $terms in
      "Public Domain") kept=public-domain ;;
      "Creative Commons Attribution "[0-9]*) kept=CC-BY-${terms##* } ;;
      "Creative Commons Attribution-ShareAlike "*) kept=CC-BY-SA-${terms##* } ;;
      *) kept= ;;
    esac
    if [ -z "$kept" ]; then
      echo "mutopia/$file: left out, its terms are not known"
    elif [[ $kept = CC-BY-SA-* ]] && [ -z "$all" ]; then
      echo "mutopia/$file: left out, its terms ($kept) do not let it ship"
    else
      mkdir -p "$work/mutopia/$kept/$(dirname "$file")"
      cp "$folder/$file" "$work/mutopia/$kept/$file"
    fi
  done < <(cd "$folder" && find . -name '*.mid' | sed 's|^\./||' | LC_ALL=C sort)
  for kept in "$work"/mutopia/*/; do
    [ -d "$kept" ] || continue
    take mutopia "$kept" "$(basename "$kept")" "Mutopia Project, https://www.mutopiaproject.org"
  done
}

# easyrpg-rtp: one file is CC0, the others CC BY.
easyrpg() {
  local folder source="EasyRPG RTP, https://github.com/EasyRPG/RTP"
  folder=$(folder_of easyrpg-rtp)
  if [ -z "$folder" ]; then echo "easyrpg-rtp: not in $sets, so not in the corpus"; return; fi
  mkdir -p "$work/easyrpg/cc0/Music" "$work/easyrpg/cc-by"
  cp -r "$folder/Music" "$work/easyrpg/cc-by/Music"
  mv "$work/easyrpg/cc-by/Music/Boss 3.mid" "$work/easyrpg/cc0/Music/"
  take easyrpg-rtp "$work/easyrpg/cc-by" CC-BY-4.0 "$source"
  take easyrpg-rtp "$work/easyrpg/cc0" CC0-1.0 "$source"
}

if "$undersong" corpus list --json --quiet | grep -q "\"name\": \"$corpus\""; then
  "$undersong" corpus remove "$corpus" --quiet
fi
ships openscore-lieder CC0-1.0 "OpenScore Lieder Corpus, https://github.com/OpenScore/Lieder"
ships openscore-quartets CC0-1.0 "OpenScore String Quartets, https://github.com/OpenScore/StringQuartets"
ships openscore-orchestra CC0-1.0 "OpenScore Orchestra, https://github.com/OpenScore/Orchestra"
ships freedoom BSD-3-Clause "Freedoom, https://freedoom.github.io"
ships blasphemer BSD-3-Clause "Blasphemer, https://github.com/Blasphemer/blasphemer"
easyrpg
ships freedink-data Zlib "GNU FreeDink data, https://www.gnu.org/software/freedink"
mutopia
ships groove CC-BY-4.0 "Groove MIDI Dataset, https://magenta.tensorflow.org/datasets/groove"
private simutrans-data Artistic-1.0 "Simutrans, https://www.simutrans.com"
private planetblupi-music-midi GPL-3.0-or-later "Planet Blupi, https://blupi.org"
private piano-midi-de CC-BY-SA-3.0-DE "Bernd Krueger, http://www.piano-midi.de"

# Songs' accompaniments stand in for the piano music that may not ship; beside it they would blur
# the comparison.
if [ -n "$all" ]; then
  grep -v '^piano-part' "$rules" >"$work/rules"
  rules=$work/rules
fi
"$undersong" corpus prepare "$corpus" --styles "$rules" -o "$out" --force
