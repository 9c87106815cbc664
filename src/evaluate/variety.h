#pragma once
// "They all sound about the same": how far the tracks of one set lie from each other.

#include <optional>
#include <span>
#include <vector>

#include "evaluate/features.h"
#include "evaluate/texture.h"

namespace undersong {

// What stands for one piece when pieces are compared by distance or told apart by style: a fixed
// number of figures of pitch, harmony, rhythm, texture and instrumentation, none of them of length.
// Names in the same order.
std::vector<double> style_features(const Score& score);
std::span<const char* const> style_feature_names();

struct Variety {
  std::size_t tracks = 0;
  // Euclidean distances between the style features, each divided by its deviation over
  // `yardstick`. Mean over pairs, and the mean of each track's distance to its nearest.
  std::optional<double> mean_distance;
  std::optional<double> nearest_distance;
  // Over the same numbers of the yardstick itself: 1 is as varied as human pieces.
  std::optional<double> mean_ratio;
  std::optional<double> nearest_ratio;
  std::vector<double> matrix;  // [tracks * tracks] distances
};

// `yardstick` is human music; without any (empty) the set measures itself and ratios are unset.
Variety measure_variety(std::span<const std::vector<double>> set,
                        std::span<const std::vector<double>> yardstick);

}  // namespace undersong
