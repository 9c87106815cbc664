#include "compose/tracks.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "compose/compose.h"
#include "midi/midi_file.h"
#include "support/test_style.h"
#include "test_plan.h"

namespace undersong {
namespace {

Score compose_test(std::uint64_t seed = 1, Ending ending = Ending::kRing) {
  const Style style = make_test_style();
  const Plan plan = make_test_plan(style, usual_sections(), seed, ending);
  return compose(plan, style, *make_pattern_writer(plan, style));
}

TEST(Tracks, ComeBackFromAMidiFile) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (const Ending ending : {Ending::kRing, Ending::kCut}) {
      const Score score = compose_test(seed, ending);
      const MidiReading reading = read_midi(write_midi(score));
      EXPECT_TRUE(reading.repairs.empty());
      EXPECT_EQ(reading.score, score);
    }
  }
}

TEST(Tracks, OfPercussionHaveTheKitOfTheDrumsWhoseChannelTheyShare) {
  const Style style = make_test_style();
  Plan plan = make_test_plan(style, usual_sections(), 1, Ending::kRing);
  for (PlannedInstrument& instrument : plan.instruments) {
    if (instrument.role == Role::kDrums) instrument.program = 25;
    if (instrument.role == Role::kPercussion) instrument.program = 0;
  }
  const Score score = compose(plan, style, *make_pattern_writer(plan, style));
  EXPECT_EQ(score.tracks.at(0).controls.at(0).value, 25);
  ASSERT_EQ(score.tracks.at(1).name, "Percussion");
  EXPECT_EQ(score.tracks.at(1).controls.at(0).value, 25);
  // And their volume and pan: of two settings of a channel other programs take the last.
  EXPECT_EQ(score.tracks.at(1).controls.size(), 1U);
}

TEST(Tracks, AreARoleEachWithItsInstrumentAndChannel) {
  const Score score = compose_test();
  ASSERT_GE(score.tracks.size(), 3U);
  EXPECT_EQ(score.tracks[0].name, "Drums");
  EXPECT_EQ(score.tracks[1].name, "Percussion");
  EXPECT_EQ(score.tracks[2].name, "Bass");
  for (const Track& track : score.tracks) {
    const std::optional<Role> role = role_of(track);
    ASSERT_TRUE(role);
    EXPECT_EQ(track.name, title_of(*role));
    ASSERT_EQ(track.controls.size(), role == Role::kPercussion ? 1U : 5U);
    EXPECT_EQ(track.controls[0].kind, ControlEvent::Kind::kProgram);
    for (const ControlEvent& control : track.controls) {
      EXPECT_EQ(control.tick, 0);
      EXPECT_EQ(control.channel, channel_of(*role));
    }
    for (const Note& note : track.notes) EXPECT_EQ(note.channel, channel_of(*role));
    ASSERT_EQ(track.texts.size(), 1U);
    EXPECT_EQ(track.texts[0].kind, TextEvent::Kind::kInstrument);
  }
  EXPECT_EQ(score.tracks[0].notes[0].channel, kDrumChannel);
  EXPECT_EQ(score.tracks[2].texts[0].text, "Electric Bass (finger)");
}

TEST(Tracks, BeginWithTheSectionsAsMarkers) {
  const Score score = compose_test();
  ASSERT_EQ(score.markers.size(), 6U);
  EXPECT_EQ(score.markers[2].text, "A'");
  EXPECT_EQ(score.markers[2].tick, 12 * 1920);
}

TEST(Tracks, ARenamedTrackIsKnownByItsChannel) {
  Track track;
  track.name = "my bass";
  track.notes = {make_note(0, 10, 40, 80)};
  track.notes[0].channel = channel_of(Role::kBass);
  EXPECT_EQ(role_of(track), Role::kBass);
  EXPECT_EQ(role_of(Track{}), std::nullopt);
}

TEST(Tracks, ChannelsOfMelodicRolesDiffer) {
  std::array<int, 16> users{};
  for (const Role role : kRoles) ++users[channel_of(role)];
  EXPECT_EQ(users[kDrumChannel], 2);
  for (std::size_t i = 0; i < users.size(); ++i) {
    if (i != kDrumChannel) {
      EXPECT_LE(users[i], 1);
    }
  }
}

TEST(Levels, FollowGeneralMidi) {
  EXPECT_EQ(controller_of_level(0.0), 127);
  // 40 log10(100 / 127) is -4.15 dB, 40 log10(64 / 127) -11.9 dB.
  EXPECT_EQ(controller_of_level(-4.15), 100);
  EXPECT_EQ(controller_of_level(-11.9), 64);
  EXPECT_EQ(controller_of_level(12.0), 127);
  EXPECT_EQ(controller_of_level(-200.0), 0);
}

TEST(Composition, OfACutOrALoopEndsWithItsBars) {
  for (const Ending ending : {Ending::kCut, Ending::kLoop, Ending::kFade})
    EXPECT_LE(end_ticks(compose_test(3, ending)), 36 * 1920);
}

TEST(Composition, OfAFinalChordEndsWithIt) {
  const Score score = compose_test(3);
  // Three seconds at 90 BPM are 2160 ticks.
  EXPECT_GT(end_ticks(score), 36 * 1920 + 1440);
  EXPECT_LE(end_ticks(score), 36 * 1920 + 2160);
}

}  // namespace
}  // namespace undersong
