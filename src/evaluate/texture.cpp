#include "evaluate/texture.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "analysis/chords.h"
#include "base/portable_math.h"
#include "score/bars.h"

namespace undersong {
namespace {

constexpr std::size_t kPitchClasses = 12;
constexpr int kPositions = 64;

using Histogram = std::array<std::int64_t, kPitchClasses>;

// Bars without onsets have no entry, so that a note after a million silent bars costs nothing.
struct BarPitches {
  std::int64_t bar = 0;
  Histogram onsets{};
};

std::vector<BarPitches> pitches_by_bar(const Score& score, const BarGrid& bars) {
  std::vector<std::pair<std::int64_t, std::size_t>> onsets;
  for (const Track& track : score.tracks) {
    for (const Note& note : track.notes) {
      if (note.channel != kDrumChannel)
        onsets.emplace_back(bars.bar_at(note.onset_ticks), note.pitch % kPitchClasses);
    }
  }
  std::sort(onsets.begin(), onsets.end());
  std::vector<BarPitches> result;
  for (const auto& [bar, pitch_class] : onsets) {
    if (result.empty() || result.back().bar != bar) result.push_back({bar, {}});
    ++result.back().onsets[pitch_class];
  }
  return result;
}

double entropy(const Histogram& histogram) {
  std::int64_t total = 0;
  for (const std::int64_t count : histogram) total += count;
  double nats = 0.0;
  for (const std::int64_t count : histogram) {
    if (count == 0) continue;
    const double p = static_cast<double>(count) / static_cast<double>(total);
    nats -= p * portable_log(p);
  }
  return nats / portable_log(2.0);
}

// Over all windows of `width` of the `count` bars that hold an onset.
std::optional<double> mean_entropy(const std::vector<BarPitches>& bars, std::int64_t count,
                                   std::int64_t width) {
  double sum = 0.0;
  std::int64_t windows = 0;
  std::int64_t next_start = 0;
  for (auto bar = bars.begin(); bar != bars.end(); ++bar) {
    // The windows that reach `bar` and were not seen from an earlier one.
    const std::int64_t last_start = std::min(bar->bar, count - width);
    std::int64_t start = std::max(next_start, bar->bar - width + 1);
    for (; start <= last_start; ++start) {
      auto inside = bar;
      while (inside != bars.begin() && (inside - 1)->bar >= start) --inside;
      Histogram histogram{};
      for (; inside != bars.end() && inside->bar < start + width; ++inside) {
        for (std::size_t i = 0; i < kPitchClasses; ++i) histogram[i] += inside->onsets[i];
      }
      sum += entropy(histogram);
      ++windows;
    }
    next_start = std::max(next_start, last_start + 1);
  }
  if (windows == 0) return std::nullopt;
  return sum / static_cast<double>(windows);
}

using BarPosition = std::pair<std::int64_t, int>;  // bar and one of its 64 positions

// The nearest one: a note that is played just before a beat means the beat.
BarPosition nearest_position(const BarGrid& bars, Ticks tick) {
  const std::int64_t bar = bars.bar_at(tick);
  const std::int64_t begin = bars.onset(bar);
  const std::int64_t length = std::max<std::int64_t>(1, bars.onset(bar + 1) - begin);
  const std::int64_t position = (2 * kPositions * (tick - begin) + length) / (2 * length);
  if (position >= kPositions) return {bar + 1, 0};
  return {bar, static_cast<int>(position)};
}

// The positions that differ, summed over all pairs of bars, need no pairs: k of n bars with an
// onset at one position make k (n - k) pairs that differ there.
std::optional<double> grooving_similarity(const Score& score, const BarGrid& bars) {
  std::vector<BarPosition> onsets;
  for (const Track& track : score.tracks) {
    for (const Note& note : track.notes) onsets.push_back(nearest_position(bars, note.onset_ticks));
  }
  std::sort(onsets.begin(), onsets.end());
  onsets.erase(std::unique(onsets.begin(), onsets.end()), onsets.end());

  std::array<std::int64_t, kPositions> bars_with{};
  std::int64_t count = 0;
  for (std::size_t i = 0; i < onsets.size(); ++i) {
    if (i == 0 || onsets[i].first != onsets[i - 1].first) ++count;
    ++bars_with[static_cast<std::size_t>(onsets[i].second)];
  }
  if (count < 2) return std::nullopt;
  double differing = 0.0;
  for (const std::int64_t with : bars_with)
    differing += static_cast<double>(with) * static_cast<double>(count - with);
  const double pairs = static_cast<double>(count) * static_cast<double>(count - 1) / 2.0;
  return 1.0 - differing / pairs / kPositions;
}

std::optional<double> chord_irregularity(const Score& score) {
  std::vector<int> progression;  // a number a chord
  for (const ChordSpan& span : recognise_chords(score)) {
    const int number = static_cast<int>(span.chord.quality) * 12 + span.chord.root;
    if (progression.empty() || progression.back() != number) progression.push_back(number);
  }
  if (progression.size() < 3) return std::nullopt;
  std::vector<std::array<int, 3>> trigrams;
  for (std::size_t i = 2; i < progression.size(); ++i)
    trigrams.push_back({progression[i - 2], progression[i - 1], progression[i]});
  const auto all = static_cast<double>(trigrams.size());
  std::sort(trigrams.begin(), trigrams.end());
  trigrams.erase(std::unique(trigrams.begin(), trigrams.end()), trigrams.end());
  return static_cast<double>(trigrams.size()) / all;
}

}  // namespace

Texture measure_texture(const Score& score) {
  const BarGrid bars(score);
  const std::vector<BarPitches> pitches = pitches_by_bar(score, bars);
  // A note without duration may stand at the very end, in a bar of its own.
  const std::int64_t count = pitches.empty() ? 0 : std::max(bars.count(), pitches.back().bar + 1);
  return {.entropy_1_bar = mean_entropy(pitches, count, 1),
          .entropy_4_bars = mean_entropy(pitches, count, 4),
          .grooving_similarity = grooving_similarity(score, bars),
          .chord_irregularity = chord_irregularity(score)};
}

}  // namespace undersong
