#pragma once
// Chords by template, a half bar at a time.

#include <cstdint>
#include <string>
#include <vector>

#include "score/score.h"

namespace undersong {

enum class ChordQuality : std::uint8_t {
  kMajor,
  kMinor,
  kDiminished,
  kAugmented,
  kSuspended4,
  kDominant7,
  kMajor7,
  kMinor7,
  kHalfDiminished7,
  kDiminished7
};

struct Chord {
  int root = 0;  // pitch class, 0 is C
  ChordQuality quality = ChordQuality::kMajor;

  auto operator<=>(const Chord&) const = default;
};

struct ChordSpan {
  Ticks onset_ticks = 0;
  Chord chord;
};

// The best chord of each half bar (a whole bar where its numerator is odd), by sounding time and
// bass; half bars without pitched notes are left out.
std::vector<ChordSpan> recognise_chords(const Score& score);

// "C", "F#m7".
std::string chord_name(const Chord& chord);

}  // namespace undersong
