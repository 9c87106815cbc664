#pragma once
// The nine features of Yang & Lerch 2018, doi:10.1007/s00521-018-3849-7.

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "score/score.h"

namespace undersong {

enum class Feature : std::size_t {
  kPitchCount,
  kPitchClassHistogram,    // 12
  kPitchClassTransitions,  // 144
  kPitchRange,
  kMeanPitchInterval,
  kNoteCount,
  kMeanInterOnsetInterval,  // seconds
  kNoteLengthHistogram,     // 12
  kNoteLengthTransitions,   // 144
};
inline constexpr std::size_t kFeatures = 9;

// "pitch class histogram", as in the paper.
std::string_view name_of(Feature feature);

// Each feature as a vector, of one number or of many. Histograms and transition matrices sum to 1
// (or are all 0 for music too short to have any).
using FeatureVector = std::array<std::vector<double>, kFeatures>;

// Percussion is left out of what speaks of pitch.
FeatureVector measure_features(const Score& score);

}  // namespace undersong
