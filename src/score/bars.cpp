#include "score/bars.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace undersong {
namespace {

Ticks bar_ticks(const Meter& meter, Ticks ticks_per_quarter) {
  return std::max<Ticks>(1, ticks_per_quarter * 4 * meter.numerator / meter.denominator);
}

}  // namespace

BarGrid::BarGrid(const Score& score) {
  spans_.push_back({0, 0, bar_ticks(Meter{}, score.ticks_per_quarter)});
  for (const Meter& meter : score.meters) {
    const Ticks length = bar_ticks(meter, score.ticks_per_quarter);
    const Span& last = spans_.back();
    if (meter.tick <= last.tick) {
      spans_.back().bar_ticks = length;
      continue;
    }
    const std::int64_t begun = std::int64_t{meter.tick} - last.tick;
    const std::int64_t bars = (begun + last.bar_ticks - 1) / last.bar_ticks;
    spans_.push_back({meter.tick, last.first_bar + bars, length});
  }
  const Ticks end = end_ticks(score);
  if (note_count(score) > 0) count_ = bar_at(std::max<Ticks>(0, end - 1)) + 1;
}

std::int64_t BarGrid::bar_at(Ticks tick) const {
  const auto after = std::upper_bound(spans_.begin() + 1, spans_.end(), tick,
                                      [](Ticks t, const Span& span) { return t < span.tick; });
  const Span& span = *(after - 1);
  return span.first_bar + (std::int64_t{tick} - span.tick) / span.bar_ticks;
}

Ticks BarGrid::onset(std::int64_t bar) const {
  UNDERSONG_CHECK(bar >= 0);
  const auto after =
      std::upper_bound(spans_.begin() + 1, spans_.end(), bar,
                       [](std::int64_t b, const Span& span) { return b < span.first_bar; });
  const Span& span = *(after - 1);
  constexpr std::int64_t kLast = std::numeric_limits<Ticks>::max();
  const std::int64_t bars = std::min(bar - span.first_bar, kLast / span.bar_ticks + 1);
  return static_cast<Ticks>(std::min(kLast, span.tick + bars * span.bar_ticks));
}

}  // namespace undersong
