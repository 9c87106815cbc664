#include "compose/sounding_pitches.h"

#include <algorithm>
#include <cstddef>

namespace undersong {
namespace {

constexpr int kBarsHeld = 2;  // the longest duration of the grid spans three bars of 4/4
constexpr int kRubbingInterval = 2;

}  // namespace

SoundingPitches sounding_beside(const GridPiece& piece, Role role, int bar) {
  SoundingPitches sounding{};
  int begin = 0;  // of bar number `i`, in steps from that of `bar`
  for (int i = bar; i >= std::max(0, bar - kBarsHeld); --i) {
    const GridBar& grid = piece.bars[static_cast<std::size_t>(i)];
    if (i != bar) begin -= kGridMeters.at(grid.meter).length();
    for (const GridNote& note : grid.notes) {
      if (note.role == role || is_percussive(note.role)) continue;
      const int onset = begin + note.position;
      const int end = std::min(onset + kGridDurations.at(note.duration), kLongestGridBar);
      for (int step = std::max(0, onset); step < end; ++step)
        sounding[static_cast<std::size_t>(step)].set(
            static_cast<std::size_t>(note.pitch - kLowestPitch));
    }
  }
  return sounding;
}

Crowding crowding_of(const std::bitset<kPitchCount>& sounding, int pitch) {
  const int value = pitch - kLowestPitch;
  const auto sounds = [&](int other) {
    return other >= 0 && other < kPitchCount && sounding.test(static_cast<std::size_t>(other));
  };
  if (sounds(value)) return Crowding::kDoubled;
  for (int away = 1; away <= kRubbingInterval; ++away) {
    if (sounds(value - away) || sounds(value + away)) return Crowding::kRubbing;
  }
  return Crowding::kNone;
}

}  // namespace undersong
