#pragma once
// From logits to one id. Goals: the usual ways of drawing, the same id from the same numbers on
// every machine.

#include <span>
#include <vector>

#include "base/rng.h"
#include "tokens/vocabulary.h"

namespace undersong {

struct SamplingOptions {
  enum class Method {
    kDraw,    // by probability, shaped by the rest
    kGreedy,  // the likeliest, the lowest id at a tie: the seed's argmax
  };

  Method method = Method::kDraw;
  double temperature = 1.0;  // divides the logits; above 0, at most 10
  int top_k = 0;             // only the k likeliest; 0: all
  double top_p =
      1.0;  // only the likeliest that together reach p (Holtzman et al. 2020, arXiv:1904.09751)
};

// Errors: kUsage, naming the option.
void check_options(const SamplingOptions& options);

class Sampler {
 public:
  explicit Sampler(SamplingOptions options);

  // Shapes: logits [vocab_size], natural-log scale; at least one is finite.
  TokenId choose(std::span<const float> logits, Rng& rng);

 private:
  SamplingOptions options_;
  std::vector<TokenId> order_;  // scratch: candidates, the likeliest first
  std::vector<double> weights_;
};

}  // namespace undersong
