#pragma once
// "They all sound about the same": how far the tracks of one set lie from each other.

#include <optional>
#include <span>
#include <vector>

#include "evaluate/features.h"
#include "evaluate/texture.h"

namespace undersong {

// What stands for one piece when pieces are compared by distance or told apart by style: a fixed
// number of figures of pitch, melody, harmony, texture, rhythm, performance and instrumentation.
// Shares, means, spreads and rates, so none grows with the length; what a piece has nothing of is
// 0. Names in the same order.
std::vector<double> style_features(const Score& score);
std::span<const char* const> style_feature_names();

// Two draws of a Gaussian differ by more than this once in 200.
inline constexpr double kMostDeviations = 4.0;

struct Variety {
  std::size_t tracks = 0;
  // Euclidean distances between the style features, each difference divided by the feature's
  // deviation over `yardstick` and counted up to kMostDeviations, so that one trait that is rare
  // there does not stand for all; those that do not vary there are left out. Mean over pairs, and
  // the mean of each track's distance to its nearest. Unset with fewer than two tracks.
  std::optional<double> mean_distance;
  std::optional<double> nearest_distance;
  // Over the same numbers of the yardstick itself: 1 is as varied as human pieces. The larger a
  // set, the nearer its nearest tracks; so the yardstick's nearest distance is that expected of as
  // many of its pieces, drawn at random, as the set has tracks. Unset where that is 0.
  std::optional<double> mean_ratio;
  std::optional<double> nearest_ratio;
  std::vector<double> matrix;  // [tracks * tracks] distances
};

// `yardstick` is human music; with fewer than two pieces of it the set measures itself and ratios
// are unset.
//
// Cost: O(n^2) distances of both; 1,500 pieces take a second.
Variety measure_variety(std::span<const std::vector<double>> set,
                        std::span<const std::vector<double>> yardstick);

}  // namespace undersong
