#pragma once
// Short pieces written by hand, in quarters.

#include <cmath>
#include <cstdint>
#include <vector>

#include "score/score.h"

namespace undersong {

// Notes in quarters, one track, 480 ticks a quarter; 4/4 at 120 BPM unless said otherwise.
class HandMade {
 public:
  HandMade() { score_.tracks.emplace_back(); }

  HandMade& note(double onset, double length, int pitch, int channel = 0) {
    score_.tracks[0].notes.push_back({.onset_ticks = ticks(onset),
                                      .duration_ticks = ticks(length),
                                      .pitch = static_cast<std::uint8_t>(pitch),
                                      .channel = static_cast<std::uint8_t>(channel)});
    return *this;
  }

  HandMade& chord(double onset, double length, const std::vector<int>& pitches) {
    for (const int pitch : pitches) note(onset, length, pitch);
    return *this;
  }

  HandMade& meter(double onset, int numerator, int denominator) {
    score_.meters.push_back({.tick = ticks(onset),
                             .numerator = static_cast<std::uint8_t>(numerator),
                             .denominator = static_cast<std::uint8_t>(denominator)});
    return *this;
  }

  HandMade& bpm(double onset, double bpm) {
    score_.tempos.push_back({ticks(onset), static_cast<std::int32_t>(std::lround(60e6 / bpm))});
    return *this;
  }

  Score score() const {
    Score sorted = score_;
    sort_events(sorted);
    return sorted;
  }

 private:
  static Ticks ticks(double quarters) { return static_cast<Ticks>(std::lround(quarters * 480.0)); }

  Score score_;
};

}  // namespace undersong
