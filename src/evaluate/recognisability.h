#pragma once
// Which style is this? A simple classifier (linear discriminants with a shared, shrunken
// covariance) over style_features(), cross-validated.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace undersong {

struct LabelledFeatures {
  std::string label;  // a style, a composer, a folder
  std::vector<double> features;
};

struct Recognisability {
  std::vector<std::string> labels;                   // sorted
  std::vector<std::int64_t> counts;                  // [labels] tracks of each
  std::vector<std::vector<std::int64_t>> confusion;  // [true][guessed], over all folds
  double accuracy = 0.0;
  double accuracy_low = 0.0;  // 95 % Wilson interval
  double accuracy_high = 0.0;
  double chance = 0.0;  // always guessing the most frequent label
};

// Stratified folds drawn from `seed`. Labels with fewer than two tracks are left out.
// Features are standardised, and shrunk, over each fold's training tracks alone; those that do not
// vary there are left out.
//
// Errors: kUsage with fewer than two labels left, or fewer than two folds.
Recognisability measure_recognisability(std::span<const LabelledFeatures> tracks, int folds,
                                        std::uint64_t seed);

}  // namespace undersong
