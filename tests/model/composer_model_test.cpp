#include "model/composer_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "model/score_sequence.h"
#include "support/composer_words.h"
#include "support/random_grid_piece.h"
#include "support/thrown_error.h"
#include "support/tiny_composer.h"
#include "tokens/composer_text.h"

namespace undersong {
namespace {

constexpr int kContext = 128;

using Logits = std::vector<float>;

Logits no_logits() { return Logits(static_cast<std::size_t>(composer_token::kCount)); }

std::vector<TokenId> random_text(std::uint64_t seed, int bars) {
  Rng rng(seed);
  const GridPiece piece = random_grid_piece(rng, bars);
  std::vector<TokenId> ids = to_composer_text(piece, TextLayout::whole(piece));
  ids.pop_back();  // END
  return ids;
}

// Logits after each id.
std::vector<Logits> one_by_one(const ComposerModel& model, std::span<const TokenId> ids) {
  const auto state = model.start();
  std::vector<Logits> all;
  for (const TokenId id : ids) {
    all.push_back(no_logits());
    model.feed(*state, {&id, 1}, all.back());
  }
  return all;
}

class ComposerModelTest : public testing::Test {
 protected:
  LoadedModel loaded_ = tiny_composer(kContext);
  const ComposerModel& model_ = composer_of(loaded_);
};

TEST_F(ComposerModelTest, BeginsWithEitherBeginning) {
  Logits logits = no_logits();
  model_.feed(*model_.start(), {}, logits);
  EXPECT_EQ(logits[composer_token::kBegin], logits[composer_token::kContinue]);
  EXPECT_TRUE(std::isfinite(logits[composer_token::kBegin]));
  EXPECT_EQ(std::ranges::count_if(logits, [](float logit) { return std::isfinite(logit); }), 2);
  EXPECT_EQ(model_.minimum_prompt(), 1);
}

TEST_F(ComposerModelTest, HoldsForImpossibleWhatTheGrammarForbids) {
  const auto ids = random_text(1, 8);
  const auto logits = one_by_one(model_, ids);
  ComposerCursor cursor;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    cursor.advance(ids[i]);
    for (TokenId id = 0; id < composer_token::kCount; ++id)
      ASSERT_EQ(std::isfinite(logits[i][static_cast<std::size_t>(id)]), cursor.allows(id)) << id;
  }
}

TEST_F(ComposerModelTest, HoldsEverythingForImpossibleAfterTheEnd) {
  Logits logits = no_logits();
  const auto ids = composer_ids("begin style.lied mode.minor meter.4/4 tempo.10 bar end");
  model_.feed(*model_.start(), ids, logits);
  EXPECT_THAT(logits, testing::Each(-std::numeric_limits<float>::infinity()));
}

// Long enough for several slides; chunks end on both sides of them.
TEST_F(ComposerModelTest, GivesTheSameBitsOneByOneAndInChunksAcrossSlides) {
  const auto ids = random_text(2, 30);
  ASSERT_GT(ids.size(), 5U * kContext);
  const auto expected = one_by_one(model_, ids);
  Rng rng(3);
  for (const std::size_t longest : {std::size_t{7}, std::size_t{100}, ids.size()}) {
    const auto state = model_.start();
    for (std::size_t i = 0; i < ids.size();) {
      const std::size_t count = std::min(ids.size() - i, 1 + rng.below(longest));
      Logits logits = no_logits();
      model_.feed(*state, std::span(ids).subspan(i, count), logits);
      i += count;
      ASSERT_EQ(logits, expected[i - 1]) << i << " of chunks of at most " << longest;
    }
  }
}

TEST_F(ComposerModelTest, GivesTheSameBitsTogetherAndAlone) {
  constexpr std::size_t kTexts = 3;
  std::vector<std::vector<TokenId>> texts;
  std::vector<std::vector<Logits>> expected;
  std::vector<std::unique_ptr<Model::State>> states;
  std::size_t shortest = 10000;
  for (std::size_t i = 0; i < kTexts; ++i) {
    texts.push_back(random_text(10 + i, 24));
    expected.push_back(one_by_one(model_, texts[i]));
    states.push_back(model_.start());
    // Their slides come at different times.
    Logits ignored = no_logits();
    model_.feed(*states[i], std::span(texts[i]).first(20 * i), ignored);
    shortest = std::min(shortest, texts[i].size() - 20 * i);
  }
  ASSERT_GT(shortest, 2U * kContext);
  constexpr auto kWidth = static_cast<std::size_t>(composer_token::kCount);
  for (std::size_t step = 0; step < shortest; ++step) {
    std::vector<Model::State*> some;
    std::vector<TokenId> ids;
    for (std::size_t i = 0; i < kTexts; ++i) {
      some.push_back(states[i].get());
      ids.push_back(texts[i][20 * i + step]);
    }
    Logits logits(kTexts * kWidth);
    model_.feed_together(some, ids, logits);
    for (std::size_t i = 0; i < kTexts; ++i) {
      const std::span<const float> row = std::span(logits).subspan(i * kWidth, kWidth);
      ASSERT_THAT(row, testing::ElementsAreArray(expected[i][20 * i + step])) << i << " " << step;
    }
  }
}

TEST_F(ComposerModelTest, StatesThatWereClonedGoTheirOwnWays) {
  const auto ids = random_text(4, 12);
  const auto state = model_.start();
  Logits logits = no_logits();
  model_.feed(*state, std::span(ids).first(60), logits);
  const auto other = state->clone();
  Logits of_other = no_logits();
  model_.feed(*other, {}, of_other);
  EXPECT_EQ(of_other, logits);
  const auto expected = one_by_one(model_, ids);
  model_.feed(*state, std::span(ids).subspan(60, 50), logits);
  model_.feed(*other, std::span(ids).subspan(60, 1), of_other);
  EXPECT_EQ(logits, expected[109]);
  EXPECT_EQ(of_other, expected[60]);
}

TEST_F(ComposerModelTest, TellsWhereASequenceStands) {
  const auto state = model_.start();
  Logits logits = no_logits();
  model_.feed(*state,
              composer_ids("begin style.lied mode.minor meter.3/4 tempo.10 bar bar role.lead"),
              logits);
  EXPECT_EQ(model_.cursor(*state).bar(), 1);
  EXPECT_EQ(model_.cursor(*state).role(), static_cast<int>(index_of(Role::kLead)));
}

TEST_F(ComposerModelTest, ForetellsWholeTextsLongerThanItsContext) {
  const auto ids = random_text(5, 20);
  const SequenceScore score = score_sequence(model_, ids, 1);
  EXPECT_EQ(score.targets, static_cast<std::int64_t>(ids.size()) - 1);
  EXPECT_TRUE(std::isfinite(score.nats));
}

// What is heard after a slide -----------------------------------------------------------------

std::string bars(int first, int last) {
  std::string words;
  for (int bar = first; bar < last; ++bar) {
    words += " bar role.lead position.0 velocity.8 duration.12 pitch." + std::to_string(40 + bar);
  }
  return words;
}

std::string after_slide(const std::string& words, int context) {
  return composer_words(composer_ids_after_slide(composer_ids(words), context));
}

// 5 of the header and 6 a bar: with 77 ids the last 5/9 of 72, 40 ids, begin in the seventh bar.
TEST(ComposerSlide, KeepsTheHeaderAndWholeBars) {
  const std::string header = "style.lied mode.minor meter.4/4 tempo.10";
  EXPECT_EQ(after_slide("begin " + header + bars(0, 12), 72), "continue " + header + bars(6, 12));
}

TEST(ComposerSlide, TellsTheMeterAndTempoOfItsFirstBarInTheHeader) {
  const std::string changes =
      " bar meter.3/4 tempo.12 role.lead position.0 velocity.8 duration.12 pitch.30";
  // The change may be before the bars that stay, or at the first of them.
  const std::string after = "continue style.lied mode.minor meter.3/4 tempo.12";
  EXPECT_EQ(
      after_slide("begin style.lied mode.minor meter.4/4 tempo.10" + changes + bars(0, 12), 72),
      after + bars(6, 12));
  EXPECT_EQ(after_slide("begin style.lied mode.minor meter.4/4 tempo.10" + bars(0, 6) + changes +
                            bars(7, 12),
                        72),
            after + " bar role.lead position.0 velocity.8 duration.12 pitch.30" + bars(7, 12));
}

// A third of 72 has room for FUTURE and three bars.
TEST(ComposerSlide, KeepsTheFutureFromItsBeginning) {
  const std::string header = " style.lied mode.minor meter.4/4 tempo.10 future";
  EXPECT_EQ(after_slide("begin" + header + bars(20, 26) + " past" + bars(0, 12), 72),
            "continue" + header + bars(20, 23) + " past" + bars(6, 12));
  EXPECT_EQ(after_slide("begin" + header + bars(20, 22) + " past" + bars(0, 12), 72),
            "continue" + header + bars(20, 22) + " past" + bars(6, 12));
  // All of the past is heard where it is short.
  EXPECT_EQ(after_slide("begin" + header + bars(20, 30) + " past" + bars(0, 3), 72),
            "continue" + header + bars(20, 23) + " past" + bars(0, 3));
  // The future itself may be too long.
  EXPECT_EQ(after_slide("begin" + header + bars(20, 32), 72), "continue" + header + bars(26, 32));
}

TEST(ComposerSlide, CutsABarThatIsLongerThanAllThatStays) {
  std::string words =
      "begin style.lied mode.minor meter.4/4 tempo.10 bar role.lead position.0 "
      "velocity.8 duration.12 pitch.21";
  for (int pitch = 22; pitch < 101; ++pitch) words += " pitch." + std::to_string(pitch);
  const auto ids = composer_ids_after_slide(composer_ids(words), 72);
  EXPECT_EQ(ids.size(), 45U);
  EXPECT_EQ(ids.back(), composer_ids("pitch.100").front());
}

TEST(ComposerSlide, AlwaysLeavesRoom) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto ids = random_text(seed, 30);
    const std::size_t count = std::min(ids.size(), std::size_t{kContext});
    const auto heard = composer_ids_after_slide(std::span(ids).first(count), kContext);
    EXPECT_LT(heard.size(), static_cast<std::size_t>(kContext) * 3 / 4) << seed;
    EXPECT_EQ(heard.front(), composer_token::kContinue);
    EXPECT_EQ(heard.back(), ids[count - 1]) << seed;
  }
}

TEST(ComposerOf, RefusesOtherModels) {
  LoadedModel other;
  other.info.architecture = "markov";
  EXPECT_EQ(thrown_error([&] { composer_of(other); }).message(),
            "the weights are of the architecture markov, and only a composer can do this; give "
            "weights of `undersong train composer`");
}

}  // namespace
}  // namespace undersong
