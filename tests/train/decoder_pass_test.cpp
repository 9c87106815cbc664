// The written-out gradients of a decoder against LibTorch's automatic ones.

#include "train/decoder_pass.h"

#include <gtest/gtest.h>

#include <cmath>

#include "train/decoder_examples.h"
#include "train/decoder_network.h"

namespace undersong {
namespace {

struct Found {
  double loss = 0.0;
  std::vector<float> gradients;
};

DecoderRows rows_of(const DecoderBatch& batch) {
  return {batch.rows, batch.steps, batch.features.data(), batch.anchors.data(),
          batch.targets.data()};
}

// Weights large enough that every part of the network matters.
std::vector<float> some_values(const DecoderSpec& spec, const DecoderLayout& layout) {
  std::vector<float> values = initial_parameters(spec, layout, 7);
  Rng rng(11);
  for (float& value : values) {
    const float scale = value == 1.0F ? 1.0F : 8.0F;
    value = value * scale + 0.1F * static_cast<float>(rng.uniform() - 0.5);
  }
  return values;
}

Found by_hand(const DecoderSpec& spec, const DecoderBatch& batch, Precision precision) {
  const DecoderLayout layout(spec);
  const std::vector<float> values = some_values(spec, layout);
  DecoderPass pass(spec, layout);
  Found found;
  found.gradients.assign(values.size(), 0.0F);
  const DecoderPassOptions options{.precision = precision};
  found.loss = pass.forward(values.data(), rows_of(batch), options);
  pass.backward(values.data(), rows_of(batch), options, 0.25F, found.gradients.data());
  return found;
}

at::Tensor ids_of(const std::vector<std::int32_t>& ids, std::vector<std::int64_t> shape) {
  const at::Tensor out = at::empty(std::move(shape), at::kLong);
  std::copy(ids.begin(), ids.end(), out.data_ptr<std::int64_t>());
  return out;
}

Found by_library(const DecoderSpec& spec, const DecoderBatch& batch) {
  const DecoderLayout layout(spec);
  const std::vector<float> values = some_values(spec, layout);
  std::map<std::string, at::Tensor> leaves;
  for (const DecoderParameter& p : layout.parameters) {
    const at::Tensor leaf = at::empty(p.shape);
    std::copy_n(values.begin() + p.offset, p.count, leaf.data_ptr<float>());
    leaves[p.name] = leaf.set_requires_grad(true);
  }
  const TorchDecoder network(spec, leaves, /*bfloat16=*/false);
  const auto heads = static_cast<std::int64_t>(spec.relative_heads.size());
  const DecoderInputs inputs = {
      ids_of(batch.features, {batch.rows, batch.steps, spec.features_per_step}),
      ids_of(batch.anchors, {batch.rows, batch.steps, heads}),
      ids_of(batch.targets, {batch.rows, batch.steps})};
  const at::Tensor loss = TorchDecoder::nats(network.logits(inputs, 0.0), inputs.targets).sum();
  (loss * 0.25).backward();
  Found found;
  found.loss = loss.item<double>();
  found.gradients.assign(values.size(), 0.0F);
  for (const DecoderParameter& p : layout.parameters) {
    const at::Tensor gradient = leaves[p.name].grad().contiguous();
    std::copy_n(gradient.data_ptr<float>(), p.count, found.gradients.begin() + p.offset);
  }
  return found;
}

double norm_of(const float* x, std::int64_t count) {
  double sum = 0.0;
  for (std::int64_t i = 0; i < count; ++i)
    sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
  return std::sqrt(sum);
}

void expect_alike(const DecoderSpec& spec, const Found& found, const Found& wanted, double share) {
  EXPECT_NEAR(found.loss, wanted.loss, share * wanted.loss);
  const DecoderLayout layout(spec);
  for (const DecoderParameter& p : layout.parameters) {
    std::vector<float> difference;
    for (std::int64_t i = p.offset; i < p.offset + p.count; ++i) {
      const auto at = static_cast<std::size_t>(i);
      difference.push_back(found.gradients[at] - wanted.gradients[at]);
    }
    const double size = norm_of(wanted.gradients.data() + p.offset, p.count);
    EXPECT_GT(size, 0.0) << p.name;
    EXPECT_LT(norm_of(difference.data(), p.count), share * size) << p.name;
  }
}

class DecoderGradients : public ::testing::TestWithParam<std::int64_t> {};

TEST_P(DecoderGradients, AreThoseOfTheLibraryInFloat32) {
  const DecoderSpec spec = small_decoder();
  const DecoderBatch batch = small_batch(spec, 2, GetParam(), 5);
  expect_alike(spec, by_hand(spec, batch, Precision::kExact), by_library(spec, batch), 2e-5);
}

// Rounding to bfloat16 moves each factor by up to 2^-9 of itself.
TEST_P(DecoderGradients, AreNearThemWithFastProducts) {
  const DecoderSpec spec = small_decoder();
  const DecoderBatch batch = small_batch(spec, 2, GetParam(), 5);
  expect_alike(spec, by_hand(spec, batch, Precision::kFast), by_library(spec, batch), 0.03);
}

// Below one block of attention, just one, and over several.
INSTANTIATE_TEST_SUITE_P(Lengths, DecoderGradients, ::testing::Values(5, 64, 96));

TEST(DecoderPass, SharedKeysOfOneHeadAndOfAllGiveTheLibrarysGradients) {
  for (const int kv_heads : {1, 4}) {
    DecoderSpec spec = small_decoder();
    spec.kv_heads = kv_heads;
    const DecoderBatch batch = small_batch(spec, 3, 17, 9);
    expect_alike(spec, by_hand(spec, batch, Precision::kExact), by_library(spec, batch), 2e-5);
  }
}

TEST(DecoderPass, RunsThatAscendHaveTheLibrarysGradientsAndNoLikelihoodBelow) {
  DecoderSpec spec = small_decoder();
  RelativeHead& head = spec.relative_heads[0];
  head.period = -1;
  DecoderBatch batch = small_batch(spec, 3, 17, 9);
  for (std::size_t i = 0; i < batch.targets.size(); ++i) {
    std::int32_t& anchor = batch.anchors[i * spec.relative_heads.size()];
    anchor = std::min(anchor, head.count - 2);
    const int distance = batch.targets[i] - head.first - anchor;
    if (anchor >= 0 && batch.targets[i] >= head.first && distance <= 0)
      batch.targets[i] = head.first + anchor + 1;
  }
  expect_alike(spec, by_hand(spec, batch, Precision::kExact), by_library(spec, batch), 2e-5);
  batch.anchors[0] = 3;
  batch.targets.assign(batch.targets.size(), -1);
  batch.targets[0] = head.first + 3;
  EXPECT_GT(by_hand(spec, batch, Precision::kExact).loss, 1e6);
}

TEST(DecoderPass, BuffersOfALongerPassDoNotReachIntoAShorterOne) {
  const DecoderSpec spec = small_decoder();
  const DecoderLayout layout(spec);
  const std::vector<float> values = some_values(spec, layout);
  const DecoderBatch batch = small_batch(spec, 1, 20, 5);
  const DecoderBatch longer = small_batch(spec, 4, 80, 6);
  DecoderPass pass(spec, layout);
  std::vector<float> unused(values.size(), 0.0F);
  pass.forward(values.data(), rows_of(longer), {});
  pass.backward(values.data(), rows_of(longer), {}, 1.0F, unused.data());
  std::vector<float> again(values.size(), 0.0F);
  pass.forward(values.data(), rows_of(batch), {});
  pass.backward(values.data(), rows_of(batch), {}, 0.25F, again.data());
  EXPECT_EQ(again, by_hand(spec, batch, Precision::kFast).gradients);
}

// With dropout the loss is still a smooth function of the weights, and its slope along the
// gradient is the gradient's length.
TEST(DecoderPass, TheGradientWithDropoutIsTheSlopeOfTheLoss) {
  const DecoderSpec spec = small_decoder();
  const DecoderLayout layout(spec);
  const std::vector<float> values = some_values(spec, layout);
  const DecoderBatch batch = small_batch(spec, 2, 40, 5);
  const DecoderPassOptions options{
      .dropout = 0.3, .dropout_key = 77, .precision = Precision::kExact};
  DecoderPass pass(spec, layout);
  std::vector<float> gradient(values.size(), 0.0F);
  pass.forward(values.data(), rows_of(batch), options);
  pass.backward(values.data(), rows_of(batch), options, 1.0F, gradient.data());
  const double length = norm_of(gradient.data(), layout.total);
  constexpr double kStep = 0.01;
  const auto loss_at = [&](double distance) {
    std::vector<float> moved = values;
    for (std::size_t i = 0; i < moved.size(); ++i) {
      moved[i] += static_cast<float>(distance / length) * gradient[i];
    }
    return pass.forward(moved.data(), rows_of(batch), options);
  };
  const double slope = (loss_at(kStep) - loss_at(-kStep)) / (2.0 * kStep);
  EXPECT_NEAR(slope, length, 0.01 * length);
}

}  // namespace
}  // namespace undersong
