#pragma once
// How well a model foretells a sequence, in nats: the one number that compares every model, the
// counting baselines too, on the same text.

#include <cstdint>
#include <span>

#include "model/model.h"

namespace undersong {

struct SequenceScore {
  double nats = 0.0;         // sum of -ln p(target)
  std::int64_t targets = 0;  // ids that were foretold
  std::int64_t correct = 0;  // of which the model's likeliest id was right

  double nats_per_target() const {
    return targets == 0 ? 0.0 : nats / static_cast<double>(targets);
  }
};

// Feeds `ids` one by one; the targets are those from index `first_target` on. Models with a window
// need at least minimum_prompt() ids before the first target; to compare models give all the same
// `first_target`. The sum has one order and its exp and log are our own: the same bits everywhere.
//
// Units:  nats of the softmax over all finite logits.
// Errors: kCancelled.
SequenceScore score_sequence(const Model& model, std::span<const TokenId> ids,
                             std::size_t first_target);

// -ln softmax(logits)[target]; infinity where the logit is -infinity.
double negative_log_probability(std::span<const float> logits, TokenId target);

}  // namespace undersong
