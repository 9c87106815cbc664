#include "originality/points.h"

#include <algorithm>
#include <limits>
#include <string>

#include "base/error.h"
#include "score/bars.h"

namespace undersong {
namespace {

// Differences order like (steps, semitones) when both stand in one number.
constexpr std::int64_t kSemitoneSpan = 512;
constexpr std::int64_t kSemitoneZero = 256;

std::int64_t difference(const Point& from, const Point& to) {
  return (std::int64_t{to.onset_steps} - from.onset_steps) * kSemitoneSpan +
         (to.pitch - from.pitch + kSemitoneZero);
}

}  // namespace

std::int32_t steps_of(Ticks tick, Ticks ticks_per_quarter) {
  const std::int64_t steps =
      (std::int64_t{tick} * kPointStepsPerQuarter + ticks_per_quarter / 2) / ticks_per_quarter;
  return static_cast<std::int32_t>(
      std::min<std::int64_t>(steps, std::numeric_limits<std::int32_t>::max()));
}

std::vector<Point> points_of(const Score& score) {
  std::vector<Point> points;
  points.reserve(note_count(score));
  for (const Track& track : score.tracks) {
    for (const Note& note : track.notes) {
      if (note.channel == kDrumChannel) continue;
      points.push_back({steps_of(note.onset_ticks, score.ticks_per_quarter), note.pitch});
    }
  }
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  return points;
}

std::vector<std::int32_t> bar_onset_steps(const Score& score) {
  const BarGrid bars(score);
  if (bars.count() == 0) return {};
  if (bars.count() > kMostListedBars) {
    throw Error(ErrorKind::kUnsupported, "the score has " + std::to_string(bars.count()) +
                                             " bars; at most " + std::to_string(kMostListedBars) +
                                             " can be listed, so look at its meters");
  }
  std::vector<std::int32_t> onsets;
  onsets.reserve(static_cast<std::size_t>(bars.count() + 1));
  for (std::int64_t bar = 0; bar <= bars.count(); ++bar)
    onsets.push_back(steps_of(bars.onset(bar), score.ticks_per_quarter));
  return onsets;
}

Translation best_translation(std::span<const Point> p, std::span<const Point> q) {
  std::vector<std::int64_t> differences;
  differences.reserve(p.size() * q.size());
  for (const Point& from : p) {
    for (const Point& to : q) differences.push_back(difference(from, to));
  }
  std::sort(differences.begin(), differences.end());

  Translation best;
  for (std::size_t begin = 0; begin < differences.size();) {
    std::size_t end = begin;
    while (end < differences.size() && differences[end] == differences[begin]) ++end;
    const auto points = static_cast<std::int64_t>(end - begin);
    if (points > best.points) {
      // The semitone's part is never negative, so the steps are the floor.
      const std::int64_t packed = differences[begin];
      const std::int64_t semitones = ((packed % kSemitoneSpan) + kSemitoneSpan) % kSemitoneSpan;
      best = {static_cast<std::int32_t>((packed - semitones) / kSemitoneSpan),
              static_cast<std::int32_t>(semitones - kSemitoneZero), points};
    }
    begin = end;
  }
  return best;
}

double cardinality_score(std::span<const Point> p, std::span<const Point> q) {
  if (p.empty() || q.empty()) return 0.0;
  return static_cast<double>(best_translation(p, q).points) /
         static_cast<double>(std::max(p.size(), q.size()));
}

}  // namespace undersong
