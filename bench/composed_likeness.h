#pragma once
// Are styles told apart, are seeds of a style different, do they copy each other? Tables of
// compose_bench, each beside the same of music by people.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "score/score.h"

namespace undersong {

using ScoresByStyle = std::map<std::string, std::vector<Score>>;

// Ten-fold cross-validated classification by style_features(), with and without what names
// instruments.
void print_recognition(const ScoresByStyle& pieces);

// Each folder of `humans` is a yardstick; its pieces are cut to the length of ours.
void print_variety(const ScoresByStyle& pieces, const std::vector<std::filesystem::path>& humans);

// Each piece against the others of its set, as `check` does. Refused: over the limits that come
// from the people's pieces.
void print_copying(const ScoresByStyle& pieces, const std::vector<std::filesystem::path>& humans);

}  // namespace undersong
