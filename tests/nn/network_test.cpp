#include "nn/network.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <thread>

#include "base/error.h"
#include "base/hash.h"
#include "nn/reference_network.h"
#include "nn/tiny_networks.h"
#include "support/random_weights.h"

namespace undersong {
namespace {

using Ids = std::vector<std::int32_t>;

std::vector<float> feed(const Network& network, NetworkState& state,
                        std::span<const std::int32_t> ids) {
  std::vector<float> logits(static_cast<std::size_t>(network.spec().vocab_size));
  network.feed(state, ids, logits);
  return logits;
}

std::vector<float> logits_after(const Network& network, std::span<const std::int32_t> ids) {
  NetworkState state = network.start();
  return feed(network, state, ids);
}

std::vector<std::uint32_t> bits(const std::vector<float>& values) {
  std::vector<std::uint32_t> result;
  for (const float value : values) result.push_back(std::bit_cast<std::uint32_t>(value));
  return result;
}

// What a sequence is fed one id at a time gives after each of them.
std::vector<std::vector<float>> step_by_step(const Network& network, const Ids& ids) {
  NetworkState state = network.start();
  std::vector<std::vector<float>> all;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    all.push_back(feed(network, state, std::span(ids).subspan(i, 1)));
  }
  return all;
}

class EveryNetwork : public testing::TestWithParam<TinyNetwork> {
 protected:
  const NetworkSpec& spec() const { return GetParam().spec; }
  Network network() const { return Network(spec(), random_weights(spec(), 7)); }
};

INSTANTIATE_TEST_SUITE_P(Tiny, EveryNetwork, testing::ValuesIn(tiny_networks()),
                         [](const auto& instance) { return instance.param.name; });

// Single precision against double: sums of at most 70 terms near 1 keep 5 digits after the point.
TEST_P(EveryNetwork, AgreesWithAPlainReferenceInDoublePrecision) {
  const WeightFile weights = random_weights(spec(), 7);
  const Network engine(spec(), weights);
  const Ids ids = random_ids(spec(), 60, 3);
  const auto all = step_by_step(engine, ids);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto expected = reference_logits(spec(), weights, std::span(ids).first(i + 1));
    for (std::size_t v = 0; v < expected.size(); ++v) {
      if (std::isinf(expected[v])) {
        EXPECT_EQ(static_cast<double>(all[i][v]), expected[v]);
      } else {
        EXPECT_NEAR(static_cast<double>(all[i][v]), expected[v], 2e-5) << "after id " << i;
      }
    }
  }
}

TEST_P(EveryNetwork, GivesTheSameBitsStepByStepAndAllAtOnce) {
  const Network engine = network();
  const Ids ids = random_ids(spec(), 60, 4);
  const auto all = step_by_step(engine, ids);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(bits(logits_after(engine, std::span(ids).first(i + 1))), bits(all[i]));
  }
}

TEST_P(EveryNetwork, GivesTheSameBitsHoweverTheIdsAreGrouped) {
  const Network engine = network();
  const Ids ids = random_ids(spec(), 90, 5);
  const auto all = step_by_step(engine, ids);
  Rng rng(6);
  for (int trial = 0; trial < 20; ++trial) {
    NetworkState state = engine.start();
    for (std::size_t done = 0; done < ids.size();) {
      const std::size_t count = std::min<std::size_t>(rng.below(25), ids.size() - done);
      const auto logits = feed(engine, state, std::span(ids).subspan(done, count));
      done += count;
      if (done == 0) continue;
      EXPECT_EQ(bits(logits), bits(all[done - 1]));
    }
    EXPECT_EQ(state.ids_fed(), static_cast<std::int64_t>(ids.size()));
  }
}

TEST_P(EveryNetwork, GivesTheSameBitsOnEveryVectorTarget) {
  const Network engine = network();
  const Ids ids = random_ids(spec(), 40, 8);
  const auto targets = vector_targets();
  const auto best = step_by_step(engine, ids);
  for (const std::int64_t target : targets) {
    force_target(target);
    const auto here = step_by_step(engine, ids);
    choose_best_target();
    for (std::size_t i = 0; i < ids.size(); ++i) {
      EXPECT_EQ(bits(here[i]), bits(best[i])) << target_name(target) << ", id " << i;
    }
  }
}

TEST_P(EveryNetwork, ServesTwoThreadsAtOnce) {
  const Network engine = network();
  const Ids first = random_ids(spec(), 200, 9);
  const Ids second = random_ids(spec(), 200, 10);
  const auto expected_first = step_by_step(engine, first).back();
  const auto expected_second = step_by_step(engine, second).back();
  std::vector<float> got_first;
  std::vector<float> got_second;
  std::thread a([&] { got_first = step_by_step(engine, first).back(); });
  std::thread b([&] { got_second = step_by_step(engine, second).back(); });
  a.join();
  b.join();
  EXPECT_EQ(bits(got_first), bits(expected_first));
  EXPECT_EQ(bits(got_second), bits(expected_second));
}

TEST_P(EveryNetwork, GoesOnFromACopyOfItsState) {
  const Network engine = network();
  const Ids ids = random_ids(spec(), 50, 11);
  NetworkState state = engine.start();
  feed(engine, state, std::span(ids).first(31));
  NetworkState copy = state;
  const auto one = feed(engine, state, std::span(ids).subspan(31));
  const auto other = feed(engine, copy, std::span(ids).subspan(31));
  EXPECT_EQ(bits(one), bits(other));
}

TEST_P(EveryNetwork, RefusesAMissingTensorByName) {
  WeightFile weights = random_weights(spec(), 7);
  const std::string name = tensors_of(spec()).back().name;
  weights.tensors.erase(name);
  try {
    const Network engine(spec(), weights);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMismatch);
    EXPECT_EQ(error.message(), "the weight file has no tensor \"" + name +
                                   "\"; it was written for another architecture, or by another "
                                   "version");
  }
}

TEST_P(EveryNetwork, RefusesATensorOfAnotherShape) {
  NetworkSpec larger = spec();
  larger.vocab_size += 1;
  if (!larger.column_sizes.empty()) ++larger.column_sizes.back();
  try {
    const Network engine(larger, random_weights(spec(), 7));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMismatch);
    EXPECT_NE(error.message().find("has the shape"), std::string::npos) << error.message();
  }
}

WeightFile with_tensor(WeightFile file, const std::string& name, std::vector<std::int64_t> shape,
                       std::vector<float> values) {
  file.tensors[name] = {std::move(shape), std::move(values)};
  return file;
}

// id 1 of 2 -> 0.5; 0.5 * [2, 4] + [1, -3] = [2, -1].
TEST(Network, MultipliesAScaledIndexByHand) {
  const NetworkSpec spec{{{.kind = LayerKind::kScaledIndex},
                          {.kind = LayerKind::kLastStep},
                          {.kind = LayerKind::kDense, .units = kVocabulary}},
                         Reading::kWindow,
                         1,
                         2,
                         {}};
  WeightFile weights = with_tensor({}, "layers.2.kernel", {1, 2}, {2.0F, 4.0F});
  weights = with_tensor(weights, "layers.2.bias", {2}, {1.0F, -3.0F});
  const Network network(spec, weights);
  EXPECT_EQ(logits_after(network, Ids{1}), (std::vector<float>{2.0F, -1.0F}));
}

// Gates of a bias alone: i = f = o = sigmoid(0) = 0.5, candidate tanh(0.5). After two steps
// c = 0.5 * (0.5 * tanh 0.5) + 0.5 * tanh 0.5 = 0.34658787, h = 0.5 * tanh(c) = 0.166673012.
TEST(Network, StepsAnLstmByHand) {
  const NetworkSpec spec{{{.kind = LayerKind::kEmbedding, .units = 1},
                          {.kind = LayerKind::kLstm, .units = 1},
                          {.kind = LayerKind::kDense, .units = kVocabulary}},
                         Reading::kRecurrent,
                         8,
                         1,
                         {}};
  WeightFile weights = with_tensor({}, "layers.0.table", {1, 1}, {3.0F});
  weights = with_tensor(weights, "layers.1.kernel", {1, 4}, {0.0F, 0.0F, 0.0F, 0.0F});
  weights = with_tensor(weights, "layers.1.recurrent", {1, 4}, {0.0F, 0.0F, 0.0F, 0.0F});
  weights = with_tensor(weights, "layers.1.bias", {4}, {0.0F, 0.0F, 0.5F, 0.0F});
  weights = with_tensor(weights, "layers.2.kernel", {1, 1}, {1.0F});
  weights = with_tensor(weights, "layers.2.bias", {1}, {0.0F});
  const Network network(spec, weights);
  EXPECT_NEAR(logits_after(network, Ids{0})[0], 0.5F * std::tanh(0.5F * std::tanh(0.5F)), 1e-7F);
  EXPECT_NEAR(logits_after(network, Ids{0, 0})[0], 0.166673012F, 1e-7F);
}

TEST(Network, IsUniformBeforeTheFirstSymbolAndBeforeAWholeWindow) {
  for (const auto& tiny : tiny_networks()) {
    if (!tiny.spec.column_sizes.empty()) continue;
    const Network network(tiny.spec, random_weights(tiny.spec, 1));
    const std::vector<float> zeros(static_cast<std::size_t>(tiny.spec.vocab_size));
    EXPECT_EQ(logits_after(network, {}), zeros) << tiny.name;
    if (tiny.spec.reading != Reading::kWindow) continue;
    EXPECT_EQ(logits_after(network, random_ids(tiny.spec, 9, 1)), zeros) << tiny.name;
    EXPECT_NE(logits_after(network, random_ids(tiny.spec, 10, 1)), zeros) << tiny.name;
  }
}

TEST(Network, AllowsOnlyTheColumnWhoseTurnItIs) {
  const NetworkSpec spec = tiny_networks().back().spec;
  const Network network(spec, random_weights(spec, 2));
  const auto first = logits_after(network, {});
  for (std::size_t v = 0; v < first.size(); ++v) EXPECT_EQ(std::isfinite(first[v]), v < 11);
  const auto second = logits_after(network, Ids{4});
  for (std::size_t v = 0; v < second.size(); ++v) {
    EXPECT_EQ(std::isfinite(second[v]), v >= 11 && v < 14);
  }
  NetworkState state = network.start();
  std::vector<float> logits(27);
  EXPECT_THROW(network.feed(state, Ids{12}, logits), std::logic_error);
}

TEST(Network, RefusesAWindowThatIsTooShortForItsConvolution) {
  NetworkSpec spec = tiny_networks()[1].spec;
  spec.window = 2;
  try {
    const Network network(spec, random_weights(spec, 1));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "the window of 2 symbols is too short for this network");
  }
}

// Changes when any number of the engine changes: then every piece that was ever written with a seed
// changes too, and the changelog has to say so.
TEST(Network, WritesWhatItAlwaysWrote) {
  std::string written;
  for (const auto& tiny : tiny_networks()) {
    const Network network(tiny.spec, random_weights(tiny.spec, 12));
    NetworkState state = network.start();
    auto logits = feed(network, state, random_ids(tiny.spec, 20, 13));
    for (int i = 0; i < 50; ++i) {
      const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
      written += std::to_string(best) + " ";
      logits = feed(network, state, Ids{static_cast<std::int32_t>(best)});
    }
    for (const auto word : bits(logits)) written += std::to_string(word) + " ";
  }
  EXPECT_EQ(hash64(written), 11720218964743244764U);
}

}  // namespace
}  // namespace undersong
