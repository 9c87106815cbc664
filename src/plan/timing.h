#pragma once
// Bars and tempos that add up to a length, with hits on downbeats.

#include <cstdint>
#include <vector>

#include "plan/request.h"
#include "style/style.h"

namespace undersong::detail {

// Bars may be this much faster or slower than the asked tempo, and spans than the piece's.
inline constexpr double kTempoTolerance = 0.03;
// A final chord of a short piece still needs this long to be heard as one.
inline constexpr double kLeastTailSeconds = 0.8;

struct TimedBar {
  int beats = 4;
  std::int32_t microseconds_per_quarter = 500000;
  bool hit = false;
};

struct Timing {
  std::vector<TimedBar> bars;  // with Ending::kRing the last one is the final chord's
  double tail_seconds = 0.0;
  double bpm = 120.0;
};

// Quarters of one beat.
inline double quarters_per_beat(int beat_unit) { return 4.0 / beat_unit; }
// Of a bar.
inline double bar_microseconds(const TimedBar& bar, int beat_unit) {
  return bar.microseconds_per_quarter * bar.beats * quarters_per_beat(beat_unit);
}

// The shortest piece of the style that has this ending, at the tempos that the request leaves.
double shortest_seconds(const CompositionRequest& request, const Style& style);

// `wanted_bpm` is what is aimed at when the request names no tempo.
// Errors: kUsage, as plan().
Timing plan_timing(const CompositionRequest& request, const Style& style, double wanted_bpm);

// "0:12.4", "12:03.25", "1:00:00".
std::string clock_text(double seconds);

}  // namespace undersong::detail
