#include "score/tempo_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace undersong {
namespace {

constexpr std::int32_t kDefaultMicrosecondsPerQuarter = 500000;  // 120 BPM, as the standard says

}  // namespace

TempoMap::TempoMap(const Score& score) : ticks_per_quarter_(score.ticks_per_quarter) {
  const auto seconds_per_tick = [&](std::int32_t microseconds) {
    return microseconds * 1e-6 / ticks_per_quarter_;
  };
  spans_.push_back({0, 0.0, seconds_per_tick(kDefaultMicrosecondsPerQuarter)});
  for (const auto& change : score.tempos) {
    const Span& last = spans_.back();
    const double seconds = last.seconds + (change.tick - last.tick) * last.seconds_per_tick;
    const Span span = {change.tick, seconds, seconds_per_tick(change.microseconds_per_quarter)};
    if (change.tick == last.tick) {
      spans_.back() = span;
    } else {
      spans_.push_back(span);
    }
  }
}

double TempoMap::seconds_at(Ticks tick) const {
  auto after = std::upper_bound(spans_.begin(), spans_.end(), tick,
                                [](Ticks t, const Span& s) { return t < s.tick; });
  const Span& span = after == spans_.begin() ? spans_.front() : *std::prev(after);
  return span.seconds + (tick - span.tick) * span.seconds_per_tick;
}

Ticks TempoMap::ticks_at(double seconds) const {
  if (seconds <= 0.0) return 0;
  auto after = std::upper_bound(spans_.begin(), spans_.end(), seconds,
                                [](double t, const Span& s) { return t < s.seconds; });
  const Span& span = *std::prev(after);
  // A hair of slack: seconds_at(t) must map back to t.
  const double ticks =
      span.tick + std::floor((seconds - span.seconds) / span.seconds_per_tick + 1e-6);
  return static_cast<Ticks>(
      std::min(ticks, static_cast<double>(std::numeric_limits<Ticks>::max())));
}

double TempoMap::bpm_at(Ticks tick) const {
  auto after = std::upper_bound(spans_.begin(), spans_.end(), tick,
                                [](Ticks t, const Span& s) { return t < s.tick; });
  const Span& span = after == spans_.begin() ? spans_.front() : *std::prev(after);
  return 60.0 / (span.seconds_per_tick * ticks_per_quarter_);
}

double length_seconds(const Score& score) { return TempoMap(score).seconds_at(end_ticks(score)); }

}  // namespace undersong
