#include "score/tempo_map.h"

#include <gtest/gtest.h>

namespace undersong {
namespace {

Score score_with_tempos(std::vector<TempoChange> tempos) {
  Score score;
  score.tempos = std::move(tempos);
  return score;
}

TEST(TempoMap, Plays120BpmUntilTold) {
  const TempoMap map{Score{}};
  EXPECT_DOUBLE_EQ(map.seconds_at(480), 0.5);
  EXPECT_DOUBLE_EQ(map.bpm_at(0), 120.0);
}

TEST(TempoMap, IntegratesEachTempoOverItsOwnSpan) {
  const TempoMap map(score_with_tempos({{0, 1000000}, {960, 500000}}));
  EXPECT_DOUBLE_EQ(map.seconds_at(960), 2.0);
  EXPECT_DOUBLE_EQ(map.seconds_at(1440), 2.5);
  EXPECT_DOUBLE_EQ(map.bpm_at(959), 60.0);
  EXPECT_DOUBLE_EQ(map.bpm_at(960), 120.0);
}

TEST(TempoMap, TakesTheLastOfTwoChangesAtOneTick) {
  const TempoMap map(score_with_tempos({{0, 1000000}, {0, 250000}}));
  EXPECT_DOUBLE_EQ(map.seconds_at(480), 0.25);
}

TEST(TempoMap, FindsTheTickOfATime) {
  const TempoMap map(score_with_tempos({{0, 1000000}, {960, 500000}}));
  for (const Ticks tick : {0, 1, 479, 960, 961, 5000})
    EXPECT_EQ(map.ticks_at(map.seconds_at(tick)), tick);
  EXPECT_EQ(map.ticks_at(-1.0), 0);
}

TEST(LengthSeconds, EndsWithTheLastNote) {
  Score score;
  score.tracks.push_back({.name = "",
                          .notes = {{.onset_ticks = 480, .duration_ticks = 480}},
                          .controls = {},
                          .texts = {},
                          .sysexes = {}});
  EXPECT_DOUBLE_EQ(length_seconds(score), 1.0);
}

}  // namespace
}  // namespace undersong
