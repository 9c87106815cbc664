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

// Every pitched note of all tracks, sorted and distinct.
std::vector<Point> points_of(const Score& score);

// Onset of each bar in steps, and of the end of the last one.
std::vector<std::int32_t> bar_onset_steps(const Score& score);

// The most points of `p` that one translation in time and pitch maps into `q`, over the size of the
// larger: 1 for equal sets, 0 for empty ones. Both sorted and distinct.
// Cost: O(|p| |q| log).
struct Translation {
  std::int32_t steps = 0;
  std::int32_t semitones = 0;  // from p to q
  std::int64_t points = 0;     // that it maps
};
Translation best_translation(std::span<const Point> p, std::span<const Point> q);
double cardinality_score(std::span<const Point> p, std::span<const Point> q);

}  // namespace undersong
