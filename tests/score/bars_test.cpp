#include "score/bars.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

namespace undersong {
namespace {

Score score_until(Ticks end) {
  Score score;
  score.tracks.push_back({});
  score.tracks[0].notes.push_back({0, end, 60});
  return score;
}

TEST(Bars, AreFourQuartersUntilAMeterSaysOtherwise) {
  const BarGrid bars(score_until(1921));
  EXPECT_EQ(bars.count(), 2);
  EXPECT_EQ(bars.onset(1), 1920);
  EXPECT_EQ(bars.bar_at(1919), 0);
  EXPECT_EQ(bars.bar_at(1920), 1);
}

TEST(Bars, FollowEachMeterFromWhereItStands) {
  Score score = score_until(5000);
  score.meters = {{0, 3, 4}, {2880, 4, 4}};
  const BarGrid bars(score);
  EXPECT_EQ(bars.onset(2), 2880);
  EXPECT_EQ(bars.onset(3), 4800);
  EXPECT_EQ(bars.bar_at(2879), 1);
  EXPECT_EQ(bars.count(), 4);
}

TEST(Bars, EndEarlyWhereTheMeterChangesInsideOne) {
  Score score = score_until(4000);
  score.meters = {{0, 4, 4}, {2400, 2, 4}};
  const BarGrid bars(score);
  EXPECT_EQ(bars.onset(1), 1920);
  EXPECT_EQ(bars.onset(2), 2400);
  EXPECT_EQ(bars.onset(3), 3360);
}

TEST(Bars, AnEmptyScoreHasNone) { EXPECT_EQ(BarGrid(Score{}).count(), 0); }

TEST(Bars, AMeterThatStandsTwiceAtOneTickCountsAsTheLast) {
  Score score = score_until(100);
  score.meters = {{0, 4, 4}, {0, 3, 4}};
  EXPECT_EQ(BarGrid(score).onset(1), 1440);
}

TEST(Bars, EveryOnsetLiesInItsOwnBar) {
  const bool holds = rc::check("bar_at(onset(b)) == b", [] {
    Score score = score_until(1000);
    score.ticks_per_quarter = *rc::gen::inRange(1, 1000);
    Ticks tick = 0;
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i) {
      const auto numerator = static_cast<std::uint8_t>(*rc::gen::inRange(1, 32));
      const auto power = *rc::gen::inRange(0, 8);
      score.meters.push_back({tick, numerator, static_cast<std::uint8_t>(1 << power)});
      tick += *rc::gen::inRange(0, 10000);
    }
    const BarGrid bars(score);
    const std::int64_t bar = *rc::gen::inRange(0, 2000);
    RC_ASSERT(bars.bar_at(bars.onset(bar)) == bar);
    if (bar > 0) RC_ASSERT(bars.bar_at(bars.onset(bar) - 1) == bar - 1);
  });
  EXPECT_TRUE(holds);
}

TEST(Bars, NeverLeaveTheRangeOfTicks) {
  const BarGrid bars(score_until(100));
  EXPECT_EQ(bars.onset(std::numeric_limits<std::int64_t>::max()),
            std::numeric_limits<Ticks>::max());
}

}  // namespace
}  // namespace undersong
