#include "model/score_sequence.h"

#include <algorithm>
#include <vector>

#include "base/cancel.h"
#include "base/check.h"
#include "base/portable_math.h"

namespace undersong {

double negative_log_probability(std::span<const float> logits, TokenId target) {
  const auto most = static_cast<double>(*std::ranges::max_element(logits));
  double sum = 0.0;
  for (const float logit : logits) sum += portable_exp(static_cast<double>(logit) - most);
  const auto chosen = static_cast<double>(logits[static_cast<std::size_t>(target)]);
  return portable_log(sum) - (chosen - most);
}

SequenceScore score_sequence(const Model& model, std::span<const TokenId> ids,
                             std::size_t first_target) {
  SequenceScore score;
  if (ids.size() <= first_target) return score;
  std::vector<float> logits(static_cast<std::size_t>(model.vocab_size()));
  const auto state = model.start();
  model.feed(*state, ids.first(first_target), logits);
  for (std::size_t i = first_target; i < ids.size(); ++i) {
    throw_if_cancelled();
    UNDERSONG_CHECK(ids[i] >= 0 && ids[i] < model.vocab_size());
    score.nats += negative_log_probability(logits, ids[i]);
    const auto best = std::ranges::max_element(logits) - logits.begin();
    score.correct += best == ids[i] ? 1 : 0;
    ++score.targets;
    if (i + 1 < ids.size()) model.feed(*state, ids.subspan(i, 1), logits);
  }
  return score;
}

}  // namespace undersong
