#pragma once
// The only place where ticks become seconds.

#include <vector>

#include "score/score.h"

namespace undersong {

// Integrates the tempo changes of one score. 120 BPM before the first change.
//
// A score at 480 ticks a quarter with 60 BPM from tick 0 and 120 BPM from tick 960:
// seconds_at(1440) is 2.5.
class TempoMap {
 public:
  explicit TempoMap(const Score& score);

  double seconds_at(Ticks tick) const;
  // The last tick at or before `seconds`; 0 for negative times.
  Ticks ticks_at(double seconds) const;
  double bpm_at(Ticks tick) const;

 private:
  struct Span {
    Ticks tick;
    double seconds;
    double seconds_per_tick;
  };
  double ticks_per_quarter_;
  std::vector<Span> spans_;  // by tick; the first is at 0
};

// Length of the music in seconds: the end of the last note.
double length_seconds(const Score& score);

}  // namespace undersong
