#pragma once
// The windows of four bars that are compared, a bar apart, in steps of points.h.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "originality/points.h"
#include "originality/reference.h"
#include "score/bars.h"
#include "score/score.h"

namespace undersong {

inline constexpr std::int64_t kWindowBars = 4;

// Under eight points four in common, which any two pieces have, would be half of the window.
inline constexpr std::size_t kLeastWindowPoints = 8;

// Bars counted from 0, in steps. All values are defined for scores of any meter and resolution.
class WindowGrid {
 public:
  // `points` are points_of(score).
  WindowGrid(const Score& score, std::span<const Point> points);
  // Of a piece of which only meters and resolution are at hand.
  WindowGrid(const Score& meters, std::int64_t bars);

  // At least the bars until the end of the last note, and that of the last point.
  std::int64_t bars() const { return bars_; }
  // The last bar that a window starts with: windows do not hang over the end, but for the only one
  // of a piece of fewer than four bars.
  std::int64_t last_start() const;

  std::int32_t onset_steps(std::int64_t bar) const;
  // The last bar that begins at or before `steps`.
  std::int64_t bar_at(std::int32_t steps) const;
  std::int64_t bar_at_tick(Ticks tick) const { return grid_.bar_at(tick); }
  // Bars as people count them, of the window that starts with `bar`.
  BarRange range(std::int64_t bar) const;

 private:
  BarGrid grid_;
  Ticks ticks_per_quarter_;
  std::int64_t bars_;
};

struct Window {
  std::int64_t bar = 0;  // that it starts with
  std::int32_t begin_steps = 0;
  std::int32_t end_steps = 0;
  std::span<const Point> points;
};

// The windows that hold a point, ascending: at most four times as many as there are points,
// however many bars the score has.
std::vector<Window> windows_of(std::span<const Point> points, const WindowGrid& grid);

}  // namespace undersong
