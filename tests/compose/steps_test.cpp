#include "compose/steps.h"

#include <gtest/gtest.h>

#include "support/test_style.h"
#include "test_plan.h"

namespace undersong {
namespace {

struct Piece {
  Style style = make_test_style();
  Plan plan = make_test_plan(style, {{.name = "A", .kind = "A", .bars = 4}});
};

std::vector<Ticks> onsets(const std::vector<StepOnset>& steps) {
  std::vector<Ticks> ticks;
  for (const StepOnset& step : steps) ticks.push_back(step.onset);
  return ticks;
}

TEST(Steps, StandOnTheGridAndHoldWhatTheyHold) {
  const Piece piece;
  const WriterContext context(piece.plan, piece.style);
  const auto steps = unroll("X--...x-", 2, context, {0, 1});
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].onset, 0);
  EXPECT_EQ(steps[0].end, 3 * 240);
  EXPECT_EQ(steps[0].symbol, 'X');
  EXPECT_EQ(steps[1].onset, 6 * 240);
  EXPECT_EQ(steps[1].end, 8 * 240);
  EXPECT_EQ(steps[1].at, 6U);
}

TEST(Steps, OfSeveralBarsCountFromTheSectionsFirst) {
  const Piece piece;
  const WriterContext context(piece.plan, piece.style);
  // The second bar of the pattern, whatever bar the range begins with.
  EXPECT_EQ(onsets(unroll("x....x..", 1, context, {1, 3})),
            (std::vector<Ticks>{1920 + 480, 2 * 1920}));
}

TEST(Steps, HoldOverTheBarLine) {
  const Piece piece;
  const WriterContext context(piece.plan, piece.style);
  const auto steps = unroll("...x--..", 1, context, {0, 2});
  ASSERT_EQ(steps.size(), 1U);
  EXPECT_EQ(steps[0].end - steps[0].onset, 3 * 480);
  EXPECT_EQ(held_into("...x--..", 1, context, 1), 2 * 480);
  EXPECT_EQ(held_into("...x--..", 1, context, 0), 0);
}

TEST(Steps, AreCutInShortBarsAndGoOnFromTheStartInLongOnes) {
  Piece piece;
  piece.plan.bars[0].beats = 2;
  piece.plan.bars[1].beats = 6;
  const WriterContext context(piece.plan, piece.style);
  EXPECT_EQ(onsets(unroll("xx.x", 1, context, {0, 1})), (std::vector<Ticks>{0, 480}));
  EXPECT_EQ(onsets(unroll("xx.x", 1, context, {1, 2})),
            (std::vector<Ticks>{960, 960 + 480, 960 + 3 * 480, 960 + 4 * 480, 960 + 5 * 480}));
}

TEST(Steps, AreChosenByEnergyAndThenByWeight) {
  const std::vector<StepPattern> patterns = {{"low", "x...", 1, {0.0, 0.4}, 1.0},
                                             {"high", "xxxx", 1, {0.6, 1.0}, 1.0},
                                             {"rare", "x.x.", 1, {0.6, 1.0}, 1e-9}};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(choose_by_energy(patterns, 0.2, Rng(seed)), 0U);
    EXPECT_EQ(choose_by_energy(patterns, 0.9, Rng(seed)), 1U);
    // Between the ranges, the nearer one.
    EXPECT_EQ(choose_by_energy(patterns, 0.45, Rng(seed)), 0U);
  }
}

}  // namespace
}  // namespace undersong
