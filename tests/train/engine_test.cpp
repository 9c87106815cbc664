#include "train/engine.h"

#include <gtest/gtest.h>

#include <cmath>

#include "model/architecture.h"
#include "nn/network.h"
#include "support/thrown_error.h"
#include "train/samples.h"

namespace undersong {
namespace {

constexpr int kVocab = 23;

NetworkSpec spec_of(const Architecture& architecture, int window) {
  if (architecture.representation == Representation::kNoteMatrix) {
    return architecture.network(kVocab, window, {9, 4, 6, 4});
  }
  return architecture.network(kVocab, window);
}

std::vector<std::string> network_names() {
  std::vector<std::string> names;
  for (const Architecture& architecture : architectures()) {
    if (architecture.kind == Architecture::Kind::kNetwork) names.push_back(architecture.name);
  }
  return names;
}

// Ids of the column whose turn it is, where there are columns.
std::vector<Ids> random_pieces(const NetworkSpec& spec, std::size_t count, int rows) {
  Rng rng(11);
  std::vector<Ids> pieces(count);
  const std::vector<int> sizes =
      spec.column_sizes.empty() ? std::vector<int>{spec.vocab_size} : spec.column_sizes;
  for (Ids& piece : pieces) {
    for (int row = 0; row < rows; ++row) {
      int first = 0;
      for (const int size : sizes) {
        piece.push_back(first + static_cast<int>(rng.below(static_cast<std::uint64_t>(size))));
        first += size;
      }
    }
  }
  return pieces;
}

void train_a_little(Engine& engine, const Cutter& cutter) {
  const std::vector<Sample> samples = cutter.every_sample();
  for (int step = 0; step < 3; ++step) engine.train(cutter.batch(samples, 0));
}

class EveryNetwork : public testing::TestWithParam<std::string> {};

// Both sides add the same products in another order. A sum of n products of size at most s errs by
// at most n * s * 2^-24; here n <= 768 and s < 1, about 5e-5 a layer in the worst case, and errors
// of both signs make it a tenth of that. Three layers and ten steps stay well under the bound.
TEST_P(EveryNetwork, GivesTheLogitsOfTheInferenceEngine) {
  constexpr double kTolerance = 1e-4;
  const NetworkSpec spec = spec_of(find_architecture(GetParam()), 10);
  const std::vector<Ids> pieces = random_pieces(spec, 3, 11);
  const Cutter cutter(spec, pieces);
  Engine engine(spec, {.device = Device::kCpu, .threads = 2, .seed = 3});
  train_a_little(engine, cutter);
  const std::vector<Sample> samples = {{0, 0}, {1, 0}, {2, 0}};
  const Batch batch = cutter.batch(samples, 0);
  const std::vector<float> trained = engine.logits(batch);
  const auto steps = static_cast<std::int64_t>(trained.size()) / (batch.rows * kVocab);

  const Network network(spec, {.metadata = {}, .tensors = engine.weights()});
  const std::int64_t columns = batch.columns;
  const bool window = spec.reading == Reading::kWindow;
  int compared = 0;
  for (std::int64_t row = 0; row < batch.rows; ++row) {
    NetworkState state = network.start();
    std::vector<float> logits(kVocab);
    const Ids& piece = pieces[static_cast<std::size_t>(row)];
    for (std::int64_t fed = 0; fed < 10 * columns; ++fed) {
      if (columns > 1) network.feed(state, {}, logits);
      if (columns == 1)
        network.feed(state, std::span(piece).subspan(static_cast<std::size_t>(fed), 1), logits);
      if (window && fed + 1 < spec.window) continue;
      const std::int64_t step = window ? 0 : fed / columns;
      ASSERT_LT(step, steps);
      for (std::int64_t id = 0; id < kVocab; ++id) {
        const float own = logits[static_cast<std::size_t>(id)];
        if (!std::isfinite(own)) continue;
        const auto at = static_cast<std::size_t>((step * batch.rows + row) * kVocab + id);
        ASSERT_NEAR(trained[at], own, kTolerance) << "step " << step << ", id " << id;
        ++compared;
      }
      if (columns > 1)
        network.feed(state, std::span(piece).subspan(static_cast<std::size_t>(fed), 1), logits);
    }
  }
  EXPECT_GE(compared, 3 * kVocab);
}

TEST_P(EveryNetwork, LosesLessOnWhatItIsShownAgain) {
  const NetworkSpec spec = spec_of(find_architecture(GetParam()), 10);
  const std::vector<Ids> pieces = random_pieces(spec, 2, 18);
  const Cutter cutter(spec, pieces);
  Engine engine(spec, {.device = Device::kCpu, .threads = 2, .seed = 3});
  const std::vector<Sample> samples = cutter.every_sample();
  const double before = evaluate_samples(engine, cutter, samples).mean();
  for (int step = 0; step < 12; ++step) engine.train(cutter.batch(samples, 0));
  EXPECT_LT(evaluate_samples(engine, cutter, samples).mean(), before - 0.005);
}

INSTANTIATE_TEST_SUITE_P(Engine, EveryNetwork, testing::ValuesIn(network_names()),
                         [](const auto& parameter) {
                           std::string name = parameter.param;
                           std::erase(name, '-');
                           return name;
                         });

NetworkSpec small_recurrent() {
  NetworkSpec spec;
  spec.layers = {{.kind = LayerKind::kEmbedding, .units = 6},
                 {.kind = LayerKind::kDropout, .rate = 0.3},
                 {.kind = LayerKind::kLstm, .units = 9},
                 {.kind = LayerKind::kDense, .units = kVocabulary}};
  spec.reading = Reading::kRecurrent;
  spec.window = 8;
  spec.vocab_size = kVocab;
  return spec;
}

TEST(Engine, JudgesAPieceInStretchesAsItDoesInOne) {
  const NetworkSpec spec = small_recurrent();
  const std::vector<Ids> pieces = random_pieces(spec, 2, 40);
  const Cutter cutter(spec, pieces);
  Engine engine(spec, {.device = Device::kCpu, .threads = 2, .seed = 3});
  const std::vector<std::int32_t> both = {0, 1};
  const LossSum whole = engine.evaluate(cutter.stretch(both, 0, 40, 10), Carry::kStart);
  LossSum parts;
  for (std::int64_t step = 0; step < 40; step += 7) {
    parts += engine.evaluate(cutter.stretch(both, step, std::min<std::int64_t>(7, 40 - step), 10),
                             step == 0 ? Carry::kStart : Carry::kContinue);
  }
  EXPECT_EQ(whole.count, 2 * 30);  // the eleventh symbol to the last, of both
  EXPECT_EQ(parts.count, whole.count);
  EXPECT_NEAR(parts.nats, whole.nats, 1e-4 * whole.nats);
}

TEST(Engine, AnyNumberOfThreadsLearnsTheSameUpToRounding) {
  const NetworkSpec spec = small_recurrent();
  const std::vector<Ids> pieces = random_pieces(spec, 3, 30);
  const Cutter cutter(spec, pieces);
  std::vector<double> losses;
  for (const int threads : {1, 2, 3}) {
    Engine engine(spec, {.device = Device::kCpu, .threads = threads, .seed = 3});
    train_a_little(engine, cutter);
    losses.push_back(engine.train(cutter.batch(cutter.every_sample(), 0)).mean());
  }
  EXPECT_NEAR(losses[1], losses[0], 1e-4);
  EXPECT_NEAR(losses[2], losses[0], 1e-4);
}

TEST(Engine, GoesOnFromItsStateToTheSameBits) {
  const NetworkSpec spec = small_recurrent();
  const std::vector<Ids> pieces = random_pieces(spec, 3, 30);
  const Cutter cutter(spec, pieces);
  const EngineOptions options{.device = Device::kCpu, .threads = 2, .seed = 3};
  Engine undisturbed(spec, options);
  train_a_little(undisturbed, cutter);
  Engine other(spec, options);
  other.restore(undisturbed.state(), undisturbed.steps_done());
  train_a_little(undisturbed, cutter);
  train_a_little(other, cutter);
  for (const auto& [name, tensor] : undisturbed.weights()) {
    EXPECT_EQ(std::get<std::vector<float>>(other.weights()[name].values),
              std::get<std::vector<float>>(tensor.values))
        << name;
  }
}

TEST(Engine, SaysSoWhenTheLossIsNoLongerANumber) {
  const NetworkSpec spec = small_recurrent();
  const std::vector<Ids> pieces = random_pieces(spec, 3, 30);
  const Cutter cutter(spec, pieces);
  Engine engine(spec, {.device = Device::kCpu, .threads = 1, .seed = 3});
  std::map<std::string, WeightTensor> broken = engine.weights();
  std::get<std::vector<float>>(broken.at("layers.3.bias").values)[0] = NAN;
  engine.restore(broken, 5);
  const Error error = thrown_error([&] { train_a_little(engine, cutter); });
  EXPECT_EQ(error.message(),
            "the loss is no longer a number after 5 steps: train again with a smaller "
            "--learning-rate than 0.01");
}

TEST(Engine, RefusesCudaWhereThereIsNone) {
  if (torch_line().find("no CUDA") == std::string::npos) GTEST_SKIP() << "CUDA is here";
  const Error error = thrown_error([] { Engine(small_recurrent(), {.device = Device::kCuda}); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_NE(error.message().find("use --device cpu"), std::string::npos);
}

}  // namespace
}  // namespace undersong
