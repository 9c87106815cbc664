#pragma once
// Chords by their place in a key: "ii9", "V7/vi", "bVII", "I/3".

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "score/chord_symbol.h"
#include "score/key.h"

namespace undersong {

// A degree of the mode's own scale: in a minor key "VI" stands on the minor sixth. An accidental
// moves it from there; upper case is a major third, lower case a minor one, and a quality may
// follow (score/chord_symbol.h; "m" is never written: "ii7" is a minor seventh, "IImaj7" not).
// "V7/vi": the dominant seventh of the sixth degree, which counts as a major or harmonic minor key
// of its own by its case. "I/3", "I/5", "V7/7": inverted, that chord tone in the bass.
struct RomanNumeral {
  int degree = 0;      // 0-6
  int alteration = 0;  // semitones, -1…1
  std::uint16_t tones = 0;
  int bass_tone = 1;  // 1, 3, 5 or 7: which chord tone is lowest
  struct Of {
    int degree = 0;
    int alteration = 0;
    bool minor = false;
    bool operator==(const Of&) const = default;
  };
  std::optional<Of> of;  // what it is applied to

  bool operator==(const RomanNumeral&) const = default;
};

// Errors: kUsage, naming the part that is not understood.
RomanNumeral parse_roman_numeral(std::string_view text);

// The text that parse_roman_numeral reads back.
std::string name_of(const RomanNumeral& numeral);

ChordSymbol resolve(const RomanNumeral& numeral, const Key& key);

}  // namespace undersong
