// The writer's bytes, one by one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "base/error.h"
#include "midi/midi_bytes.h"
#include "midi/midi_file.h"

namespace undersong {
namespace {

using testing::ElementsAreArray;
using Kind = ControlEvent::Kind;

Score score_with(Track track) {
  Score score;
  score.tracks.push_back(std::move(track));
  return score;
}

Track track_with(std::vector<Note> notes) {
  Track track;
  track.notes = std::move(notes);
  return track;
}

void expect_track_bytes(const Track& content, const Bytes& events) {
  EXPECT_THAT(write_midi(score_with(content)),
              ElementsAreArray(join({header(1, 2, 480), track({}), track(events)})));
}

TEST(WriteMidi, WritesAConductorTrackAlone) {
  Score score;
  score.ticks_per_quarter = 96;
  score.tempos = {{0, 500000}, {960, 1000000}};
  score.meters = {{0, 6, 8, 36, 8}};
  score.keys = {{0, -3, true}};
  score.markers = {{960, "Ende"}};
  EXPECT_THAT(
      write_midi(score),
      ElementsAreArray(join({header(1, 1, 96), track(join({
                                                   meta(0x51, {"\x07\xA1\x20", 3}),
                                                   meta(0x58, {"\x06\x03\x24\x08", 4}),
                                                   meta(0x59, {"\xFD\x01", 2}),
                                                   {0x87, 0x40, 0xFF, 0x51, 0x03, 0x0F, 0x42, 0x40},
                                                   meta(0x06, "Ende"),
                                               }))})));
}

TEST(WriteMidi, UsesRunningStatusAndVelocityZero) {
  expect_track_bytes(
      track_with({{0, 96, 60, 80}, {96, 96, 62, 81}}),
      {0x00, 0x90, 0x3C, 0x50, 0x60, 0x3C, 0x00, 0x00, 0x3E, 0x51, 0x60, 0x3E, 0x00});
}

TEST(WriteMidi, WritesAReleaseVelocityOtherThanTheStandards) {
  expect_track_bytes(track_with({{0, 96, 60, 80, 1, 20}}),
                     {0x00, 0x91, 0x3C, 0x50, 0x60, 0x81, 0x3C, 0x14});
}

TEST(WriteMidi, EndsAnOldNoteBeforeItStartsTheNext) {
  expect_track_bytes(track_with({{0, 10, 60, 80}, {10, 0, 60, 81}, {10, 10, 60, 82}}),
                     {0x00, 0x90, 0x3C, 0x50, 0x0A, 0x3C, 0x00, 0x00, 0x3C, 0x51,  //
                      0x00, 0x3C, 0x00, 0x00, 0x3C, 0x52, 0x0A, 0x3C, 0x00});
}

TEST(WriteMidi, WritesTextsAndControlsBeforeTheNotesOfTheirTick) {
  Track track = track_with({{10, 10, 60, 80}});
  track.name = "Horn";
  track.controls = {{10, Kind::kProgram, 0, 0, 60},
                    {10, Kind::kController, 0, 7, 100},
                    {10, Kind::kPitchBend, 0, 0, 8191},
                    {10, Kind::kChannelPressure, 0, 0, 1},
                    {10, Kind::kKeyPressure, 0, 60, 2}};
  track.texts = {{10, TextEvent::Kind::kLyric, "la"}};
  track.sysexes = {{10, {0x7E, 0xF7}}};
  expect_track_bytes(track,
                     join({meta(0x03, "Horn"),
                           {0x0A, 0xFF, 0x05, 0x02, 'l', 'a', 0x00, 0xF0, 0x02, 0x7E, 0xF7},
                           {0x00, 0xC0, 0x3C, 0x00, 0xB0, 0x07, 0x64, 0x00, 0xE0, 0x7F, 0x7F},
                           {0x00, 0xD0, 0x01, 0x00, 0xA0, 0x3C, 0x02, 0x00, 0x90, 0x3C, 0x50},
                           {0x0A, 0x3C, 0x00}}));
}

TEST(WriteMidi, StartsAStatusAnewBehindAMetaEvent) {
  Track track;
  track.controls = {{0, Kind::kController, 0, 7, 1}, {5, Kind::kController, 0, 7, 2}};
  track.texts = {{5, TextEvent::Kind::kText, ""}};
  expect_track_bytes(track,
                     {0x00, 0xB0, 0x07, 0x01, 0x05, 0xFF, 0x01, 0x00, 0x00, 0xB0, 0x07, 0x02});
}

TEST(WriteMidi, WritesDeltaTimesOfEachLength) {
  Track track;
  for (const Ticks tick : {127, 127 + 128, 127 + 128 + 16383, 127 + 128 + 16383 + 2097152})
    track.controls.push_back({tick, Kind::kProgram, 0, 0, 1});
  expect_track_bytes(track, {0x7F, 0xC0, 0x01, 0x81, 0x00, 0x01, 0xFF, 0x7F, 0x01,  //
                             0x81, 0x80, 0x80, 0x00, 0x01});
}

TEST(WriteMidi, BridgesGapsOfMoreThan28Bits) {
  Track track;
  track.controls = {{0x10000000, Kind::kProgram, 0, 0, 1}};
  expect_track_bytes(track, {0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0x7F, 0x00, 0x01, 0xC0, 0x01});
}

TEST(WriteMidi, KeepsTheLastTickThereIs) {
  constexpr Ticks kLast = std::numeric_limits<Ticks>::max();
  const Score score = score_with(track_with({{kLast - 1, 1, 60, 80}, {kLast, 0, 62, 80}}));
  EXPECT_EQ(read_midi(write_midi(score)).score, score);
}

TEST(WriteMidi, ChecksThatTheScoreIsOne) {
  EXPECT_THROW(write_midi(score_with(track_with({{0, 10, 128, 80}}))), std::logic_error);
  EXPECT_THROW(write_midi(score_with(track_with({{0, 10, 60, 0}}))), std::logic_error);
  EXPECT_THROW(write_midi(score_with(track_with({{0, -1, 60, 80}}))), std::logic_error);
  EXPECT_THROW(write_midi(score_with(track_with({{0, 10, 60, 80, 16}}))), std::logic_error);
  Score score;
  score.meters = {{0, 3, 6}};
  EXPECT_THROW(write_midi(score), std::logic_error);
}

TEST(WriteMidi, RefusesMoreTracksThanTheHeaderCounts) {
  Score score;
  score.tracks.resize(65535);
  EXPECT_THROW(write_midi(score), Error);
  score.tracks.resize(65534);
  EXPECT_EQ(read_midi(write_midi(score)).score, score);
}

}  // namespace
}  // namespace undersong
