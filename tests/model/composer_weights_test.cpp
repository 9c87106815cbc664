#include "model/composer_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "support/thrown_error.h"
#include "support/tiny_composer.h"
#include "tokens/composer_cursor.h"

namespace undersong {
namespace {

ComposerKnowledge some_knowledge() {
  ComposerKnowledge knowledge;
  knowledge.density_shares.assign(kGridStyleCount,
                                  std::vector(kRoleCount, std::vector<double>(kDensitySteps, 0.0)));
  knowledge.density_shares[static_cast<std::size_t>(GridStyle::kLied)][index_of(Role::kLead)][3] =
      1.0;
  knowledge.based_on = {"composer.safetensors abc"};
  return knowledge;
}

void expect_error(WeightFile weights, ErrorKind kind, const std::string& message) {
  try {
    model_from_weights(std::move(weights));
    ADD_FAILURE() << "was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind);
    EXPECT_THAT(error.message(), testing::StartsWith(message));
  }
}

TEST(ComposerWeights, SayWhatTheyKnow) {
  const DecoderSpec spec = composer_spec(find_composer_size("small"), 1024);
  ModelInfo info;
  info.corpus = "songs";
  const auto metadata = composer_metadata(spec, some_knowledge(), info);
  const ComposerDescription description = composer_from_metadata(metadata);
  EXPECT_EQ(description.spec, spec);
  EXPECT_EQ(description.knowledge, some_knowledge());
  EXPECT_EQ(metadata.at("undersong.architecture"), "composer");
  EXPECT_EQ(metadata.at("undersong.representation"), "composer");
  EXPECT_EQ(metadata.at("undersong.window"), "1024");
  EXPECT_EQ(metadata.at("undersong.corpus"), "songs");
}

TEST(ComposerWeights, KnowTheStylesThatTheyHeard) {
  EXPECT_THAT(known_styles(some_knowledge()), testing::ElementsAre(GridStyle::kLied));
  EXPECT_EQ(known_styles({}).size(), static_cast<std::size_t>(kGridStyleCount));
}

TEST(ComposerWeights, KeepWhatTheyKnewWhenTheyAreAdapted) {
  ComposerKnowledge learned = some_knowledge();
  auto& shares = learned.density_shares;
  std::swap(shares[static_cast<std::size_t>(GridStyle::kOwn)],
            shares[static_cast<std::size_t>(GridStyle::kLied)]);
  const ComposerKnowledge both = adapted(some_knowledge(), learned);
  EXPECT_THAT(known_styles(both), testing::ElementsAre(GridStyle::kOwn, GridStyle::kLied));
  EXPECT_EQ(both.based_on, some_knowledge().based_on);
}

TEST(ComposerWeights, TakeTheNewDensitiesOfAStyleThatTheyAreAdaptedTo) {
  ComposerKnowledge learned = some_knowledge();
  auto& lead =
      learned.density_shares[static_cast<std::size_t>(GridStyle::kLied)][index_of(Role::kLead)];
  std::swap(lead[3], lead[5]);
  EXPECT_EQ(adapted(some_knowledge(), learned).density_shares, learned.density_shares);
}

TEST(ComposerSizes, GrowAndFitTheirParametersIntoTheFile) {
  std::int64_t before = 0;
  for (const ComposerSize& size : composer_sizes()) {
    const DecoderSpec spec = composer_spec(size, 2048);
    EXPECT_NO_THROW(check_spec(spec)) << size.name;
    EXPECT_GT(parameter_count(spec), before) << size.name;
    before = parameter_count(spec);
  }
  // A byte each: the file that ships is under 40 MB.
  EXPECT_LT(before, 39'000'000);
  EXPECT_GT(before, 20'000'000);
}

TEST(ComposerSizes, SuggestTheNearestName) {
  EXPECT_EQ(thrown_error([] { find_composer_size("midium"); }).message(),
            "there is no size midium; did you mean medium? There are: tiny, small, medium, full");
}

TEST(ComposerSizes, PointTheirRelativeHeadsAtThePitches) {
  const DecoderSpec spec = composer_spec(composer_sizes().front(), 512);
  ASSERT_EQ(spec.relative_heads.size(), static_cast<std::size_t>(composer_head::kCount));
  for (const RelativeHead& head : spec.relative_heads) {
    EXPECT_EQ(head.first, composer_token::kPitch.first);
    EXPECT_EQ(head.count, kPitchCount);
  }
  EXPECT_EQ(spec.relative_heads[composer_head::kMelody].period, 0);
  EXPECT_EQ(spec.relative_heads[composer_head::kHarmony].period, 12);
}

class LyingWeights : public testing::Test {
 protected:
  void say(const std::string& key, const std::string& value) { weights_.metadata[key] = value; }
  WeightFile weights_ = tiny_composer_weights(128);
};

TEST_F(LyingWeights, OfAnotherVocabularyAreRefused) {
  DecoderSpec spec = composer_spec(composer_sizes().front(), 128);
  spec.vocab_size -= 3;
  spec.relative_heads.clear();
  say("undersong.decoder", to_json(spec));
  expect_error(weights_, ErrorKind::kMismatch, "the weight file speaks ");
  weights_ = tiny_composer_weights(128);
  std::vector<std::string> symbols;
  for (TokenId id = 0; id < composer_token::kCount; ++id)
    symbols.push_back("x" + std::to_string(id));
  say("undersong.vocabulary",
      Vocabulary(symbols, std::vector<std::int64_t>(symbols.size())).to_json());
  expect_error(weights_, ErrorKind::kMismatch,
               "the weight file's tokens have other names than this version's composer gives "
               "them: it was trained on another vocabulary; train the model again");
}

TEST_F(LyingWeights, OfOtherFeaturesAreRefused) {
  DecoderSpec spec = composer_spec(composer_sizes().front(), 128);
  spec.relative_heads[1].period = 7;
  say("undersong.decoder", to_json(spec));
  expect_error(weights_, ErrorKind::kMismatch,
               "the weight file's network is told other things than this version's composer "
               "tells; train the model again");
}

TEST_F(LyingWeights, OfAnotherSizeAreRefused) {
  say("undersong.decoder", to_json(composer_spec(find_composer_size("small"), 128)));
  expect_error(weights_, ErrorKind::kMismatch, "tensor \"");
}

TEST_F(LyingWeights, OfAContextThatHoldsNoBarAreRefused) {
  say("undersong.decoder", to_json(composer_spec(composer_sizes().front(), 16)));
  expect_error(weights_, ErrorKind::kFormat,
               "the weight file's context is 16 tokens; at least 128 make sense");
}

TEST_F(LyingWeights, WithoutADecoderAreRefused) {
  weights_.metadata.erase("undersong.decoder");
  expect_error(weights_, ErrorKind::kFormat,
               "the weight file is of a composer and does not say \"undersong.decoder\"; train the "
               "model again");
}

TEST_F(LyingWeights, OfUnreadableKnowledgeAreRefused) {
  say("undersong.composer", "{\"density_shares\": 7}");
  expect_error(weights_, ErrorKind::kFormat,
               "the weight file's undersong.composer cannot be read: ");
  say("undersong.composer", "{\"density_shares\": [[[1]]], \"based_on\": []}");
  expect_error(weights_, ErrorKind::kFormat,
               "the weight file's undersong.composer has not one share for each style, role and "
               "density; train the model again");
}

TEST_F(LyingWeights, ThatSpeakSymbolsAreRefused) {
  say("undersong.representation", "symbols");
  expect_error(weights_, ErrorKind::kMismatch,
               "the weight file speaks symbols, and its architecture composer speaks composer; "
               "train the model again");
}

}  // namespace
}  // namespace undersong
