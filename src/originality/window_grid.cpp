#include "originality/window_grid.h"

#include <algorithm>
#include <limits>

namespace undersong {
namespace {

std::span<const Point> points_between(std::span<const Point> points, std::int32_t begin,
                                      std::int32_t end) {
  const auto before = [](const Point& point, std::int32_t steps) {
    return point.onset_steps < steps;
  };
  const auto first = std::lower_bound(points.begin(), points.end(), begin, before);
  const auto last = std::lower_bound(first, points.end(), end, before);
  return points.subspan(static_cast<std::size_t>(first - points.begin()),
                        static_cast<std::size_t>(last - first));
}

}  // namespace

WindowGrid::WindowGrid(const Score& score, std::span<const Point> points)
    : grid_(score), ticks_per_quarter_(score.ticks_per_quarter), bars_(grid_.count()) {
  if (!points.empty()) bars_ = std::max(bars_, bar_at(points.back().onset_steps) + 1);
}

WindowGrid::WindowGrid(const Score& meters, std::int64_t bars)
    : grid_(meters), ticks_per_quarter_(meters.ticks_per_quarter), bars_(bars) {}

std::int64_t WindowGrid::last_start() const {
  return std::max<std::int64_t>(0, bars_ - kWindowBars);
}

std::int32_t WindowGrid::onset_steps(std::int64_t bar) const {
  return steps_of(grid_.onset(bar), ticks_per_quarter_);
}

std::int64_t WindowGrid::bar_at(std::int32_t steps) const {
  // The last tick that rounds to `steps` or less; see steps_of.
  const std::int64_t tick =
      ((std::int64_t{steps} + 1) * ticks_per_quarter_ - ticks_per_quarter_ / 2 - 1) /
      kPointStepsPerQuarter;
  constexpr std::int64_t kLast = std::numeric_limits<Ticks>::max();
  return grid_.bar_at(static_cast<Ticks>(std::clamp<std::int64_t>(tick, 0, kLast)));
}

BarRange WindowGrid::range(std::int64_t bar) const {
  return {bar + 1, std::max(bar + 1, std::min(bar + kWindowBars, bars_))};
}

std::vector<Window> windows_of(std::span<const Point> points, const WindowGrid& grid) {
  std::vector<Window> windows;
  std::int64_t next = 0;
  for (const Point& point : points) {
    const std::int64_t bar = grid.bar_at(point.onset_steps);
    const std::int64_t last = std::min(bar, grid.last_start());
    for (next = std::max(next, bar - kWindowBars + 1); next <= last; ++next) {
      Window window{next, grid.onset_steps(next), grid.onset_steps(next + kWindowBars), {}};
      window.points = points_between(points, window.begin_steps, window.end_steps);
      windows.push_back(window);
    }
  }
  return windows;
}

}  // namespace undersong
