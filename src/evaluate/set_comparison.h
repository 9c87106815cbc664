#pragma once
// One set of pieces against another, or against itself.
// Source: Yang & Lerch 2018, doi:10.1007/s00521-018-3849-7, section 3.

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "evaluate/features.h"

namespace undersong {

// All pairwise Euclidean distances: n (n - 1) / 2 within a set, n m between two.
std::vector<double> distances_within(std::span<const FeatureVector> set, Feature feature);
std::vector<double> distances_between(std::span<const FeatureVector> a,
                                      std::span<const FeatureVector> b, Feature feature);

// A Gaussian kernel density estimate with Scott's bandwidth, sampled evenly from `low` to `high`.
struct Density {
  double low = 0.0;
  double high = 1.0;
  std::vector<double> values;
};

struct FeatureComparison {
  Feature feature = Feature::kPitchCount;
  // Absolute measures: of a feature of one number the mean and standard deviation over the set; of
  // a histogram the mean vector and the deviation of each entry.
  std::vector<double> mean_a, deviation_a, mean_b, deviation_b;
  // Relative measures: densities of the distances within a, within b and between, on one grid.
  Density within_a, within_b, between;
  // Unset where a set has too few pieces or no spread at all.
  std::optional<double> kl_a, kl_b;            // KL(within || between), nats
  std::optional<double> overlap_a, overlap_b;  // integral of min(within, between), 0-1
};

// Sets of any size; with fewer than two pieces the relative measures of that set are unset.
std::array<FeatureComparison, kFeatures> compare_sets(std::span<const FeatureVector> a,
                                                      std::span<const FeatureVector> b);

}  // namespace undersong
