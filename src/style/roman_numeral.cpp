#include "style/roman_numeral.h"

#include <fmt/format.h>

#include <array>

#include "base/error.h"
#include "base/suggestion.h"

namespace undersong {
namespace {

constexpr std::string_view kExample = "; write it as ii9, V7/vi, bVII or I/3";

[[noreturn]] void fail(std::string_view text, std::string_view why) {
  throw Error(ErrorKind::kUsage,
              fmt::format("'{}' is no Roman numeral: {}{}", text, why, kExample));
}

enum class Case { kUpper, kLower };

constexpr std::array<std::string_view, 7> kNumerals = {"i", "ii", "iii", "iv", "v", "vi", "vii"};

// An accidental and a numeral at the front of a text, taken off it.
struct Degree {
  int degree = 0;
  int alteration = 0;
  Case letters = Case::kUpper;
};

bool is_letter_of_numeral(char c) { return c == 'I' || c == 'V' || c == 'i' || c == 'v'; }

std::optional<Degree> take_degree(std::string_view& text) {
  std::string_view rest = text;
  Degree found;
  if (rest.starts_with('b')) found.alteration = -1;
  if (rest.starts_with('#')) found.alteration = 1;
  if (found.alteration != 0) rest.remove_prefix(1);
  std::size_t length = 0;
  while (length < rest.size() && is_letter_of_numeral(rest[length])) ++length;
  if (length == 0) return std::nullopt;
  const std::string_view letters = rest.substr(0, length);
  const bool upper = letters.find_first_of("iv") == letters.npos;
  const bool lower = letters.find_first_of("IV") == letters.npos;
  if (!upper && !lower) return std::nullopt;
  found.letters = upper ? Case::kUpper : Case::kLower;
  const std::string wanted = lower_case(letters);
  for (std::size_t i = 0; i < kNumerals.size(); ++i) {
    if (kNumerals[i] != wanted) continue;
    found.degree = static_cast<int>(i);
    text = rest.substr(length);
    return found;
  }
  return std::nullopt;
}

// Lower case means a minor third, so "7" after it is "m7".
std::uint16_t quality_of_lower_case(std::string_view text, std::string_view quality) {
  if (quality.starts_with('m') && !quality.starts_with("maj"))
    fail(text, "lower case is minor by itself, without m");
  for (const std::string_view same : {"5", "sus", "sus2", "sus4", "7sus4", "7sus", "9sus4", "9sus",
                                      "13sus4", "dim", "o", "°", "dim7", "o7", "°7", "ø", "ø7"}) {
    if (quality == same) return parse_chord_quality(quality);
  }
  try {
    return parse_chord_quality("m" + std::string(quality));
  } catch (const Error&) {
    // The message names what was written, not the "m" that was added.
    parse_chord_quality(quality);
    fail(text, fmt::format("a chord with a minor third has no quality '{}'", quality));
  }
}

std::uint16_t quality_of_upper_case(std::string_view text, std::string_view quality) {
  const std::uint16_t tones = parse_chord_quality(quality);
  const bool minor_third = (tones >> 3U & 1U) != 0 && (tones >> 4U & 1U) == 0;
  if (minor_third) fail(text, "a chord with a minor third is written in lower case, such as ii7");
  return tones;
}

// Semitones above the root of the third, fifth or seventh; a suspension has no third.
std::optional<int> semitones_of(int chord_tone, std::uint16_t tones) {
  const auto first_of = [tones](std::initializer_list<int> semitones) -> std::optional<int> {
    for (const int semitone : semitones) {
      if ((tones >> semitone & 1) != 0) return semitone;
    }
    return std::nullopt;
  };
  if (chord_tone == 3) return first_of({4, 3});
  if (chord_tone == 5) return first_of({7, 6, 8});
  if (chord_tone == 7) {
    const bool diminished = (tones & 1U << 6U) != 0 && (tones & (1U << 4U | 1U << 7U)) == 0;
    if (diminished) return first_of({10, 9});
    return first_of({10, 11});
  }
  return 0;
}

void read_bass(std::string_view text, std::string_view part, RomanNumeral& numeral) {
  if (numeral.bass_tone != 1) fail(text, "it has two inversions");
  numeral.bass_tone = part[0] - '0';
  if (!semitones_of(numeral.bass_tone, numeral.tones))
    fail(text, fmt::format("the chord has no tone {} for the bass", part));
}

void read_target(std::string_view text, std::string_view part, RomanNumeral& numeral) {
  if (numeral.of) fail(text, "it is applied to two degrees");
  std::string_view rest = part;
  const auto target = take_degree(rest);
  if (!target || !rest.empty())
    fail(text, fmt::format("'{}' after the slash is neither a degree (vi) nor a chord tone for "
                           "the bass (3, 5 or 7)",
                           part));
  numeral.of =
      RomanNumeral::Of{target->degree, target->alteration, target->letters == Case::kLower};
}

int above(int pitch_class, int semitones) { return ((pitch_class + semitones) % 12 + 12) % 12; }

int root_of(int degree, int alteration, const Key& key) {
  return above(key.tonic, scale_of(key.mode)[static_cast<std::size_t>(degree)] + alteration);
}

std::string degree_name(int degree, int alteration, Case letters) {
  std::string name = alteration < 0 ? "b" : alteration > 0 ? "#" : "";
  for (const char c : kNumerals.at(static_cast<std::size_t>(degree)))
    name += letters == Case::kLower ? c : static_cast<char>(c - 'a' + 'A');
  return name;
}

}  // namespace

RomanNumeral parse_roman_numeral(std::string_view text) {
  std::string_view rest = text;
  const auto degree = take_degree(rest);
  if (!degree) fail(text, "it begins with no degree from I to VII in one case");
  RomanNumeral numeral;
  numeral.degree = degree->degree;
  numeral.alteration = degree->alteration;
  // "69" is written without its slash here: a slash begins an inversion or what it is applied to.
  const std::size_t slash = rest.find('/');
  const std::string_view quality = rest.substr(0, slash);
  numeral.tones = with_context(fmt::format("'{}'", text), [&] {
    return degree->letters == Case::kUpper ? quality_of_upper_case(text, quality)
                                           : quality_of_lower_case(text, quality);
  });
  rest = slash == rest.npos ? std::string_view() : rest.substr(slash + 1);
  if (slash != std::string_view::npos && rest.empty()) fail(text, "nothing stands after the slash");
  while (!rest.empty()) {
    const std::size_t end = rest.find('/');
    const std::string_view part = rest.substr(0, end);
    if (part == "3" || part == "5" || part == "7")
      read_bass(text, part, numeral);
    else
      read_target(text, part, numeral);
    if (end != rest.npos && end + 1 == rest.size()) fail(text, "nothing stands after the slash");
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
  }
  return numeral;
}

std::string name_of(const RomanNumeral& numeral) {
  const std::string_view quality = chord_quality_name(numeral.tones);
  const bool diminished = quality.starts_with("dim");
  const bool minor = quality.starts_with('m') && !quality.starts_with("maj");
  std::string name = degree_name(numeral.degree, numeral.alteration,
                                 minor || diminished ? Case::kLower : Case::kUpper);
  if (diminished)
    name += quality == "dim7" ? "o7" : "o";
  else
    name += quality.substr(minor ? 1 : 0);
  if (numeral.of)
    name += "/" + degree_name(numeral.of->degree, numeral.of->alteration,
                              numeral.of->minor ? Case::kLower : Case::kUpper);
  if (numeral.bass_tone != 1) name += fmt::format("/{}", numeral.bass_tone);
  return name;
}

ChordSymbol resolve(const RomanNumeral& numeral, const Key& key) {
  Key home = key;
  if (numeral.of) {
    home.tonic = root_of(numeral.of->degree, numeral.of->alteration, key);
    // Harmonic, so that "viio7/ii" stands on its leading tone.
    home.mode = numeral.of->minor ? Mode::kHarmonicMinor : Mode::kMajor;
  }
  ChordSymbol chord;
  chord.root = root_of(numeral.degree, numeral.alteration, home);
  chord.tones = numeral.tones;
  chord.bass = above(chord.root, semitones_of(numeral.bass_tone, numeral.tones).value_or(0));
  return chord;
}

}  // namespace undersong
