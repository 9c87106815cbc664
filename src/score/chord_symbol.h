#pragma once
// Chords as musicians write them over a bar: "Dm9", "G7sus4", "C/E". (analysis/chords.h finds
// simpler ones in notes.)

#include <cstdint>
#include <string>
#include <string_view>

#include "score/key.h"

namespace undersong {

struct ChordSymbol {
  int root = 0;  // pitch class 0-11
  // Bit i: the tone i semitones above the root, within the octave (a ninth is bit 2). Bit 0 is set.
  std::uint16_t tones = 1U | 1U << 4 | 1U << 7;
  int bass = 0;  // pitch class 0-11; the root unless it is inverted

  bool has(int semitones_above_root) const { return (tones >> semitones_above_root & 1U) != 0; }
  bool operator==(const ChordSymbol&) const = default;
};

// Whether a pitch, or a pitch class, is a tone of the chord; its bass note counts.
bool contains(const ChordSymbol& chord, int pitch);

// The quality that follows the root's name: "", "m", "dim", "aug", "5", "sus2", "sus4", "6", "m6",
// "7", "maj7", "m7", "mmaj7", "m7b5", "dim7", "7sus4", "add9", "madd9", "69", "m69", "9", "maj9",
// "m9", "mmaj9", "9sus4", "7b9", "7#9", "7#5", "7b13", "7#11", "maj7#11", "maj9#11", "11", "m11",
// "13", "maj13", "m13", "13sus4"; and what others write for some of them: "M7", "o7", "+", "ø" …
// "11" leaves the third out, and thirteenths the eleventh.
// Errors: kUsage, with the nearest.
std::uint16_t parse_chord_quality(std::string_view text);

// The name of a quality, or of the nearest that has one: "m7b5".
std::string_view chord_quality_name(std::uint16_t tones);

// "F#m7b5/C". Errors: kUsage.
ChordSymbol parse_chord_symbol(std::string_view text);

// The name that parse_chord_symbol reads back, spelt as `key` wants it. A set of tones without a
// name of its own has that of the nearest.
std::string name_of(const ChordSymbol& chord, const Key& key);

}  // namespace undersong
