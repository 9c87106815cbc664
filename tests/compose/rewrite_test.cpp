#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "compose/compose.h"
#include "compose/variation.h"
#include "dice_writer.h"
#include "support/test_style.h"
#include "test_plan.h"

namespace undersong {
namespace {

class RewriteOfAScore : public ::testing::Test {
 protected:
  Score compose_dice() const { return compose(plan_, style_, DiceWriter(plan_, style_)); }
  Score rewrite(Score from) const {
    return compose_rewrite(plan_, style_, DiceWriter(plan_, style_), std::move(from));
  }
  static Track& track(Score& score, Role role) {
    return *std::find_if(score.tracks.begin(), score.tracks.end(),
                         [&](const Track& found) { return found.name == title_of(role); });
  }

  Style style_ = make_test_style();
  Plan plan_ = make_test_plan(style_, usual_sections());
  Rewrite lead_of_bars_9_and_10_ = {
      .first_bar = 9, .last_bar = 10, .roles = {Role::kLead}, .seed = 5};
};

TEST_F(RewriteOfAScore, IsThePieceThatThePlanNowMakes) {
  const Score before = compose_dice();
  plan_.request.rewrites = {lead_of_bars_9_and_10_};
  const Score after = rewrite(before);
  EXPECT_NE(after, before);
  EXPECT_EQ(after, compose_dice());
}

TEST_F(RewriteOfAScore, IsThatPieceForEveryRoleAndWithEveryFeel) {
  style_.swing = 0.6;
  for (auto& pack : style_.roles) pack->feel = {6.0, 10.0, 8.0};
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    plan_.request.seed = seed;
    plan_.request.rewrites.clear();
    for (const Role role : kRoles) {
      const Score before = compose(plan_, style_, *make_pattern_writer(plan_, style_));
      const int bar = 5 + static_cast<int>(index_of(role)) * 3;
      plan_.request.rewrites.push_back(
          {.first_bar = bar, .last_bar = bar + 1, .roles = {role}, .seed = seed + 50});
      const auto writer = make_pattern_writer(plan_, style_);
      EXPECT_EQ(compose_rewrite(plan_, style_, *writer, before), compose(plan_, style_, *writer))
          << name_of(role) << ", seed " << seed;
    }
  }
}

TEST_F(RewriteOfAScore, KeepsWhatAPersonEdited) {
  Score from = compose_dice();
  track(from, Role::kBass).notes.clear();
  track(from, Role::kLead).notes.front().velocity = 3;
  track(from, Role::kLead).controls.push_back({.tick = 99, .number = 1, .value = 64});
  from.markers.push_back({70000, "mine"});
  const Score edited = from;
  plan_.request.rewrites = {lead_of_bars_9_and_10_};
  Score after = rewrite(from);
  const WriterContext context(plan_, style_);
  const TickSpan span = {context.onset(8), context.onset(10)};
  EXPECT_NE(notes_within(track(after, Role::kLead).notes, span),
            notes_within(track(from, Role::kLead).notes, span));
  erase_notes(track(after, Role::kLead).notes, span);
  erase_notes(track(from, Role::kLead).notes, span);
  EXPECT_EQ(after, from);
}

TEST_F(RewriteOfAScore, FindsARenamedTrack) {
  Score from = compose_dice();
  track(from, Role::kLead).name = "Vibes";
  plan_.request.rewrites = {lead_of_bars_9_and_10_};
  EXPECT_NE(rewrite(from), from);
}

TEST_F(RewriteOfAScore, SaysWhichTrackIsMissing) {
  Score from = compose_dice();
  std::erase_if(from.tracks, [](const Track& found) { return found.name == "Lead"; });
  plan_.request.rewrites = {lead_of_bars_9_and_10_};
  try {
    rewrite(from);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMismatch);
    EXPECT_THAT(error.message(), ::testing::HasSubstr("no track \"Lead\""));
  }
}

// No lead but in bars that are written again, or there neither.
class ShyWriter final : public PartWriter {
 public:
  enum class Lead { kWhenAskedAgain, kNever };
  ShyWriter(const Plan& plan, const Style& style, Lead lead) : dice_(plan, style), lead_(lead) {}

  std::vector<Note> write(const PartRequest& request, Rng rng) const override {
    const bool again = request.bars.last - request.bars.first == 2;
    const bool sings = again && lead_ == Lead::kWhenAskedAgain;
    if (request.role == Role::kLead && !sings) return {};
    return dice_.write(request, rng);
  }

 private:
  DiceWriter dice_;
  Lead lead_;
};

TEST_F(RewriteOfAScore, MayHaveTheFirstNotesOfARoleOrItsLast) {
  const Score without = compose(plan_, style_, ShyWriter(plan_, style_, ShyWriter::Lead::kNever));
  plan_.request.rewrites = {lead_of_bars_9_and_10_};
  const ShyWriter sings(plan_, style_, ShyWriter::Lead::kWhenAskedAgain);
  Score with = compose_rewrite(plan_, style_, sings, without);
  EXPECT_FALSE(track(with, Role::kLead).notes.empty());
  EXPECT_EQ(with, compose(plan_, style_, sings));

  plan_.request.rewrites.push_back(lead_of_bars_9_and_10_);
  const ShyWriter silent(plan_, style_, ShyWriter::Lead::kNever);
  EXPECT_EQ(compose_rewrite(plan_, style_, silent, with), without);
}

TEST_F(RewriteOfAScore, SaysWhichBarLiesElsewhere) {
  Score from = compose_dice();
  from.meters.push_back({.tick = 5 * 1920, .numerator = 3, .denominator = 4});
  plan_.request.rewrites = {lead_of_bars_9_and_10_};
  try {
    rewrite(from);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMismatch);
    EXPECT_THAT(error.message(), ::testing::HasSubstr("bar 7 of the file"));
  }
}

}  // namespace
}  // namespace undersong
