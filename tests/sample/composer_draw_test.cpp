#include "sample/composer_draw.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>

#include "sample/prompt_cache.h"
#include "support/composer_words.h"
#include "support/thrown_error.h"
#include "support/tiny_composer.h"
#include "tokens/composer_text.h"

namespace undersong {
namespace {

using namespace composer_token;

constexpr int kContext = 256;
constexpr float kNever = -std::numeric_limits<float>::infinity();

const std::vector<TokenId>& header() {
  static const auto ids = composer_ids("begin style.lied mode.minor meter.4/4 tempo.10");
  return ids;
}

// A bar with a bass, and the lead begun.
const std::vector<TokenId>& lead_begun() {
  static const auto ids = composer_ids(
      "bar chord.0:maj energy.3 role.bass density.1 position.0 velocity.8 duration.24 pitch.36 "
      "position.24 pitch.43 role.lead density.4");
  return ids;
}

class ComposerDrawTest : public testing::Test {
 protected:
  std::vector<Rng> streams(std::size_t count) const {
    std::vector<Rng> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(Rng(7).fork(i));
    return all;
  }

  ComposerDraw lead(std::size_t candidates, DrawOptions options = {}) const {
    ComposerDraw draw(model_, options, streams(candidates));
    draw.tell(header());
    draw.tell(lead_begun());
    return draw;
  }

  std::vector<GridNote> lead_notes(const std::vector<TokenId>& block) const {
    std::vector<TokenId> ids = header();
    ids.insert(ids.end(), lead_begun().begin(), lead_begun().end());
    ids.insert(ids.end(), block.begin(), block.end());
    std::vector<GridNote> notes = from_composer_text(ids).bars.at(0).notes;
    std::erase_if(notes, [](const GridNote& note) { return note.role != Role::kLead; });
    return notes;
  }

  LoadedModel loaded_ = tiny_composer(kContext);
  const ComposerModel& model_ = composer_of(loaded_);
};

TEST_F(ComposerDrawTest, WritesTheSameFromTheSameStreams) {
  EXPECT_EQ(lead(3).draw(block_task({})), lead(3).draw(block_task({})));
}

TEST_F(ComposerDrawTest, CandidatesDifferAndDoNotDependOnHowManyThereAre) {
  const auto four = lead(4).draw(block_task({}));
  EXPECT_NE(four[0], four[1]);
  const auto two = lead(2).draw(block_task({}));
  EXPECT_EQ(two[0], four[0]);
  EXPECT_EQ(two[1], four[1]);
}

TEST_F(ComposerDrawTest, DrawsFromTheLogitsOfTheModel) {
  ComposerDraw draw = lead(1);
  const auto block = draw.draw(block_task({})).front();
  // The same by hand, without limits that change anything.
  Sampler sampler({});
  Rng rng = Rng(7).fork(0);
  const auto state = model_.start();
  std::vector<float> logits(static_cast<std::size_t>(kCount));
  model_.feed(*state, header(), logits);
  model_.feed(*state, lead_begun(), logits);
  for (const TokenId id : block) {
    ASSERT_EQ(sampler.choose(logits, rng), id);
    model_.feed(*state, {&id, 1}, logits);
  }
}

TEST_F(ComposerDrawTest, GoesOnAfterWhatItDrew) {
  ComposerDraw draw = lead(3);
  const auto first = draw.draw(block_task({}));
  draw.tell(composer_ids("bar role.bass position.0 velocity.8 duration.24 pitch.36"));
  draw.tell(1, composer_ids("position.12 pitch.38"));
  draw.tell(composer_ids("role.lead"));
  const auto second = draw.draw(block_task({}));
  // One by one, each candidate by itself.
  for (std::size_t i = 0; i < 3; ++i) {
    ComposerDraw alone(model_, {}, {streams(3)[i]});
    alone.tell(header());
    alone.tell(lead_begun());
    ASSERT_EQ(alone.draw(block_task({})).front(), first[i]);
    alone.tell(composer_ids("bar role.bass position.0 velocity.8 duration.24 pitch.36"));
    if (i == 1) alone.tell(composer_ids("position.12 pitch.38"));
    alone.tell(composer_ids("role.lead"));
    EXPECT_EQ(alone.draw(block_task({})).front(), second[i]) << i;
    EXPECT_EQ(alone.nats(0), draw.nats(i));
    EXPECT_GT(alone.nats(0), 0.0);
  }
}

TEST_F(ComposerDrawTest, AllGoOnFromTheOneThatIsKept) {
  ComposerDraw draw = lead(3);
  draw.draw(block_task({}));
  const double nats = draw.nats(2);
  draw.keep(2);
  EXPECT_EQ(draw.nats(0), nats);
  draw.tell(composer_ids("bar role.lead"));
  const auto blocks = draw.draw(block_task({}));
  EXPECT_NE(blocks[0], blocks[1]) << "each has its own stream";
}

TEST_F(ComposerDrawTest, GuidanceOfOneIsOff) {
  const auto plain = lead(2).draw(block_task({}));
  DrawOptions options;
  options.guidance = 1.0;
  EXPECT_EQ(lead(2, options).draw(block_task({})), plain);
  options.guidance = 3.0;
  EXPECT_NE(lead(2, options).draw(block_task({})), plain);
}

// What is drawn greedily under guidance is what the mixed logits of two texts say.
TEST_F(ComposerDrawTest, GuidanceMovesAwayFromTheTextWithoutControls) {
  DrawOptions options;
  options.guidance = 2.5;
  options.sampling.method = SamplingOptions::Method::kGreedy;
  const auto block = lead(1, options).draw(block_task({})).front();
  std::vector<float> given(static_cast<std::size_t>(kCount));
  std::vector<float> free = given;
  const auto with = model_.start();
  const auto without = model_.start();
  std::vector<TokenId> text = header();
  text.insert(text.end(), lead_begun().begin(), lead_begun().end());
  model_.feed(*with, text, given);
  std::erase_if(text, [](TokenId id) { return is_control(id); });
  model_.feed(*without, text, free);
  for (const TokenId id : block) {
    for (std::size_t i = 0; i < given.size(); ++i) {
      if (std::isfinite(given[i])) given[i] = free[i] + 2.5F * (given[i] - free[i]);
    }
    ASSERT_EQ(std::ranges::max_element(given) - given.begin(), id);
    model_.feed(*with, {&id, 1}, given);
    model_.feed(*without, {&id, 1}, free);
  }
}

TEST_F(ComposerDrawTest, RefusesGuidanceThatMakesNoSense) {
  DrawOptions options;
  options.guidance = 11.0;
  EXPECT_EQ(thrown_error([&] { lead(1, options); }).message(),
            "the guidance is 11; it must lie above 0 and at most at 10 (1: off)");
}

TEST_F(ComposerDrawTest, SteersWithinTheGrammarAndStopsWhenDone) {
  DrawTask task;
  task.steer = [](const DrawPlace& place, std::span<float> logits) {
    for (const TokenId id : {kBar, kEnd}) logits[static_cast<std::size_t>(id)] = kNever;
    for (int i = 0; i < kRole.count; ++i) logits[static_cast<std::size_t>(kRole.of(i))] = kNever;
    // A position in each third of the bar, and one note there.
    for (int i = 16 * (place.cursor.onsets() + 1); i < kPosition.count; ++i)
      logits[static_cast<std::size_t>(kPosition.of(i))] = kNever;
    if (place.drawn.empty() || !is_note(place.drawn.back())) return;
    for (const Range& range : {kPitch, kVelocity, kDuration}) {
      for (int i = 0; i < range.count; ++i) logits[static_cast<std::size_t>(range.of(i))] = kNever;
    }
  };
  task.is_done = [](const DrawPlace& place) { return place.cursor.onsets() == 3; };
  for (const auto& drawn : lead(4).draw(task)) {
    EXPECT_EQ(std::ranges::count_if(drawn, [](TokenId id) { return kPosition.holds(id); }), 3);
    EXPECT_TRUE(kPosition.holds(drawn.back()));
  }
}

TEST_F(ComposerDrawTest, WhatMayNotStandIsDrawnAgain) {
  const auto plain = lead(3).draw(block_task({}));
  DrawTask task = block_task({});
  std::vector<std::vector<std::vector<TokenId>>> asked(3);
  task.may_stand = [&](std::size_t candidate, std::span<const TokenId> drawn) {
    asked[candidate].emplace_back(drawn.begin(), drawn.end());
    return candidate != 1;
  };
  ComposerDraw draw = lead(3);
  const auto blocks = draw.draw(task);
  EXPECT_EQ(blocks[0], plain[0]);
  EXPECT_EQ(blocks[2], plain[2]);
  EXPECT_NE(blocks[1], plain[1]);
  ASSERT_EQ(asked[1].size(), static_cast<std::size_t>(kDrawTries - 1));
  EXPECT_EQ(asked[1][0], plain[1]);
  // What was forgotten is not heard: the next block is that after the last try alone.
  EXPECT_EQ(draw.cursor(1).onsets(),
            std::ranges::count_if(blocks[1], [](TokenId id) { return kPosition.holds(id); }));
}

TEST_F(ComposerDrawTest, ForksGoOnFromWhatWasTold) {
  for (const double guidance : {1.0, 2.0}) {
    DrawOptions options;
    options.guidance = guidance;
    ComposerDraw told(model_, options, {Rng(99)});
    told.tell(header());
    told.tell(lead_begun());
    const auto plain = lead(2, options).draw(block_task({}));
    EXPECT_EQ(told.fork(streams(2)).draw(block_task({})), plain);
    EXPECT_EQ(told.fork(streams(2)).draw(block_task({})), plain) << "it hears nothing of a fork";
    EXPECT_EQ(told.room(), kContext - header().size() - lead_begun().size());
  }
}

TEST_F(ComposerDrawTest, RoomIsThatOfTheLongestCandidate) {
  ComposerDraw draw = lead(2);
  const std::size_t before = draw.room();
  DrawTask task;
  task.is_done = [](const DrawPlace& place) {
    return place.drawn.size() == (place.candidate == 0 ? 1U : 3U);
  };
  draw.draw(task);
  EXPECT_EQ(draw.room(), before - 3);
}

TEST_F(ComposerDrawTest, PromptsThatBeginAlikeAreDrawnFromAsIfTheyWereNot) {
  PromptCache cache(model_, {.sampling = {}, .guidance = 1.5}, 2);
  std::vector<TokenId> prompt = header();
  for (int i = 0; i < 4; ++i) {
    const auto bar = composer_ids("bar role.bass position.0 velocity.8 duration.24 pitch.36");
    prompt.insert(prompt.end(), bar.begin(), bar.end());
    for (int again = 0; again < 2; ++again) {
      ComposerDraw cached = cache.begin(prompt, streams(2));
      ComposerDraw fresh(model_, {.sampling = {}, .guidance = 1.5}, streams(2));
      fresh.tell(prompt);
      for (ComposerDraw* draw : {&cached, &fresh}) draw->tell(composer_ids("role.lead"));
      EXPECT_EQ(cached.draw(block_task({})), fresh.draw(block_task({}))) << i;
    }
  }
}

TEST_F(ComposerDrawTest, BreaksOffAfterTheMostIds) {
  DrawTask task;
  task.most_ids = 5;
  for (const auto& drawn : lead(2).draw(task)) EXPECT_LE(drawn.size(), 5U);
}

// Blocks --------------------------------------------------------------------------------------

TEST_F(ComposerDrawTest, BlocksEndWithAWholeNote) {
  for (const auto& block : lead(8).draw(block_task({}))) {
    ASSERT_FALSE(block.empty());
    EXPECT_TRUE(kPitch.holds(block.back()));
    EXPECT_EQ(std::ranges::count_if(block, [](TokenId id) { return kBar == id || kEnd == id; }), 0);
  }
}

TEST_F(ComposerDrawTest, BlocksKeepToTheirLimits) {
  BlockLimits limits;
  limits.first_position = 6;
  limits.last_position = 30;
  limits.fewest_onsets = 2;
  limits.most_onsets = 4;
  limits.most_at_once = 2;
  // C major between C4 and C5; on the position 12 nothing but the tonic.
  limits.takes = [](int position, int pitch) {
    constexpr unsigned kScale = 0b101010110101;
    return pitch >= 60 && pitch <= 72 && (kScale >> (pitch % 12) & 1U) != 0 &&
           (position != 12 || pitch % 12 == 0);
  };
  ASSERT_TRUE(has_room(limits, 48));
  for (const auto& block : lead(16).draw(block_task(limits))) {
    std::map<int, int> onsets;
    for (const GridNote& note : lead_notes(block)) {
      EXPECT_GE(note.position, 6);
      EXPECT_LT(note.position, 30);
      EXPECT_TRUE(limits.takes(note.position, note.pitch)) << int{note.pitch};
      ++onsets[note.position];
    }
    EXPECT_GE(onsets.size(), 2U);
    EXPECT_LE(onsets.size(), 4U);
    for (const auto& [position, notes] : onsets) EXPECT_LE(notes, 2) << position;
  }
}

TEST_F(ComposerDrawTest, ABlockWithOnePlaceTakesIt) {
  BlockLimits limits;
  limits.fewest_onsets = 3;
  limits.takes = [](int position, int pitch) { return position == 47 && pitch == 67; };
  EXPECT_TRUE(has_room(limits, 48));
  EXPECT_FALSE(has_room(limits, 36));
  for (const auto& block : lead(3).draw(block_task(limits))) {
    const auto notes = lead_notes(block);
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0].position, 47);
    EXPECT_EQ(notes[0].pitch, 67);
  }
}

TEST_F(ComposerDrawTest, BlocksBeginAsLateAsTheyMay) {
  BlockLimits limits;
  limits.latest_first = 3;
  for (const auto& block : lead(16).draw(block_task(limits)))
    EXPECT_LE(lead_notes(block).front().position, 3);
  limits.takes = [](int position, int) { return position >= 20; };
  for (const auto& block : lead(4).draw(block_task(limits)))
    EXPECT_EQ(lead_notes(block).front().position, 20) << "the first that has room";
}

TEST_F(ComposerDrawTest, WhatComesNextDrawsPitchesNear) {
  const auto mean_distance = [&](bool hears) {
    BlockLimits limits;
    limits.most_at_once = 1;
    if (hears) limits.next = NextOnset{48, {72, 76}};
    double sum = 0.0;
    int count = 0;
    for (const auto& block : lead(48).draw(block_task(limits))) {
      const int last = lead_notes(block).back().pitch;
      sum += std::min(std::abs(last - 72), std::abs(last - 76));
      ++count;
    }
    return sum / count;
  };
  EXPECT_LT(mean_distance(true), 0.5 * mean_distance(false));
}

// How many notes there are does not hang on where they lead.
TEST_F(ComposerDrawTest, WhatComesNextDecidesAmongPitchesAlone) {
  BlockLimits limits;
  limits.next = NextOnset{48, {100}};
  const DrawTask task = block_task(limits);
  ComposerCursor cursor;
  for (const TokenId id : header()) cursor.advance(id);
  for (const TokenId id : lead_begun()) cursor.advance(id);
  cursor.advance(kPosition.of(0));
  std::vector<float> logits(static_cast<std::size_t>(kCount), kNever);
  for (int i = 0; i < kPitch.count; ++i) logits[static_cast<std::size_t>(kPitch.of(i))] = 0.0F;
  const std::vector<TokenId> drawn = {kPosition.of(0)};
  task.steer({0, cursor, drawn}, logits);
  double sum = 0.0;
  for (int i = 0; i < kPitch.count; ++i)
    sum += std::exp(static_cast<double>(logits[static_cast<std::size_t>(kPitch.of(i))]));
  EXPECT_NEAR(sum, kPitch.count, 0.01);
}

TEST_F(ComposerDrawTest, PitchesLeanWhereTheyAreTold) {
  const auto share_of_sixty = [&](double by) {
    BlockLimits limits;
    limits.most_at_once = 1;
    limits.leaning = [by](int, int pitch) { return pitch == 60 ? by : 0.0; };
    int sixties = 0;
    for (const auto& block : lead(48).draw(block_task(limits)))
      sixties += lead_notes(block).front().pitch == 60 ? 1 : 0;
    return sixties / 48.0;
  };
  EXPECT_GT(share_of_sixty(60.0), 0.95);
  EXPECT_EQ(share_of_sixty(-60.0), 0.0);
}

// Logits of positions before and after a block's steering, where all may come.
std::vector<double> position_shares(double sharpness) {
  BlockLimits limits;
  limits.rhythm_sharpness = sharpness;
  limits.fewest_onsets = 0;
  ComposerCursor cursor;
  for (const TokenId id : header()) cursor.advance(id);
  for (const TokenId id : lead_begun()) cursor.advance(id);
  std::vector<float> logits(static_cast<std::size_t>(kCount), kNever);
  for (int i = 0; i < 48; ++i)
    logits[static_cast<std::size_t>(kPosition.of(i))] = i % 12 == 0 ? 2.0F : 0.0F;
  block_task(limits).steer({0, cursor, {}}, logits);
  std::vector<double> shares;
  for (int i = 0; i < 48; ++i)
    shares.push_back(
        std::exp(static_cast<double>(logits[static_cast<std::size_t>(kPosition.of(i))])));
  return shares;
}

TEST_F(ComposerDrawTest, ASharperRhythmFavoursWhatIsLikelyAndGoesOnAsOften) {
  const auto sum = [](const std::vector<double>& shares) {
    double all = 0.0;
    for (const double share : shares) all += share;
    return all;
  };
  const auto plain = position_shares(1.0);
  const auto sharp = position_shares(1.5);
  EXPECT_NEAR(plain[0] / plain[1], std::exp(2.0), 1e-3);
  EXPECT_NEAR(sharp[0] / sharp[1], std::exp(3.0), 1e-3);
  EXPECT_NEAR(sum(sharp), sum(plain), 1e-3);
}

TEST(NextOnsets, AreThoseOfTheNextBarThatPlays) {
  GridPiece piece;
  piece.bars.resize(4);
  for (GridBar& bar : piece.bars) bar.meter = 2;  // 4/4
  piece.bars[2].notes = {{.role = Role::kBass, .position = 0, .pitch = 40},
                         {.role = Role::kLead, .position = 6, .pitch = 60},
                         {.role = Role::kLead, .position = 6, .pitch = 64},
                         {.role = Role::kLead, .position = 12, .pitch = 67}};
  const auto next = next_onset(piece, Role::kLead, {.from = 0, .first = 1, .last = 4});
  ASSERT_TRUE(next);
  EXPECT_EQ(next->position, 2 * 48 + 6);
  EXPECT_EQ(next->pitches, (std::vector<int>{60, 64}));
  EXPECT_FALSE(next_onset(piece, Role::kLead, {.from = 0, .first = 1, .last = 2}));
  EXPECT_FALSE(next_onset(piece, Role::kPad, {.from = 0, .first = 1, .last = 4}));
}

TEST_F(ComposerDrawTest, DrumsAreLimitedByInstrument) {
  ComposerDraw draw(model_, {}, streams(4));
  draw.tell(header());
  draw.tell(composer_ids("bar role.drums"));
  BlockLimits limits;
  limits.role = Role::kDrums;
  limits.takes = [](int, int instrument) { return instrument == 36 || instrument == 38; };
  for (const auto& block : draw.draw(block_task(limits))) {
    for (const TokenId id : block) {
      if (kDrum.holds(id)) {
        EXPECT_THAT(kLowestDrum + kDrum.value(id), testing::AnyOf(36, 38));
      }
    }
  }
}

TEST(BlockLimits, WithoutRoomAreSeenBefore) {
  EXPECT_TRUE(has_room({}, 48));
  BlockLimits limits;
  limits.takes = [](int, int) { return false; };
  EXPECT_FALSE(has_room(limits, 48));
  limits = {};
  limits.most_onsets = 0;
  EXPECT_FALSE(has_room(limits, 48));
  limits = {};
  limits.first_position = 48;
  EXPECT_FALSE(has_room(limits, 48));
  EXPECT_TRUE(has_room(limits, 96));
}

}  // namespace
}  // namespace undersong
