#include "train/decoder_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "nn/decoder.h"
#include "support/thrown_error.h"
#include "train/decoder_examples.h"
#include "train/int8_weights.h"

namespace undersong {
namespace {

using testing::HasSubstr;

DecoderEngineOptions on_cpu(int threads = 2) {
  return {.device = Device::kCpu, .threads = threads, .dropout = 0.0};
}

std::int64_t counted(const DecoderBatch& batch) {
  std::int64_t count = 0;
  for (const std::int32_t target : batch.targets) count += target >= 0 ? 1 : 0;
  return count;
}

std::vector<float> values_of(const DecoderEngine& engine, const std::string& name) {
  return std::get<std::vector<float>>(engine.weights().at(name).values);
}

void expect_same_weights(const DecoderEngine& a, const DecoderEngine& b) {
  for (const auto& [name, tensor] : a.weights()) EXPECT_EQ(values_of(a, name), values_of(b, name));
}

TEST(DecoderEngine, LearnsWhatFollowsWhat) {
  const DecoderSpec spec = small_decoder();
  DecoderEngine engine(spec, on_cpu());
  const DecoderBatch other = small_batch(spec, 4, 64, 99);
  const double before = engine.evaluate(other).mean();
  EXPECT_NEAR(before, std::log(spec.vocab_size), 0.1);
  for (std::uint64_t step = 0; step < 60; ++step) {
    const DecoderBatch batch = small_batch(spec, 4, 64, step);
    engine.accumulate(batch, counted(batch));
    engine.step(0.01);
  }
  EXPECT_EQ(engine.steps_done(), 60);
  // Entropy of the music that small_batch makes up: 1.36 nats.
  EXPECT_LT(engine.evaluate(other).mean(), 1.9);
}

TEST(DecoderEngine, StartsAlikeWithAnyNumberOfThreads) {
  expect_same_weights(DecoderEngine(small_decoder(), on_cpu(1)),
                      DecoderEngine(small_decoder(), on_cpu(3)));
}

// Else the rows of all processes would lose the same elements.
TEST(DecoderEngine, ProcessesThatTrainTogetherDropEachTheirOwn) {
  const DecoderSpec spec = small_decoder();
  const DecoderBatch batch = small_batch(spec, 2, 64, 4);
  const auto gradients = [&](int process, double dropout) {
    DecoderEngineOptions options = on_cpu(1);
    options.dropout = dropout;
    options.process = process;
    DecoderEngine engine(spec, options);
    engine.accumulate(batch, counted(batch));
    return engine.gradients();
  };
  EXPECT_NE(gradients(0, 0.2), gradients(1, 0.2));
  EXPECT_NE(gradients(1, 0.2), gradients(2, 0.2));
  EXPECT_EQ(gradients(1, 0.2), gradients(1, 0.2));
  EXPECT_EQ(gradients(0, 0.0), gradients(1, 0.0));
}

TEST(DecoderEngine, AnotherSeedStartsElsewhere) {
  DecoderEngineOptions other = on_cpu();
  other.seed = 2;
  EXPECT_NE(values_of(DecoderEngine(small_decoder(), on_cpu()), "table"),
            values_of(DecoderEngine(small_decoder(), other), "table"));
}

// Sums of rows in another order differ in the last bits alone.
TEST(DecoderEngine, ThreadsAndPartsOfABatchAddUpToTheSameGradient) {
  const DecoderSpec spec = small_decoder();
  const DecoderBatch whole = small_batch(spec, 4, 32, 5);
  DecoderEngine one(spec, on_cpu(1));
  DecoderEngine three(spec, on_cpu(3));
  one.accumulate(whole, counted(whole));
  three.accumulate(whole, counted(whole));
  const std::vector<float> a = one.gradients();
  const std::vector<float> b = three.gradients();
  double difference = 0.0;
  double size = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference += std::pow(static_cast<double>(a[i] - b[i]), 2.0);
    size += std::pow(static_cast<double>(a[i]), 2.0);
  }
  EXPECT_GT(size, 0.0);
  EXPECT_LT(std::sqrt(difference / size), 1e-4);
}

TEST(DecoderEngine, GradientsCanBeTakenOutAndPutBack) {
  const DecoderSpec spec = small_decoder();
  const DecoderBatch batch = small_batch(spec, 4, 32, 5);
  DecoderEngine kept(spec, on_cpu());
  DecoderEngine taken(spec, on_cpu());
  kept.accumulate(batch, counted(batch));
  taken.accumulate(batch, counted(batch));
  taken.set_gradients(taken.gradients());
  EXPECT_EQ(kept.step(0.01), taken.step(0.01));
  expect_same_weights(kept, taken);
}

TEST(DecoderEngine, GoesOnFromItsStateAsIfNothingHadBeen) {
  const DecoderSpec spec = small_decoder();
  DecoderEngineOptions options = on_cpu();
  options.dropout = 0.2;
  const auto step = [&](DecoderEngine& engine, std::uint64_t seed) {
    const DecoderBatch batch = small_batch(spec, 3, 40, seed);
    engine.accumulate(batch, counted(batch));
    engine.step(0.01);
  };
  DecoderEngine whole(spec, options);
  for (std::uint64_t i = 0; i < 4; ++i) step(whole, i);
  DecoderEngine first(spec, options);
  for (std::uint64_t i = 0; i < 2; ++i) step(first, i);
  DecoderEngine second(spec, options);
  second.restore(first.state(), first.steps_done());
  for (std::uint64_t i = 2; i < 4; ++i) step(second, i);
  expect_same_weights(whole, second);
}

TEST(DecoderEngine, TellsTheNatsOfEachTarget) {
  const DecoderSpec spec = small_decoder();
  const DecoderBatch batch = small_batch(spec, 3, 40, 5);
  DecoderEngine engine(spec, on_cpu());
  std::vector<float> nats;
  const LossSum loss = engine.evaluate(batch, &nats);
  ASSERT_EQ(nats.size(), batch.targets.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < nats.size(); ++i) {
    if (batch.targets[i] < 0) {
      EXPECT_EQ(nats[i], 0.0F);
    }
    sum += static_cast<double>(nats[i]);
  }
  EXPECT_NEAR(sum, loss.nats, 1e-6 * loss.nats);
  EXPECT_EQ(loss.count, counted(batch));
}

// What composes is the same network: nn/decoder.h hears int8 keys and int16 activations, so near.
TEST(DecoderEngine, ForetellsWhatTheDecoderForetells) {
  const DecoderSpec spec = small_decoder();
  DecoderEngine engine(spec, on_cpu());
  for (std::uint64_t step = 0; step < 40; ++step) {
    const DecoderBatch batch = small_batch(spec, 4, 64, step);
    engine.accumulate(batch, counted(batch));
    engine.step(0.01);
  }
  WeightFile weights;
  weights.tensors = to_int8(engine.weights());
  engine.set_weights(weights);
  const DecoderBatch batch = small_batch(spec, 1, 90, 77);
  const std::vector<float> wanted = engine.logits(batch);

  const Decoder decoder(spec, weights, 1);
  const auto state = decoder.start();
  const auto vocab = static_cast<std::size_t>(spec.vocab_size);
  std::vector<float> logits(vocab);
  for (std::size_t t = 0; t < 90; ++t) {
    DecoderStep step;
    step.features.assign(batch.features.begin() + static_cast<std::ptrdiff_t>(3 * t),
                         batch.features.begin() + static_cast<std::ptrdiff_t>(3 * t + 3));
    step.anchors.assign(batch.anchors.begin() + static_cast<std::ptrdiff_t>(2 * t),
                        batch.anchors.begin() + static_cast<std::ptrdiff_t>(2 * t + 2));
    decoder.feed(*state, std::span<const DecoderStep>(&step, 1), logits);
    double largest = 0.0;
    for (std::size_t v = 0; v < vocab; ++v) {
      largest = std::max(largest, std::fabs(static_cast<double>(wanted[t * vocab + v])));
    }
    for (std::size_t v = 0; v < vocab; ++v) {
      EXPECT_NEAR(static_cast<double>(logits[v]), static_cast<double>(wanted[t * vocab + v]),
                  0.03 * largest + 0.02)
          << "step " << t;
    }
  }
}

TEST(DecoderEngine, LearnsProductsOfLowRankBesideWeightsThatStay) {
  const DecoderSpec spec = small_decoder();
  DecoderEngineOptions options = on_cpu();
  options.low_rank = 2;
  DecoderEngine engine(spec, options);
  const DecoderEngine before(spec, on_cpu());
  expect_same_weights(engine, before);
  const DecoderBatch batch = small_batch(spec, 4, 64, 1);
  const double loss = engine.evaluate(batch).mean();
  for (int step = 0; step < 30; ++step) {
    engine.accumulate(batch, counted(batch));
    engine.step(0.02);
  }
  EXPECT_LT(engine.evaluate(batch).mean(), loss - 0.1);
  EXPECT_EQ(values_of(engine, "table"), values_of(before, "table"));
  EXPECT_EQ(values_of(engine, "norm"), values_of(before, "norm"));
  // A product of rank 2: any 3 by 3 part of it has no volume.
  const std::vector<float> now = values_of(engine, "layers.0.qkv");
  const std::vector<float> then = values_of(before, "layers.0.qkv");
  const auto at = [&](std::size_t row, std::size_t column) {
    const std::size_t i = row * static_cast<std::size_t>(spec.width) + column;
    return static_cast<double>(now[i]) - static_cast<double>(then[i]);
  };
  double size = 0.0;
  for (std::size_t i = 0; i < 9; ++i) size = std::max(size, std::fabs(at(i / 3, i % 3)));
  EXPECT_GT(size, 1e-4);
  const double volume = at(0, 0) * (at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1)) -
                        at(0, 1) * (at(1, 0) * at(2, 2) - at(1, 2) * at(2, 0)) +
                        at(0, 2) * (at(1, 0) * at(2, 1) - at(1, 1) * at(2, 0));
  EXPECT_LT(std::fabs(volume), 1e-4 * size * size * size);
}

TEST(DecoderEngine, LowRankGoesOnFromItsStateToo) {
  const DecoderSpec spec = small_decoder();
  DecoderEngineOptions options = on_cpu();
  options.low_rank = 2;
  const DecoderBatch batch = small_batch(spec, 4, 64, 1);
  const auto step = [&](DecoderEngine& engine) {
    engine.accumulate(batch, counted(batch));
    engine.step(0.02);
  };
  DecoderEngine first(spec, options);
  step(first);
  options.seed = 5;  // what it starts from is forgotten
  DecoderEngine second(spec, options);
  second.restore(first.state(), first.steps_done());
  step(first);
  step(second);
  expect_same_weights(first, second);
}

TEST(DecoderEngine, SaysWhenTheLossIsNoNumber) {
  const DecoderSpec spec = small_decoder();
  DecoderEngine engine(spec, on_cpu());
  auto state = engine.state();
  std::get<std::vector<float>>(state.at("state.values").values)[0] =
      std::numeric_limits<float>::quiet_NaN();
  engine.restore(state, 7);
  const DecoderBatch batch = small_batch(spec, 2, 16, 1);
  const Error error = thrown_error([&] { engine.accumulate(batch, counted(batch)); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.message(), HasSubstr("no longer a number after 7 steps"));
}

TEST(DecoderEngine, RefusesWeightsOfAnotherShape) {
  DecoderSpec other = small_decoder();
  other.hidden = 48;
  WeightFile weights;
  weights.tensors = DecoderEngine(other, on_cpu()).weights();
  DecoderEngine engine(small_decoder(), on_cpu());
  const Error error = thrown_error([&] { engine.set_weights(weights); });
  EXPECT_EQ(error.kind(), ErrorKind::kMismatch);
  EXPECT_THAT(error.message(), HasSubstr("layers.0."));
}

TEST(Int8Weights, AreWithinHalfAStepOfTheirRowsScale) {
  const DecoderEngine engine(small_decoder(), on_cpu());
  WeightFile file;
  file.tensors = to_int8(engine.weights());
  const std::vector<std::int64_t> shape = {37 + 24, 24};
  const std::vector<float> rounded = whole_floats(file, "table", shape);
  const std::vector<float> wanted = values_of(engine, "table");
  const std::vector<float>& scales = file.floats("table.scale", {shape[0]});
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_LE(std::fabs(rounded[i] - wanted[i]), 0.5001F * scales[i / 24]);
  }
  EXPECT_EQ(whole_floats(file, "norm", {24}), values_of(engine, "norm"));
}

TEST(Int8Weights, ARowOfZerosStaysZero) {
  WeightFile file;
  file.tensors = to_int8({{"m", {{2, 2}, std::vector<float>{0.0F, 0.0F, 1.0F, -2.0F}}}});
  EXPECT_EQ(whole_floats(file, "m", {2, 2}),
            (std::vector<float>{0.0F, 0.0F, 64.0F * (2.0F / 127.0F), -2.0F}));
}

}  // namespace
}  // namespace undersong
