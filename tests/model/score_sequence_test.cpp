#include "model/score_sequence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "model/counting_model.h"

namespace undersong {
namespace {

TEST(ScoreSequence, TakesTheLogarithmOfASoftmax) {
  const std::vector<float> logits = {1.0F, 2.0F, -std::numeric_limits<float>::infinity()};
  const double sum = std::exp(1.0) + std::exp(2.0);
  EXPECT_NEAR(negative_log_probability(logits, 0), std::log(sum) - 1.0, 1e-12);
  EXPECT_NEAR(negative_log_probability(logits, 1), std::log(sum) - 2.0, 1e-12);
  EXPECT_EQ(negative_log_probability(logits, 2), std::numeric_limits<double>::infinity());
}

// Order 0 over {0, 0, 1, 0} with three symbols gives 11/18, 5/18, 2/18.
TEST(ScoreSequence, AddsUpWhatEveryTargetCosts) {
  const std::vector<std::vector<TokenId>> pieces = {{0, 0, 1, 0}};
  const CountingSettings settings{0, 3};
  const auto model = make_counting_model(train_counts(pieces, settings), settings);
  const std::vector<TokenId> ids = {2, 0, 1, 2};
  const auto whole = score_sequence(*model, ids, 0);
  EXPECT_EQ(whole.targets, 4);
  EXPECT_EQ(whole.correct, 1);
  EXPECT_NEAR(whole.nats, -std::log(11.0 / 18) - std::log(5.0 / 18) - 2 * std::log(2.0 / 18), 1e-6);
  const auto rest = score_sequence(*model, ids, 3);
  EXPECT_EQ(rest.targets, 1);
  EXPECT_NEAR(rest.nats_per_target(), -std::log(2.0 / 18), 1e-6);
  EXPECT_EQ(score_sequence(*model, ids, 4).targets, 0);
  EXPECT_EQ(score_sequence(*model, ids, 9).nats_per_target(), 0.0);
}

}  // namespace
}  // namespace undersong
