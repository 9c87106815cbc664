#pragma once
// Notes for pieces made by hand.

#include <cstdint>

#include "score/score.h"

namespace undersong {

inline Note note(Ticks onset_ticks, Ticks duration_ticks, int pitch) {
  return {.onset_ticks = onset_ticks,
          .duration_ticks = duration_ticks,
          .pitch = static_cast<std::uint8_t>(pitch)};
}

inline Note drum(Ticks onset_ticks, Ticks duration_ticks, int key) {
  Note hit = note(onset_ticks, duration_ticks, key);
  hit.channel = kDrumChannel;
  return hit;
}

}  // namespace undersong
