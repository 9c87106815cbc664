#include "score/chord_symbol.h"

#include <fmt/format.h>

#include <initializer_list>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/suggestion.h"

namespace undersong {
namespace {

constexpr std::uint16_t tone_set(std::initializer_list<int> semitones) {
  unsigned set = 0;
  for (const int semitone : semitones) set |= 1U << static_cast<unsigned>(semitone);
  return static_cast<std::uint16_t>(set);
}

struct Quality {
  std::string_view name;
  std::uint16_t tones;
};

// Simple ones first: of two that are as near to a set of tones, the first names it.
constexpr Quality kQualities[] = {
    {"", tone_set({0, 4, 7})},
    {"m", tone_set({0, 3, 7})},
    {"7", tone_set({0, 4, 7, 10})},
    {"maj7", tone_set({0, 4, 7, 11})},
    {"m7", tone_set({0, 3, 7, 10})},
    {"dim", tone_set({0, 3, 6})},
    {"aug", tone_set({0, 4, 8})},
    {"5", tone_set({0, 7})},
    {"sus2", tone_set({0, 2, 7})},
    {"sus4", tone_set({0, 5, 7})},
    {"6", tone_set({0, 4, 7, 9})},
    {"m6", tone_set({0, 3, 7, 9})},
    {"mmaj7", tone_set({0, 3, 7, 11})},
    {"m7b5", tone_set({0, 3, 6, 10})},
    {"dim7", tone_set({0, 3, 6, 9})},
    {"7sus4", tone_set({0, 5, 7, 10})},
    {"add9", tone_set({0, 2, 4, 7})},
    {"madd9", tone_set({0, 2, 3, 7})},
    {"69", tone_set({0, 2, 4, 7, 9})},
    {"m69", tone_set({0, 2, 3, 7, 9})},
    {"9", tone_set({0, 2, 4, 7, 10})},
    {"maj9", tone_set({0, 2, 4, 7, 11})},
    {"m9", tone_set({0, 2, 3, 7, 10})},
    {"mmaj9", tone_set({0, 2, 3, 7, 11})},
    {"9sus4", tone_set({0, 2, 5, 7, 10})},
    {"7b9", tone_set({0, 1, 4, 7, 10})},
    {"7#9", tone_set({0, 3, 4, 7, 10})},
    {"7#5", tone_set({0, 4, 8, 10})},
    {"7b13", tone_set({0, 4, 7, 8, 10})},
    {"7#11", tone_set({0, 4, 6, 7, 10})},
    {"maj7#11", tone_set({0, 4, 6, 7, 11})},
    {"maj9#11", tone_set({0, 2, 4, 6, 7, 11})},
    // The third is left out, as it would rub against the eleventh.
    {"11", tone_set({0, 2, 5, 7, 10})},
    {"m11", tone_set({0, 2, 3, 5, 7, 10})},
    // Thirteenths leave the eleventh out.
    {"13", tone_set({0, 2, 4, 7, 9, 10})},
    {"maj13", tone_set({0, 2, 4, 7, 9, 11})},
    {"m13", tone_set({0, 2, 3, 7, 9, 10})},
    {"13sus4", tone_set({0, 2, 5, 7, 9, 10})},
};

struct Alias {
  std::string_view name;
  std::string_view of;
};

// Other ways to write the same.
constexpr Alias kAliases[] = {
    {"maj", ""},         {"M", ""},       {"min", "m"},    {"-", "m"},        {"o", "dim"},
    {"°", "dim"},        {"+", "aug"},    {"sus", "sus4"}, {"6/9", "69"},     {"M7", "maj7"},
    {"min7", "m7"},      {"-7", "m7"},    {"o7", "dim7"},  {"°7", "dim7"},    {"ø", "m7b5"},
    {"ø7", "m7b5"},      {"m6/9", "m69"}, {"M9", "maj9"},  {"min9", "m9"},    {"mM7", "mmaj7"},
    {"aug7", "7#5"},     {"+7", "7#5"},   {"7+", "7#5"},   {"7sus", "7sus4"}, {"9sus", "9sus4"},
    {"13sus", "13sus4"},
};

std::optional<std::uint16_t> find_quality(std::string_view text) {
  for (const Alias& alias : kAliases) {
    if (alias.name == text) return find_quality(alias.of);
  }
  for (const Quality& quality : kQualities) {
    if (quality.name == text) return quality.tones;
  }
  return std::nullopt;
}

int pitch_class_of(int pitch) { return (pitch % 12 + 12) % 12; }

int count_of(unsigned bits) {
  int count = 0;
  for (; bits != 0; bits &= bits - 1) ++count;
  return count;
}

[[noreturn]] void fail_symbol(std::string_view text, std::string_view why) {
  throw Error(ErrorKind::kUsage,
              fmt::format("'{}' is no chord: {}; write it as Dm9, F#7sus4 or C/E", text, why));
}

// A note's letter in upper case and its accidental, at the front.
std::size_t root_length(std::string_view text) {
  if (text.empty() || text[0] < 'A' || text[0] > 'G') return 0;
  if (text.size() > 1 && (text[1] == '#' || text[1] == 'b')) return 2;
  return 1;
}

}  // namespace

bool contains(const ChordSymbol& chord, int pitch) {
  return chord.has(pitch_class_of(pitch - chord.root)) || pitch_class_of(pitch) == chord.bass;
}

std::uint16_t parse_chord_quality(std::string_view text) {
  if (const auto tones = find_quality(text)) return *tones;
  std::vector<std::string> names;
  for (const Quality& quality : kQualities) {
    if (!quality.name.empty()) names.emplace_back(quality.name);
  }
  throw Error(ErrorKind::kUsage,
              fmt::format("there is no chord quality '{}'{}", text, suggestion(text, names)));
}

std::string_view chord_quality_name(std::uint16_t tones) {
  const Quality* nearest = &kQualities[0];
  int fewest = 12;
  for (const Quality& quality : kQualities) {
    const int differing = count_of(static_cast<unsigned>(quality.tones ^ tones));
    if (differing < fewest) {
      fewest = differing;
      nearest = &quality;
    }
  }
  return nearest->name;
}

ChordSymbol parse_chord_symbol(std::string_view text) {
  std::string_view rest = text;
  ChordSymbol chord;
  const std::size_t root = root_length(rest);
  if (root == 0) fail_symbol(text, "it begins with no note");
  chord.root = chord.bass = parse_pitch_class(rest.substr(0, root));
  rest.remove_prefix(root);
  // "C6/9" has a slash that is no bass.
  const std::size_t slash = rest.rfind('/');
  if (slash != rest.npos && rest.substr(slash + 1) != "9") {
    const std::string_view bass = rest.substr(slash + 1);
    if (bass.empty() || root_length(bass) != bass.size())
      fail_symbol(text, "no note stands after the slash");
    chord.bass = parse_pitch_class(bass);
    rest = rest.substr(0, slash);
  }
  chord.tones = with_context(fmt::format("'{}'", text), [&] { return parse_chord_quality(rest); });
  return chord;
}

std::string name_of(const ChordSymbol& chord, const Key& key) {
  // Diminished chords stand on leading tones, which are raised: C#dim before Dm. The bass is spelt
  // by its root: E/G#, whatever the key.
  const bool diminished = chord.has(3) && chord.has(6) && !chord.has(4) && !chord.has(7);
  const int lowest = detail::fifths_of_tonic(key) - (diminished ? 1 : 5);
  const int root = detail::fifths_of(chord.root, lowest);
  std::string name = detail::name_on_line_of_fifths(root);
  name += chord_quality_name(chord.tones);
  if (chord.bass != chord.root)
    name += "/" + detail::name_on_line_of_fifths(
                      detail::fifths_of(chord.bass, root - (diminished ? 9 : 5)));
  return name;
}

}  // namespace undersong
