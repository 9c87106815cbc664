#include "score/score.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace undersong {
namespace {

using testing::ElementsAre;

TEST(SortEvents, OrdersNotesByOnsetPitchAndDuration) {
  Score score;
  score.tracks.resize(1);
  score.tracks[0].notes = {{10, 1, 50}, {0, 5, 64}, {0, 9, 60}, {0, 5, 60}};
  sort_events(score);
  EXPECT_THAT(score.tracks[0].notes,
              ElementsAre(Note{0, 5, 60}, Note{0, 9, 60}, Note{0, 5, 64}, Note{10, 1, 50}));
}

TEST(SortEvents, KeepsTheOrderOfControlsAtOneTick) {
  using Kind = ControlEvent::Kind;
  Score score;
  score.tracks.resize(1);
  const ControlEvent bank = {5, Kind::kController, 0, 32, 1};
  const ControlEvent program = {5, Kind::kProgram, 0, 0, 7};
  const ControlEvent early = {0, Kind::kController, 0, 7, 100};
  score.tracks[0].controls = {program, bank, early};
  sort_events(score);
  EXPECT_THAT(score.tracks[0].controls, ElementsAre(early, program, bank));
}

TEST(EndTicks, IsTheEndOfTheLastNoteToEnd) {
  Score score;
  EXPECT_EQ(end_ticks(score), 0);
  score.tracks.resize(2);
  score.tracks[0].notes = {{0, 100, 60}, {50, 10, 60}};
  score.tracks[1].notes = {{90, 5, 60}};
  EXPECT_EQ(end_ticks(score), 100);
  EXPECT_EQ(note_count(score), 3u);
}

}  // namespace
}  // namespace undersong
