#include "score/key.h"

#include <fmt/format.h>

#include <cstdlib>
#include <vector>

#include "base/error.h"
#include "base/suggestion.h"

namespace undersong {
namespace {

struct ModeTraits {
  std::string_view name;
  std::array<int, 7> scale;
  int fifths;  // of the tonic above that of the relative major
};

constexpr std::array<ModeTraits, kModes.size()> kTraits = {{
    {"major", {0, 2, 4, 5, 7, 9, 11}, 0},
    {"dorian", {0, 2, 3, 5, 7, 9, 10}, 2},
    {"phrygian", {0, 1, 3, 5, 7, 8, 10}, 4},
    {"lydian", {0, 2, 4, 6, 7, 9, 11}, -1},
    {"mixolydian", {0, 2, 4, 5, 7, 9, 10}, 1},
    {"minor", {0, 2, 3, 5, 7, 8, 10}, 3},
    {"harmonic-minor", {0, 2, 3, 5, 7, 8, 11}, 3},
}};

const ModeTraits& traits_of(Mode mode) { return kTraits.at(static_cast<std::size_t>(mode)); }

int pitch_class_of(int pitch) { return (pitch % 12 + 12) % 12; }

// Sharps of the key signature, -6…6: six accidentals are F# in major, and Eb in minor, as
// musicians like them.
int sharps_of(const Key& key) {
  const int tonic_fifths = key.tonic * 7;  // a fifth is seven semitones, and seven of twelve back
  const int sharps = pitch_class_of(tonic_fifths - traits_of(key.mode).fifths);
  const int most = is_minor(key.mode) ? 5 : 6;
  return sharps > most ? sharps - 12 : sharps;
}

}  // namespace

std::string_view name_of(Mode mode) { return traits_of(mode).name; }

Mode parse_mode(std::string_view text) {
  const std::string wanted = lower_case(text);
  if (wanted == "ionian") return Mode::kMajor;
  if (wanted == "aeolian") return Mode::kMinor;
  std::vector<std::string> names;
  for (const Mode mode : kModes) {
    if (wanted == name_of(mode)) return mode;
    names.emplace_back(name_of(mode));
  }
  throw Error(ErrorKind::kUsage,
              fmt::format("there is no mode '{}'{}", text, suggestion(text, names)));
}

std::span<const int, 7> scale_of(Mode mode) { return traits_of(mode).scale; }

bool is_minor(Mode mode) { return traits_of(mode).scale[2] == 3; }

bool contains(const Key& key, int pitch) {
  const int above_tonic = pitch_class_of(pitch - key.tonic);
  for (const int degree : scale_of(key.mode)) {
    if (degree == above_tonic) return true;
  }
  return false;
}

int parse_pitch_class(std::string_view text) {
  constexpr std::string_view kLetters = "cdefgab";
  constexpr std::array kSemitones = {0, 2, 4, 5, 7, 9, 11};
  const std::string wanted = lower_case(text);
  const std::size_t letter = wanted.empty() ? kLetters.npos : kLetters.find(wanted[0]);
  const std::string_view accidental = std::string_view(wanted).substr(wanted.empty() ? 0 : 1);
  const bool sharp = accidental == "#" || accidental == "♯";
  const bool flat = accidental == "b" || accidental == "♭";
  if (letter == kLetters.npos || !(accidental.empty() || sharp || flat))
    throw Error(ErrorKind::kUsage,
                fmt::format("'{}' is no note: give a letter from A to G, and # or b where it has "
                            "one, such as F# or Bb",
                            text));
  return pitch_class_of(kSemitones.at(letter) + (sharp ? 1 : 0) - (flat ? 1 : 0));
}

namespace detail {

int fifths_of_tonic(const Key& key) { return sharps_of(key) + traits_of(key.mode).fifths; }

int fifths_of(int pitch_class, int lowest) {
  constexpr int kLowestSingleFlat = -8;    // Fb
  constexpr int kHighestSingleSharp = 12;  // B#
  const int fifths = lowest + pitch_class_of(pitch_class * 7 - lowest);
  if (fifths < kLowestSingleFlat) return fifths + 12;
  return fifths > kHighestSingleSharp ? fifths - 12 : fifths;
}

std::string name_on_line_of_fifths(int fifths) {
  constexpr std::string_view kLetters = "FCGDAEB";
  const int from_f = fifths + 1;
  const int letter = (from_f % 7 + 7) % 7;
  const int accidentals = (from_f - letter) / 7;
  std::string name(1, kLetters[static_cast<std::size_t>(letter)]);
  name.append(static_cast<std::size_t>(std::abs(accidentals)), accidentals > 0 ? '#' : 'b');
  return name;
}

}  // namespace detail

std::string spell(int pitch_class, const Key& key) {
  // From the lowered second to the raised fourth above the tonic: every mode's scale and the usual
  // chromatic tones.
  const int lowest = detail::fifths_of_tonic(key) - 5;
  return detail::name_on_line_of_fifths(detail::fifths_of(pitch_class, lowest));
}

std::string name_of(const Key& key) {
  return fmt::format("{} {}", spell(key.tonic, key), name_of(key.mode));
}

KeySignature signature_of(const Key& key, Ticks tick) {
  return {tick, static_cast<std::int8_t>(sharps_of(key)), is_minor(key.mode)};
}

}  // namespace undersong
