#pragma once
// How well a model foretells music, in nats a symbol, by piece and in the seed's leaky way.
//
// The seed splits overlapping windows at random, so that nine of ten symbols of each of its test
// windows stand in windows that it learned from: a network that recites does well there. The
// number by piece, of music that nobody learned from, says how much it knows.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "model/model.h"
#include "model/score_sequence.h"

namespace undersong {

// All 0 without symbols. A model that held a symbol for impossible has infinite nats.
struct CrossEntropy {
  double nats = 0.0;        // per symbol
  double perplexity = 0.0;  // exp(nats)
  double accuracy = 0.0;    // share of symbols that were the likeliest
  std::int64_t symbols = 0;
};

// So many symbols of a piece are context for every model, as in training (the seed's window): those
// that need none are judged on the same symbols as those that do.
inline constexpr int kFewestContext = 10;

// Whole pieces, each from its beginning; its first kFewestContext symbols, or minimum_prompt() if
// that is more, are context. Threads: all processors, the same bits for any number.
//
// Errors: kCancelled.
CrossEntropy cross_entropy_by_piece(const Model& model,
                                    std::span<const std::vector<TokenId>> pieces,
                                    Progress& progress);

// The seed's test set: a fifth of all windows of `window` + 1 symbols of all pieces, learned ones
// too, drawn by `seed`, at most `most_windows` of them; the last symbol of each is foretold. With
// the seed and the pieces of a training by `--split windows` they are the windows that it held out.
// A number to be shown beside the other, never alone. Threads: as above. `window` is at least
// minimum_prompt().
//
// Errors: kCancelled.
CrossEntropy cross_entropy_by_window(const Model& model,
                                     std::span<const std::vector<TokenId>> pieces, int window,
                                     std::size_t most_windows, std::uint64_t seed,
                                     Progress& progress);

}  // namespace undersong
