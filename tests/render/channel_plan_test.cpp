#include "render/channel_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace undersong::detail {
namespace {

using ::testing::ElementsAre;
using Kind = ControlEvent::Kind;

Track playing(std::uint8_t channel, std::vector<std::int16_t> programs) {
  Track track;
  track.notes = {{.onset_ticks = 0, .duration_ticks = 480, .channel = channel}};
  for (const auto program : programs)
    track.controls.push_back({0, Kind::kProgram, channel, 0, program});
  return track;
}

Score with_tracks(std::vector<Track> tracks) {
  Score score;
  score.tracks = std::move(tracks);
  return score;
}

TEST(ChannelPlan, KeepsTheChannelsOfTheScore) {
  const auto plan = plan_channels(with_tracks({playing(3, {5}), playing(4, {6})}));
  EXPECT_THAT(plan.targets[0][3], ElementsAre(3));
  EXPECT_THAT(plan.targets[1][4], ElementsAre(4));
  EXPECT_EQ(plan.is_percussion.size(), 16U);
  EXPECT_TRUE(plan.is_percussion[9]);
  EXPECT_FALSE(plan.is_percussion[3]);
}

TEST(ChannelPlan, GivesTracksThatWantDifferentInstrumentsTheirOwnChannels) {
  const auto plan = plan_channels(
      with_tracks({playing(0, {0}), playing(0, {40}), playing(0, {0}), playing(0, {73})}));
  EXPECT_THAT(plan.targets[0][0], ElementsAre(0));
  EXPECT_THAT(plan.targets[1][0], ElementsAre(16));
  EXPECT_THAT(plan.targets[2][0], ElementsAre(0));
  EXPECT_THAT(plan.targets[3][0], ElementsAre(17));
  EXPECT_EQ(plan.is_percussion.size(), 32U);
}

TEST(ChannelPlan, SendsControlsOfATrackWithoutItsOwnInstrumentToAll) {
  const auto plan =
      plan_channels(with_tracks({Track{}, playing(0, {0}), playing(0, {40}), playing(0, {})}));
  EXPECT_THAT(plan.targets[0][0], ElementsAre(0, 16));
  EXPECT_THAT(plan.targets[3][0].front(), 0);
}

TEST(ChannelPlan, LeavesTracksThatAgreeOnOneChannel) {
  const auto plan = plan_channels(with_tracks({playing(0, {5}), playing(0, {5, 9})}));
  EXPECT_THAT(plan.targets[1][0], ElementsAre(0));
  EXPECT_EQ(plan.is_percussion.size(), 16U);
}

TEST(ChannelPlan, KeepsPercussionPercussionWhenItIsSplit) {
  const auto plan = plan_channels(with_tracks({playing(9, {0}), playing(9, {25})}));
  EXPECT_THAT(plan.targets[1][9], ElementsAre(16));
  EXPECT_TRUE(plan.is_percussion[16]);
  EXPECT_FALSE(plan.is_percussion[25]);
}

TEST(ChannelPlan, SharesChannelsWhenTheSynthesizerHasNoMore) {
  std::vector<Track> tracks;
  for (std::uint8_t channel = 0; channel < 16; ++channel) {
    for (std::int16_t program = 0; program < 20; ++program)
      tracks.push_back(playing(channel, {program}));
  }
  const auto plan = plan_channels(with_tracks(std::move(tracks)));
  EXPECT_EQ(plan.is_percussion.size(), 256U);
  EXPECT_THAT(plan.targets.back()[15], ElementsAre(15));
}

}  // namespace
}  // namespace undersong::detail
