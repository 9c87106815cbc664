#include "score/pedal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace undersong {
namespace {

using testing::ElementsAre;

Score pedalled(std::vector<Note> notes, std::vector<std::pair<Ticks, int>> pedal) {
  Score score;
  score.tracks.resize(1);
  score.tracks[0].notes = std::move(notes);
  for (const auto& [tick, value] : pedal) {
    score.tracks[0].controls.push_back({tick, ControlEvent::Kind::kController, 0,
                                        kSustainController, static_cast<std::int16_t>(value)});
  }
  return apply_sustain_pedal(score);
}

TEST(ApplySustainPedal, HoldsNotesUntilThePedalGoesUp) {
  const Score score = pedalled({{0, 10, 60}, {20, 10, 62}}, {{5, 127}, {25, 0}});
  EXPECT_THAT(score.tracks[0].notes, ElementsAre(Note{0, 25, 60}, Note{20, 10, 62}));
  EXPECT_TRUE(score.tracks[0].controls.empty());
}

TEST(ApplySustainPedal, LeavesNotesThatEndBeforeOrBehindThePedal) {
  const Score score = pedalled({{0, 10, 60}, {20, 10, 62}}, {{10, 64}, {30, 63}});
  EXPECT_THAT(score.tracks[0].notes, ElementsAre(Note{0, 10, 60}, Note{20, 10, 62}));
}

TEST(ApplySustainPedal, EndsAHeldNoteWhereItsKeyIsStruckAgain) {
  const Score score = pedalled({{0, 10, 60}, {15, 5, 60}, {20, 5, 60}}, {{5, 127}, {40, 0}});
  EXPECT_THAT(score.tracks[0].notes,
              ElementsAre(Note{0, 15, 60}, Note{15, 5, 60}, Note{20, 20, 60}));
}

TEST(ApplySustainPedal, HoldsANoteOfNoLength) {
  const Score score = pedalled({{10, 0, 60}}, {{5, 127}, {40, 0}});
  EXPECT_THAT(score.tracks[0].notes, ElementsAre(Note{10, 30, 60}));
}

TEST(ApplySustainPedal, DoesNotNeedTheSameEventTwice) {
  const Score score = pedalled({{0, 10, 60}}, {{5, 127}, {6, 100}, {30, 20}, {31, 0}});
  EXPECT_THAT(score.tracks[0].notes, ElementsAre(Note{0, 30, 60}));
}

TEST(ApplySustainPedal, HoldsToTheEndOfTheMusicWhenThePedalStaysDown) {
  const Score score = pedalled({{0, 10, 60}, {0, 100, 72}}, {{5, 127}});
  EXPECT_THAT(score.tracks[0].notes, ElementsAre(Note{0, 100, 60}, Note{0, 100, 72}));
}

TEST(ApplySustainPedal, CountsForItsChannelInEveryTrack) {
  Score score;
  score.tracks.resize(2);
  score.tracks[0].notes = {{0, 10, 60, 64, 0}, {0, 10, 60, 64, 1}};
  score.tracks[1].controls = {{5, ControlEvent::Kind::kController, 0, 64, 127},
                              {7, ControlEvent::Kind::kController, 0, 7, 100},
                              {30, ControlEvent::Kind::kController, 0, 64, 0}};
  const Score played = apply_sustain_pedal(score);
  EXPECT_THAT(played.tracks[0].notes, ElementsAre(Note{0, 10, 60, 64, 1}, Note{0, 30, 60, 64, 0}));
  EXPECT_EQ(played.tracks[1].controls.size(), 1u);  // the volume stays
}

}  // namespace
}  // namespace undersong
