#pragma once
// Music as points (onset, pitch), for the cardinality score.
// Source: Yin, Reuben, Stepney & Collins 2022, doi:10.1007/s42979-022-01220-y; Collins et al. 2016.

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "score/score.h"

namespace undersong {

// Onsets are rounded to a twelfth of a quarter note, which holds sixteenths and triplets.
inline constexpr std::int32_t kPointStepsPerQuarter = 12;

struct Point {
  std::int32_t onset_steps = 0;
  std::int32_t pitch = 60;

  auto operator<=>(const Point&) const = default;
};

// A time in steps, rounded to the nearest, halves up; at most the largest std::int32_t, which at
// one tick a quarter is what 2^31 / 12 ticks are.
std::int32_t steps_of(Ticks tick, Ticks ticks_per_quarter);

// Every pitched note of all tracks, sorted and distinct. Percussion is left out.
std::vector<Point> points_of(const Score& score);

// Onset of each bar in steps, and of the end of the last one; empty without notes. A note may round
// up to the end of the last bar.
// Errors: kUnsupported above kMostListedBars bars (2^31 bars of one tick are a valid score).
inline constexpr std::int64_t kMostListedBars = 1'000'000;
std::vector<std::int32_t> bar_onset_steps(const Score& score);

// The translation in time and pitch that maps most points of `p` into `q`; of several the one of
// fewest steps, then semitones (-3 is fewer than 2). Both sorted and distinct.
// Cost: O(|p| |q| log), and 8 bytes a pair. The reference that the index is tested against.
struct Translation {
  std::int32_t steps = 0;
  std::int32_t semitones = 0;  // from p to q
  std::int64_t points = 0;     // that it maps

  bool operator==(const Translation&) const = default;
};
Translation best_translation(std::span<const Point> p, std::span<const Point> q);

// The points that it maps over the size of the larger set: 1 for equal sets, 0 for empty ones.
double cardinality_score(std::span<const Point> p, std::span<const Point> q);

}  // namespace undersong
