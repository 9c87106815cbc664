#pragma once
// How well a model foretells music, in nats a symbol, by piece and in the seed's leaky way.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "model/model.h"
#include "model/score_sequence.h"

namespace undersong {

struct CrossEntropy {
  double nats = 0.0;        // per symbol
  double perplexity = 0.0;  // exp(nats)
  double accuracy = 0.0;    // share of symbols that were the likeliest
  std::int64_t symbols = 0;
};

// Whole pieces, each from its beginning; the first `minimum_prompt` symbols of each are context.
// Threads: all processors, the same bits for any number.
CrossEntropy cross_entropy_by_piece(const Model& model,
                                    std::span<const std::vector<TokenId>> pieces,
                                    Progress& progress);

// The seed's test set: a fifth of all windows of `window` + 1 symbols of all pieces, learned ones
// too, drawn by `seed`, at most `most_windows` of them. A number to be shown beside the other,
// never alone.
CrossEntropy cross_entropy_by_window(const Model& model,
                                     std::span<const std::vector<TokenId>> pieces, int window,
                                     std::size_t most_windows, std::uint64_t seed,
                                     Progress& progress);

}  // namespace undersong
