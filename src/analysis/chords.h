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
inline constexpr int kChordQualityCount = 10;

struct Chord {
  int root = 0;  // pitch class, 0 is C
  ChordQuality quality = ChordQuality::kMajor;

  auto operator<=>(const Chord&) const = default;
};

// Half bars in a row that have one chord.
struct ChordSpan {
  Ticks onset_ticks = 0;
  Ticks end_ticks = 0;
  Chord chord;
};

// The best chord of each half bar (a whole bar where its numerator is odd), by sounding time and
// bass; half bars without pitched notes are left out, and neighbours with one chord are joined. A
// pitch class counts once however often it is doubled. What fits equally well, such as a fifth, is
// the chord before where that is among it, then what stands first in ChordQuality, then the lowest
// root.
//
// Cost: O(n log n) in notes, whatever the number of bars.
std::vector<ChordSpan> recognise_chords(const Score& score);

// "C", "F#m7".
std::string chord_name(const Chord& chord);

}  // namespace undersong
