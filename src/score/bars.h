#pragma once
// Where bars begin.

#include <cstdint>
#include <vector>

#include "score/score.h"

namespace undersong {

// The bars of one score, counted from 0; people count them from 1. 4/4 until the first meter. A
// meter that changes inside a bar ends that bar early.
//
// A score at 480 ticks a quarter in 3/4 from tick 0 and 4/4 from tick 2880: onset(2) is 2880,
// onset(3) is 4800, bar_at(2879) is 1.
class BarGrid {
 public:
  explicit BarGrid(const Score& score);

  std::int64_t bar_at(Ticks tick) const;
  // Any bar has an onset, those after the music too; at most the largest Ticks.
  Ticks onset(std::int64_t bar) const;
  // Bars until the end of the last note; 0 without notes.
  std::int64_t count() const { return count_; }

 private:
  struct Span {
    Ticks tick;
    std::int64_t first_bar;
    Ticks bar_ticks;
  };
  std::vector<Span> spans_;  // by tick; the first is at 0
  std::int64_t count_ = 0;
};

}  // namespace undersong
