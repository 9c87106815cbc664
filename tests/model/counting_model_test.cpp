#include "model/counting_model.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "base/error.h"
#include "base/rng.h"

namespace undersong {
namespace {

using Ids = std::vector<TokenId>;
using Pieces = std::vector<Ids>;

std::vector<double> probabilities(const Model& model, const Ids& context) {
  std::vector<float> logits(static_cast<std::size_t>(model.vocab_size()));
  const auto state = model.start();
  model.feed(*state, context, logits);
  std::vector<double> result;
  for (const float logit : logits) result.push_back(std::exp(static_cast<double>(logit)));
  return result;
}

std::shared_ptr<const Model> counted(const Pieces& pieces, int order, TokenId vocab_size) {
  const CountingSettings settings{order, vocab_size};
  return make_counting_model(train_counts(pieces, settings), settings);
}

void expect_near(const std::vector<double>& got, const std::vector<double>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-6) << i;
}

// Seen 3, 1 and 0 times: c = 4, t = 2, so (c(s) + 2 * 1/3) / 6.
TEST(CountingModel, MixesFrequenciesWithAUniformDistribution) {
  const auto model = counted({{0, 0, 1, 0}}, 0, 3);
  const std::vector<double> expected = {11.0 / 18, 5.0 / 18, 2.0 / 18};
  expect_near(probabilities(*model, {}), expected);
  expect_near(probabilities(*model, {1, 1, 0}), expected);
}

// After 0 came 0 once and 1 once: c = 2, t = 2, so (c(s) + 2 * p0(s)) / 4 with p0 from above.
// After 1 came 0 once: c = 1, t = 1, so (c(s) + p0(s)) / 2. After 2 nothing came: p0 itself.
TEST(CountingModel, BacksOffToShorterContexts) {
  const auto model = counted({{0, 0, 1, 0}}, 1, 3);
  const double p0[] = {11.0 / 18, 5.0 / 18, 2.0 / 18};
  expect_near(probabilities(*model, {0}),
              {(1 + 2 * p0[0]) / 4, (1 + 2 * p0[1]) / 4, 2 * p0[2] / 4});
  expect_near(probabilities(*model, {2, 1}), {(1 + p0[0]) / 2, p0[1] / 2, p0[2] / 2});
  expect_near(probabilities(*model, {0, 2}), {p0[0], p0[1], p0[2]});
  expect_near(probabilities(*model, {}), {p0[0], p0[1], p0[2]});
}

TEST(CountingModel, CountsNothingAcrossTwoPieces) {
  const WeightFile together = train_counts(Pieces{{0, 1}, {2, 0}}, {1, 3});
  EXPECT_EQ(together.ints("counts.1.grams"), (std::vector<std::int32_t>{0, 1, 2, 0}));
  EXPECT_EQ(together.ints("counts.1.values"), (std::vector<std::int32_t>{1, 1}));
  EXPECT_EQ(together.tensors.at("counts.1.grams").shape, (std::vector<std::int64_t>{2, 2}));
  EXPECT_EQ(together.ints("counts.0.values"), (std::vector<std::int32_t>{2, 1, 1}));
  EXPECT_EQ(order_of_counts(together), 1);
}

TEST(CountingModel, IsUniformWhenItHasSeenNothing) {
  const auto model = counted({}, 3, 4);
  expect_near(probabilities(*model, {1, 2, 3, 0}), {0.25, 0.25, 0.25, 0.25});
}

TEST(CountingModel, GoesOnFromAClone) {
  const auto model = counted({{0, 1, 2, 0, 1, 1, 0, 2}}, 2, 3);
  std::vector<float> one(3);
  std::vector<float> other(3);
  const auto state = model->start();
  model->feed(*state, Ids{0, 1}, one);
  const auto clone = state->clone();
  model->feed(*state, Ids{2}, one);
  model->feed(*clone, Ids{2}, other);
  EXPECT_EQ(one, other);
}

RC_GTEST_PROP(CountingModel, GivesProbabilitiesThatSumToOne, ()) {
  const auto vocab_size = *rc::gen::inRange<TokenId>(1, 9);
  const auto order = *rc::gen::inRange(0, 5);
  const auto ids = rc::gen::container<Ids>(rc::gen::inRange<TokenId>(0, vocab_size));
  const auto pieces = *rc::gen::container<Pieces>(ids);
  const auto context = *ids;
  const auto model = counted(pieces, order, vocab_size);
  double sum = 0.0;
  for (const double probability : probabilities(*model, context)) {
    RC_ASSERT(probability > 0.0);
    sum += probability;
  }
  RC_ASSERT(std::abs(sum - 1.0) < 1e-5);
}

RC_GTEST_PROP(CountingModel, GivesTheSameBitsOneByOneAndAllAtOnce, ()) {
  const auto ids = *rc::gen::container<Ids>(rc::gen::inRange<TokenId>(0, 5));
  const auto model = counted({{0, 1, 2, 3, 4, 0, 1, 2, 4, 3, 1, 1, 0}}, 3, 5);
  std::vector<float> at_once(5);
  std::vector<float> one_by_one(5);
  const auto first = model->start();
  const auto second = model->start();
  model->feed(*first, ids, at_once);
  model->feed(*second, {}, one_by_one);
  for (const TokenId id : ids) model->feed(*second, {&id, 1}, one_by_one);
  RC_ASSERT(at_once == one_by_one);
}

std::string message_of(WeightFile weights, const CountingSettings& settings) {
  try {
    make_counting_model(weights, settings);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMismatch);
    return error.message();
  }
  return "it was taken";
}

TEST(CountingModel, RefusesTablesThatDoNotFit) {
  const WeightFile good = train_counts(Pieces{{0, 1, 2}}, {1, 3});
  EXPECT_EQ(message_of(good, {1, 2}),
            "tensor \"counts.0.grams\" speaks of symbol 2, and the vocabulary has 2");
  EXPECT_EQ(message_of(good, {2, 3}),
            "the weight file has no tensor \"counts.2.grams\"; it was written for another "
            "architecture, or by another version");
  WeightFile shorter = good;
  shorter.tensors["counts.1.values"] = {{1}, std::vector<std::int32_t>{1}};
  EXPECT_EQ(message_of(shorter, {1, 3}),
            "tensor \"counts.1.grams\" and its counts differ in length");
  WeightFile unsorted = good;
  unsorted.tensors["counts.0.grams"] = {{3, 1}, std::vector<std::int32_t>{1, 0, 2}};
  EXPECT_EQ(message_of(unsorted, {1, 3}),
            "tensor \"counts.0.grams\" is not a sorted list of counts; train it again");
  WeightFile negative = good;
  negative.tensors["counts.0.values"] = {{3}, std::vector<std::int32_t>{1, -1, 1}};
  EXPECT_EQ(message_of(negative, {1, 3}),
            "tensor \"counts.0.grams\" is not a sorted list of counts; train it again");
}

TEST(CountingModel, RefusesAnAbsurdOrder) {
  try {
    train_counts(Pieces{}, {99, 3});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_EQ(error.message(), "the order 99 is out of range; give 0 to 8 symbols of context");
  }
}

}  // namespace
}  // namespace undersong
