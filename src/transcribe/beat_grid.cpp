#include "transcribe/beat_grid.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"

namespace undersong {
namespace {

// How far from a beat a note may begin that belongs to it, in beats.
constexpr double kNearBeat = 0.15;
constexpr int kHighestBass = 52;
constexpr double kLongest = 4.0;  // beats; a longer note says no more
// What each sign of a downbeat counts, in its own deviations over the piece.
constexpr double kBassWeight = 1.0;
constexpr double kHarmonyWeight = 1.0;
constexpr double kLengthWeight = 0.7;
// Bars of two are bars of four until much speaks for them.
struct BarLength {
  int beats;
  double favour;
};
constexpr std::array<BarLength, 3> kBarLengths = {{{4, 1.1}, {3, 1.0}, {2, 0.75}}};
// Onsets on thirds of beats, over those on halves and quarters, that make a meter compound.
constexpr double kTernaryShare = 1.5;
constexpr double kOnGrid = 0.06;

using Profile = std::array<double, 12>;

struct Signs {
  std::vector<double> bass, harmony, length;
};

double unlike(const Profile& a, const Profile& b) {
  double product = 0.0;
  double size_a = 0.0;
  double size_b = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += a[i] * b[i];
    size_a += a[i] * a[i];
    size_b += b[i] * b[i];
  }
  return size_a > 0.0 && size_b > 0.0 ? 1.0 - product / std::sqrt(size_a * size_b) : 0.0;
}

Signs signs_of(std::span<const DetectedNote> notes, const BeatGrid& grid) {
  const std::size_t count = grid.beats.size();
  Signs signs{std::vector<double>(count), std::vector<double>(count), std::vector<double>(count)};
  std::vector<Profile> profiles(count);
  for (const DetectedNote& note : notes) {
    const double onset = beat_at(grid, note.onset_seconds);
    const double end = beat_at(grid, note.offset_seconds);
    const auto nearest = static_cast<std::ptrdiff_t>(std::floor(onset + 0.5));
    if (nearest >= 0 && nearest < static_cast<std::ptrdiff_t>(count) &&
        std::abs(onset - static_cast<double>(nearest)) <= kNearBeat) {
      const auto beat = static_cast<std::size_t>(nearest);
      if (note.pitch <= kHighestBass) signs.bass[beat] += note.velocity / 127.0;
      signs.length[beat] += std::min(end - onset, kLongest);
    }
    const auto first = std::max<std::ptrdiff_t>(0, nearest);
    for (auto beat = first; beat < static_cast<std::ptrdiff_t>(count); ++beat) {
      const double from = std::max(onset, static_cast<double>(beat));
      const double to = std::min(end, static_cast<double>(beat) + 1.0);
      if (static_cast<double>(beat) >= end) break;
      profiles[static_cast<std::size_t>(beat)][static_cast<std::size_t>(note.pitch % 12)] +=
          std::max(0.0, to - from);
    }
  }
  for (std::size_t beat = 1; beat < count; ++beat)
    signs.harmony[beat] = unlike(profiles[beat - 1], profiles[beat]);
  return signs;
}

// In deviations from the mean; all 0 where nothing differs.
void standardise(std::vector<double>& values) {
  double mean = 0.0;
  for (const double value : values) mean += value;
  mean /= static_cast<double>(values.size());
  double variance = 0.0;
  for (const double value : values) variance += (value - mean) * (value - mean);
  const double deviation = std::sqrt(variance / static_cast<double>(values.size()));
  for (double& value : values) value = deviation > 0.0 ? (value - mean) / deviation : 0.0;
}

bool is_ternary(std::span<const DetectedNote> notes, const BeatGrid& grid) {
  double thirds = 0.0;
  double halves = 0.0;
  for (const DetectedNote& note : notes) {
    const double onset = beat_at(grid, note.onset_seconds);
    const double phase = onset - std::floor(onset);
    const auto near = [&](double place) { return std::abs(phase - place) <= kOnGrid; };
    if (near(1.0 / 3.0) || near(2.0 / 3.0)) thirds += 1.0;
    if (near(0.25) || near(0.5) || near(0.75)) halves += 1.0;
  }
  return thirds > kTernaryShare * halves && thirds > 0.0;
}

}  // namespace

void find_bars(std::span<const DetectedNote> notes, BeatGrid& grid) {
  UNDERSONG_CHECK(grid.beats.size() >= 2);
  Signs signs = signs_of(notes, grid);
  standardise(signs.bass);
  standardise(signs.harmony);
  standardise(signs.length);
  double best = 0.0;
  for (const BarLength& bar : kBarLengths) {
    for (int phase = 0; phase < bar.beats; ++phase) {
      double sum = 0.0;
      double count = 0.0;
      for (auto beat = static_cast<std::size_t>(phase); beat < grid.beats.size();
           beat += static_cast<std::size_t>(bar.beats)) {
        sum += kBassWeight * signs.bass[beat] + kHarmonyWeight * signs.harmony[beat] +
               kLengthWeight * signs.length[beat];
        count += 1.0;
      }
      const double speaks = count > 0.0 ? bar.favour * sum / std::sqrt(count) : 0.0;
      if (speaks <= best) continue;
      best = speaks;
      grid.beats_per_bar = bar.beats;
      grid.first_position = (bar.beats - phase) % bar.beats;
    }
  }
  grid.parts = is_ternary(notes, grid) ? 3 : 2;
}

double beat_at(const BeatGrid& grid, double seconds) {
  const std::vector<double>& beats = grid.beats;
  UNDERSONG_CHECK(beats.size() >= 2);
  const auto above = std::upper_bound(beats.begin() + 1, beats.end() - 1, seconds);
  const double from = *(above - 1);
  return static_cast<double>(above - 1 - beats.begin()) + (seconds - from) / (*above - from);
}

double seconds_of_beat(const BeatGrid& grid, double beat) {
  const std::vector<double>& beats = grid.beats;
  UNDERSONG_CHECK(beats.size() >= 2);
  const double last = static_cast<double>(beats.size()) - 2.0;
  const auto from = static_cast<std::size_t>(std::clamp(std::floor(beat), 0.0, last));
  return beats[from] + (beat - static_cast<double>(from)) * (beats[from + 1] - beats[from]);
}

}  // namespace undersong
