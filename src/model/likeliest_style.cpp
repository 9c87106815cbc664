#include "model/likeliest_style.h"

#include <algorithm>

#include "base/cancel.h"
#include "base/check.h"
#include "model/score_sequence.h"

namespace undersong {
namespace {

constexpr std::size_t kEnough = 200;  // tokens, a dozen bars; each is heard in every style
constexpr std::size_t kStyleAt = 1;   // behind BEGIN

}  // namespace

GridStyle likeliest_style(const ComposerModel& model, std::span<const TokenId> ids) {
  UNDERSONG_CHECK(ids.size() > kStyleAt && composer_token::kStyle.holds(ids[kStyleAt]));
  const auto styles = known_styles(model.knowledge());
  if (styles.empty()) return GridStyle::kOwn;
  const auto width = static_cast<std::size_t>(model.vocab_size());
  std::vector<std::unique_ptr<Model::State>> owned(styles.size());
  std::vector<Model::State*> states;
  for (auto& state : owned) states.push_back((state = model.start()).get());
  std::vector<float> logits(styles.size() * width);
  std::vector<double> nats(styles.size(), 0.0);
  std::vector<TokenId> step(styles.size());
  const std::size_t count = std::min(ids.size(), kEnough);
  for (std::size_t i = 0; i + 1 < count; ++i) {
    throw_if_cancelled();
    for (std::size_t s = 0; s < styles.size(); ++s) {
      step[s] = i == kStyleAt ? composer_token::kStyle.of(static_cast<int>(styles[s])) : ids[i];
    }
    model.feed_together(states, step, logits);
    for (std::size_t s = 0; s < styles.size() && i >= kStyleAt; ++s) {
      nats[s] += negative_log_probability(std::span(logits).subspan(s * width, width), ids[i + 1]);
    }
  }
  const auto best = std::min_element(nats.begin(), nats.end()) - nats.begin();
  return styles[static_cast<std::size_t>(best)];
}

std::vector<TokenId> in_likeliest_style(const ComposerModel& model, std::vector<TokenId> ids) {
  ids[kStyleAt] = composer_token::kStyle.of(static_cast<int>(likeliest_style(model, ids)));
  return ids;
}

}  // namespace undersong
