#pragma once
// Keys and modes: which seven pitch classes a piece calls home.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "score/score.h"

namespace undersong {

enum class Mode : std::uint8_t {
  kMajor,  // ionian
  kDorian,
  kPhrygian,
  kLydian,
  kMixolydian,
  kMinor,  // aeolian
  kHarmonicMinor,
};

inline constexpr std::array kModes = {Mode::kMajor,        Mode::kDorian,     Mode::kPhrygian,
                                      Mode::kLydian,       Mode::kMixolydian, Mode::kMinor,
                                      Mode::kHarmonicMinor};

// "major", "dorian", "phrygian", "lydian", "mixolydian", "minor", "harmonic-minor".
std::string_view name_of(Mode mode);
// Those names in any case, and "ionian" and "aeolian". Errors: kUsage, with the nearest name.
Mode parse_mode(std::string_view text);

// Semitones above the tonic of the seven degrees, [0] is 0.
std::span<const int, 7> scale_of(Mode mode);

// Whether the third above the tonic is minor.
bool is_minor(Mode mode);

struct Key {
  int tonic = 0;  // pitch class 0-11, 0 is C
  Mode mode = Mode::kMajor;

  bool operator==(const Key&) const = default;
};

// Whether a pitch, or a pitch class, belongs to the key's scale.
bool contains(const Key& key, int pitch);

// A pitch class by its name: "C", "F#", "Bb", "eb". Errors: kUsage.
int parse_pitch_class(std::string_view text);

// As musicians spell it in that key: "Eb" in C minor, "D#" in E major.
std::string spell(int pitch_class, const Key& key);

namespace detail {
// The line of fifths: C is 0, G 1, F -1, F# 6; twelve in a row are twelve pitch classes.
int fifths_of_tonic(const Key& key);
// The place of a pitch class among the twelve from `lowest` on, but without double accidentals.
int fifths_of(int pitch_class, int lowest);
std::string name_on_line_of_fifths(int fifths);
}  // namespace detail

// "F# dorian".
std::string name_of(const Key& key);

// Sharps and flats as the relative major has them; minor for modes with a minor third.
KeySignature signature_of(const Key& key, Ticks tick);

}  // namespace undersong
