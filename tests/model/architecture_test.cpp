#include "model/architecture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "base/error.h"
#include "model/counting_model.h"
#include "model/model_metadata.h"
#include "support/random_weights.h"
#include "support/tiny_composer.h"
#include "tokens/note_matrix.h"

namespace undersong {
namespace {

Vocabulary numbered(TokenId size) {
  std::vector<std::string> symbols;
  for (TokenId id = 0; id < size; ++id) symbols.push_back("symbol " + std::to_string(id));
  return {symbols, std::vector<std::int64_t>(symbols.size(), 1)};
}

// A weight file as training would leave it, with random weights.
WeightFile untrained(const Architecture& architecture) {
  if (architecture.kind == Architecture::Kind::kDecoder) return tiny_composer_weights(256);
  const bool matrix = architecture.representation == Representation::kNoteMatrix;
  const Vocabulary vocabulary = matrix ? note_matrix_vocabulary() : numbered(31);
  ModelInfo info;
  info.architecture = architecture.name;
  info.representation = architecture.representation;
  info.window = architecture.defaults.window;
  if (matrix) info.column_sizes = note_column_sizes();
  WeightFile weights;
  if (architecture.kind == Architecture::Kind::kCounting) {
    const std::vector<std::vector<TokenId>> pieces = {{0, 1, 2, 0, 1, 3, 0, 1, 2}, {4, 4, 4}};
    weights = train_counts(pieces, {architecture.order, vocabulary.size()});
  } else {
    weights =
        random_weights(architecture.network(vocabulary.size(), info.window, info.column_sizes), 1);
  }
  weights.metadata = weight_metadata(info, vocabulary);
  return weights;
}

class EveryArchitecture : public testing::TestWithParam<Architecture> {};

INSTANTIATE_TEST_SUITE_P(Registry, EveryArchitecture, testing::ValuesIn(architectures()),
                         [](const auto& instance) {
                           std::string name = instance.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(EveryArchitecture, SaysWhatItIs) {
  EXPECT_FALSE(GetParam().summary.empty());
  EXPECT_LE(GetParam().summary.size(), 80U) << "does not fit a line of --help";
  EXPECT_FALSE(GetParam().source.empty());
  EXPECT_GT(GetParam().defaults.epochs, 0);
}

TEST_P(EveryArchitecture, StepsFromAWeightFileOfItsOwn) {
  const LoadedModel loaded = model_from_weights(read_weights(write_weights(untrained(GetParam()))));
  EXPECT_EQ(loaded.info.architecture, GetParam().name);
  EXPECT_EQ(loaded.vocabulary.size(), loaded.model->vocab_size());
  const auto state = loaded.model->start();
  std::vector<float> logits(static_cast<std::size_t>(loaded.model->vocab_size()));
  loaded.model->feed(*state, {}, logits);
  for (int i = 0; i < 25; ++i) {
    double sum = 0.0;
    for (const float logit : logits) {
      EXPECT_FALSE(std::isnan(logit));
      sum += std::exp(static_cast<double>(logit));
    }
    EXPECT_GT(sum, 0.0);
    EXPECT_TRUE(std::isfinite(sum));
    const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
    const TokenId id = static_cast<TokenId>(best);
    loaded.model->feed(*state, {&id, 1}, logits);
  }
}

TEST(Registry, NamesEachArchitectureOnce) {
  std::set<std::string> names;
  for (const auto& architecture : architectures()) names.insert(architecture.name);
  EXPECT_EQ(names, (std::set<std::string>{"lstm", "conv1d", "merge", "lstm-embedding",
                                          "note-matrix", "composer", "frequency", "markov"}));
  EXPECT_EQ(architectures().size(), names.size());
  EXPECT_EQ(find_architecture("lstm-embedding").layers.front().kind, LayerKind::kEmbedding);
}

TEST(Registry, SuggestsTheNearestNameForOneThatItDoesNotKnow) {
  try {
    find_architecture("lstm_embeding");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_EQ(error.message(),
              "there is no architecture lstm_embeding; did you mean lstm-embedding? There are: "
              "lstm, conv1d, merge, lstm-embedding, note-matrix, composer, frequency, markov");
  }
}

// 4 * 512 * (1 + 512 + 1) + 4 * 256 * (512 + 256 + 1) + 256 * 256 + 256 + 256 * 142 + 142.
TEST(Registry, GivesTheSeedsLstmTheSeedsParameters) {
  std::int64_t parameters = 0;
  for (const auto& tensor : tensors_of(find_architecture("lstm").network(142, 10))) {
    std::int64_t count = 1;
    for (const auto extent : tensor.shape) count *= extent;
    parameters += count;
  }
  EXPECT_EQ(parameters, 1052672 + 787456 + 65792 + 36494);
}

}  // namespace
}  // namespace undersong
