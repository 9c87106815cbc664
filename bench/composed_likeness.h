#pragma once
// Are styles told apart, are seeds of a style different, do they copy each other? Tables of
// compose_bench and writer_bench, each beside the same of music by people.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "score/score.h"

namespace undersong {

using ScoresByStyle = std::map<std::string, std::vector<Score>>;
using FeaturesByStyle = std::map<std::string, std::vector<std::vector<double>>>;
FeaturesByStyle features_of(const ScoresByStyle& pieces);
std::vector<double> features_of(const Score& score);  // style_features

// How far pieces lie from each other over how far those of the yardstick do (evaluate/variety.h).
struct VarietyRatios {
  std::optional<double> mean;
  std::optional<double> nearest;
};
VarietyRatios variety_of(const std::vector<std::vector<double>>& features,
                         const std::vector<std::vector<double>>& yardstick);

// Ten-fold cross-validated classification by style_features(), with and without what names
// instruments.
void print_recognition(const FeaturesByStyle& pieces);

// Each folder of `humans` is a yardstick; its pieces are cut to the length of ours.
void print_variety(const ScoresByStyle& pieces, const std::vector<std::filesystem::path>& humans);

// Each piece against the others of its set, as `check` does. Refused: over the limits that come
// from the people's pieces.
void print_copying(const ScoresByStyle& pieces, const std::vector<std::filesystem::path>& humans);

}  // namespace undersong
