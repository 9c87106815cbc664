// What each part of a Standard MIDI File becomes. Every expected value is worked out by hand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "midi/midi_bytes.h"
#include "midi/midi_file.h"
#include "score/tempo_map.h"
#include "support/temporary_folder.h"

namespace undersong {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = ControlEvent::Kind;

// The only track of a sound format 1 file with one track chunk.
Track read_track(const Bytes& events) {
  const MidiReading reading = read_midi(join({header(1, 1, 480), track(events)}));
  EXPECT_THAT(reading.repairs, IsEmpty());
  EXPECT_EQ(reading.score.tracks.size(), 1u);
  return reading.score.tracks.empty() ? Track{} : reading.score.tracks.front();
}

Score read_sound(const Bytes& file) {
  MidiReading reading = read_midi(file);
  EXPECT_THAT(reading.repairs, IsEmpty());
  return reading.score;
}

TEST(ReadMidi, ReadsANote) {
  const Track track = read_track({0x60, 0x91, 0x3C, 0x50, 0x83, 0x60, 0x81, 0x3C, 0x20});
  EXPECT_THAT(track.notes, ElementsAre(Note{96, 480, 60, 0x50, 1, 0x20}));
}

TEST(ReadMidi, EndsANoteAtVelocityZero) {
  const Track track = read_track({0x00, 0x90, 0x3C, 0x50, 0x60, 0x90, 0x3C, 0x00});
  EXPECT_THAT(track.notes, ElementsAre(Note{0, 96, 60, 0x50, 0, 64}));
}

TEST(ReadMidi, KeepsTheRunningStatus) {
  const Track track =
      read_track({0x00, 0x90, 0x3C, 0x50, 0x60, 0x3C, 0x00, 0x00, 0x3E, 0x51, 0x60, 0x3E, 0x00});
  EXPECT_THAT(track.notes, ElementsAre(Note{0, 96, 60, 0x50}, Note{96, 96, 62, 0x51}));
}

TEST(ReadMidi, KeepsTheRunningStatusAcrossMetaAndSystemExclusiveEvents) {
  const Track track = read_track(join({{0x00, 0x90, 0x3C, 0x50},
                                       meta(0x01, "x"),
                                       {0x60, 0x3C, 0x00, 0x00, 0xF0, 0x01, 0xF7},
                                       {0x00, 0x3E, 0x51, 0x60, 0x3E, 0x00}}));
  EXPECT_THAT(track.notes, ElementsAre(Note{0, 96, 60, 0x50}, Note{96, 96, 62, 0x51}));
}

TEST(ReadMidi, PairsOverlappingNotesOfOneKeyFirstInFirstOut) {
  const Track track = read_track({0x00, 0x90, 0x3C, 0x50, 0x0A, 0x3C, 0x51, 0x0A, 0x3C, 0x52,  //
                                  0x0A, 0x3C, 0x00, 0x0A, 0x3C, 0x00, 0x0A, 0x3C, 0x00});
  EXPECT_THAT(track.notes,
              ElementsAre(Note{0, 30, 60, 0x50}, Note{10, 30, 60, 0x51}, Note{20, 30, 60, 0x52}));
}

TEST(ReadMidi, PairsTheSameKeyOfEachChannelByItself) {
  const Track track =
      read_track({0x00, 0x90, 0x3C, 0x50, 0x00, 0x91, 0x3C, 0x51, 0x0A, 0x91, 0x3C, 0x00,  //
                  0x0A, 0x90, 0x3C, 0x00});
  EXPECT_THAT(track.notes, ElementsAre(Note{0, 10, 60, 0x51, 1}, Note{0, 20, 60, 0x50, 0}));
}

TEST(ReadMidi, KeepsNotesOfNoLength) {
  const Track track = read_track({0x0A, 0x90, 0x3C, 0x50, 0x00, 0x3C, 0x00});
  EXPECT_THAT(track.notes, ElementsAre(Note{10, 0, 60, 0x50}));
}

TEST(ReadMidi, IgnoresTheEndOfANoteThatDoesNotSound) {
  const Track track = read_track(
      {0x00, 0x80, 0x3C, 0x40, 0x0A, 0x90, 0x3C, 0x50, 0x0A, 0x3C, 0x00, 0x0A, 0x3C, 0x00});
  EXPECT_THAT(track.notes, ElementsAre(Note{10, 10, 60, 0x50}));
}

TEST(ReadMidi, EndsUnendedNotesWithTheTrackAndSaysSo) {
  const MidiReading reading =
      read_midi(join({header(1, 1, 480), track_without_end({0x00, 0x90, 0x3C, 0x50, 0x0A, 0x3E,
                                                            0x51, 0x0A, 0xFF, 0x2F, 0x00})}));
  EXPECT_THAT(reading.score.tracks.at(0).notes,
              ElementsAre(Note{0, 20, 60, 0x50}, Note{10, 10, 62, 0x51}));
  EXPECT_THAT(
      reading.repairs,
      ElementsAre("byte 33: track 1 has 2 notes without an end; the end of the track ends them"));
}

TEST(ReadMidi, StartsEachTrackWithoutSoundingNotes) {
  const MidiReading reading =
      read_midi(join({header(1, 2, 480), track({0x00, 0x90, 0x3C, 0x50}),
                      track({0x0A, 0x90, 0x3C, 0x00, 0x00, 0x3C, 0x51, 0x0A, 0x3C, 0x00})}));
  EXPECT_THAT(reading.score.tracks.at(1).notes, ElementsAre(Note{10, 10, 60, 0x51}));
}

TEST(ReadMidi, SortsChordsFromTheLowestKey) {
  const Track track = read_track({0x00, 0x90, 0x43, 0x50, 0x00, 0x3C, 0x50, 0x00, 0x40, 0x50,  //
                                  0x0A, 0x43, 0x00, 0x00, 0x3C, 0x00, 0x00, 0x40, 0x00});
  EXPECT_THAT(track.notes,
              ElementsAre(Note{0, 10, 60, 0x50}, Note{0, 10, 64, 0x50}, Note{0, 10, 67, 0x50}));
}

TEST(ReadMidi, SortsClustersOfManyKeys) {
  Bytes events = {0x00, 0x90, 0x7F, 0x50};
  for (int key = 126; key >= 0; --key)
    events.insert(events.end(), {0x00, static_cast<std::uint8_t>(key), 0x50});
  for (int key = 0; key < 128; ++key)
    events.insert(events.end(), {0x01, static_cast<std::uint8_t>(key), 0x00});
  const Track track = read_track(events);
  ASSERT_EQ(track.notes.size(), 128u);
  for (int key = 0; key < 128; ++key)
    EXPECT_EQ(track.notes[static_cast<std::size_t>(key)],
              (Note{0, key + 1, static_cast<std::uint8_t>(key), 0x50}));
}

TEST(ReadMidi, ReadsEveryChannelMessage) {
  const Track track =
      read_track({0x00, 0xC2, 0x05, 0x01, 0xB2, 0x40, 0x7F, 0x01, 0xE2, 0x00, 0x50,
                  0x01, 0xE2, 0x00, 0x00, 0x01, 0xD2, 0x33, 0x01, 0xA2, 0x3C, 0x21});
  EXPECT_THAT(track.controls, ElementsAre(ControlEvent{0, Kind::kProgram, 2, 0, 5},
                                          ControlEvent{1, Kind::kController, 2, 64, 127},
                                          ControlEvent{2, Kind::kPitchBend, 2, 0, 2048},
                                          ControlEvent{3, Kind::kPitchBend, 2, 0, -8192},
                                          ControlEvent{4, Kind::kChannelPressure, 2, 0, 0x33},
                                          ControlEvent{5, Kind::kKeyPressure, 2, 60, 0x21}));
}

TEST(ReadMidi, KeepsTheOrderOfControlsAtOneTick) {
  const Track track = read_track({0x00, 0xB0, 0x20, 0x01, 0x00, 0x00, 0x08, 0x00, 0xC0, 0x05});
  EXPECT_THAT(track.controls, ElementsAre(ControlEvent{0, Kind::kController, 0, 32, 1},
                                          ControlEvent{0, Kind::kController, 0, 0, 8},
                                          ControlEvent{0, Kind::kProgram, 0, 0, 5}));
}

TEST(ReadMidi, ReadsTemposMetersKeysAndMarkersOfAllTracks) {
  const Score score = read_sound(
      join({header(1, 2, 96),
            track(join({meta(0x51, {"\x0F\x42\x40", 3}), meta(0x58, {"\x07\x03\x0C\x08", 4})})),
            track(join({{0x0A, 0xFF, 0x59, 0x02, 0xFE, 0x00},
                        meta(0x06, "Chorus"),
                        meta(0x51, {"\x07\xA1\x20", 3}),
                        {0x00, 0xC0, 0x01}}))}));
  EXPECT_EQ(score.ticks_per_quarter, 96);
  EXPECT_THAT(score.tempos, ElementsAre(TempoChange{0, 1000000}, TempoChange{10, 500000}));
  EXPECT_THAT(score.meters, ElementsAre(Meter{0, 7, 8, 12, 8}));
  EXPECT_THAT(score.keys, ElementsAre(KeySignature{10, -2, false}));
  EXPECT_THAT(score.markers, ElementsAre(Marker{10, "Chorus"}));
  ASSERT_EQ(score.tracks.size(), 1u);  // the conductor track is no track of the score
  EXPECT_EQ(score.tracks[0].controls.size(), 1u);
}

TEST(ReadMidi, SortsTheTemposOfSeveralTracksAndJoinsEqualOnes) {
  const Bytes key = {0x00, 0xFF, 0x59, 0x02, 0x02, 0x00};
  const Score score = read_sound(
      join({header(1, 2, 96),
            track(join({key, {0x20, 0xFF, 0x51, 0x03, 0x0F, 0x42, 0x40, 0x00, 0xC0, 0x01}})),
            track(join({key, {0x10, 0xFF, 0x51, 0x03, 0x07, 0xA1, 0x20}}))}));
  EXPECT_THAT(score.tempos, ElementsAre(TempoChange{16, 500000}, TempoChange{32, 1000000}));
  EXPECT_THAT(score.keys, ElementsAre(KeySignature{0, 2, false}));
}

TEST(ReadMidi, ReadsNamesAndTexts) {
  const Track track = read_track(
      join({meta(0x03, "Fl\xF6te"), meta(0x01, "one"), meta(0x02, "two"), meta(0x04, "four"),
            meta(0x05, "five"), meta(0x07, "seven"), meta(0x09, "device"), meta(0x03, "again")}));
  using Text = TextEvent::Kind;
  EXPECT_EQ(track.name, "Flöte");
  EXPECT_THAT(track.texts,
              ElementsAre(TextEvent{0, Text::kText, "one"}, TextEvent{0, Text::kCopyright, "two"},
                          TextEvent{0, Text::kInstrument, "four"},
                          TextEvent{0, Text::kLyric, "five"}, TextEvent{0, Text::kCue, "seven"},
                          TextEvent{0, Text::kText, "device"}, TextEvent{0, Text::kText, "again"}));
}

TEST(ReadMidi, SkipsMetaEventsThatAScoreDoesNotKeep) {
  const Score score =
      read_sound(join({header(1, 1, 480), track(join({{0x00, 0xFF, 0x00, 0x02, 0x00, 0x01},
                                                      meta(0x20, "x"),
                                                      meta(0x54, "12345"),
                                                      meta(0x7F, "maker")}))}));
  EXPECT_THAT(score.tracks, IsEmpty());
}

TEST(ReadMidi, ReadsSystemExclusiveMessages) {
  const Track track = read_track({0x05, 0xF0, 0x05, 0x7E, 0x7F, 0x09, 0x01, 0xF7});
  EXPECT_THAT(track.sysexes, ElementsAre(SystemExclusive{5, {0x7E, 0x7F, 0x09, 0x01, 0xF7}}));
}

TEST(ReadMidi, JoinsThePacketsOfASystemExclusiveMessage) {
  const Track track = read_track({0x05, 0xF0, 0x02, 0x43, 0x12, 0x10, 0xF7, 0x01, 0x00,  //
                                  0x10, 0xF7, 0x02, 0x01, 0xF7, 0x00, 0xC0, 0x01});
  EXPECT_THAT(track.sysexes, ElementsAre(SystemExclusive{5, {0x43, 0x12, 0x00, 0x01, 0xF7}}));
  EXPECT_THAT(track.controls, ElementsAre(ControlEvent{37, Kind::kProgram, 0, 0, 1}));
}

TEST(ReadMidi, SkipsEscapedBytes) {
  const Track track = read_track({0x05, 0xF7, 0x02, 0xF3, 0x01, 0x00, 0xC0, 0x01});
  EXPECT_THAT(track.sysexes, IsEmpty());
  EXPECT_EQ(track.controls.size(), 1u);
}

TEST(ReadMidi, SplitsFormat0IntoATrackAChannel) {
  const Score score =
      read_sound(join({header(0, 1, 480), track(join({
                                              meta(0x03, "Song"),
                                              meta(0x51, {"\x0F\x42\x40", 3}),
                                              {0x00, 0xC3, 0x05, 0x00, 0x99, 0x24, 0x50},
                                              {0x00, 0x93, 0x3C, 0x51, 0x0A, 0x3C, 0x00},
                                              {0x00, 0x99, 0x24, 0x00},
                                          }))}));
  ASSERT_EQ(score.tracks.size(), 2u);
  EXPECT_EQ(score.tracks[0].name, "Song");
  EXPECT_THAT(score.tracks[0].notes, ElementsAre(Note{0, 10, 60, 0x51, 3}));
  EXPECT_THAT(score.tracks[0].controls, ElementsAre(ControlEvent{0, Kind::kProgram, 3, 0, 5}));
  EXPECT_EQ(score.tracks[1].name, "");
  EXPECT_THAT(score.tracks[1].notes, ElementsAre(Note{0, 10, 36, 0x50, kDrumChannel}));
  EXPECT_THAT(score.tempos, ElementsAre(TempoChange{0, 1000000}));
}

TEST(ReadMidi, KeepsTheTextsOfAFormat0FileWithoutChannels) {
  const Score score = read_sound(join({header(0, 1, 480), track(meta(0x01, "words"))}));
  ASSERT_EQ(score.tracks.size(), 1u);
  EXPECT_EQ(score.tracks[0].texts.at(0).text, "words");
}

TEST(ReadMidi, LetsThePatternsOfFormat2FollowEachOther) {
  const Bytes first = join({meta(0x51, {"\x0F\x42\x40", 3}),
                            {0x00, 0x90, 0x3C, 0x50, 0x30, 0x3C, 0x00, 0x30, 0xFF, 0x2F, 0x00}});
  const Bytes second = {0x00, 0x90, 0x3E, 0x50, 0x30, 0x3E, 0x00, 0x00, 0xFF, 0x2F, 0x00};
  const MidiReading reading =
      read_midi(join({header(2, 2, 96), track_without_end(first), track_without_end(second)}));
  EXPECT_THAT(reading.repairs, IsEmpty());
  EXPECT_EQ(reading.format, 2);
  const Score& score = reading.score;
  ASSERT_EQ(score.tracks.size(), 2u);
  EXPECT_THAT(score.tracks[0].notes, ElementsAre(Note{0, 48, 60, 0x50}));
  EXPECT_THAT(score.tracks[1].notes, ElementsAre(Note{96, 48, 62, 0x50}));
  // The second pattern says no tempo: it starts at the standard's 120 BPM.
  EXPECT_THAT(score.tempos, ElementsAre(TempoChange{0, 1000000}, TempoChange{96, 500000}));
}

TEST(ReadMidi, KeepsTheTimesOfSmpteDivisions) {
  struct Case {
    int division;
    Ticks ticks_per_quarter;
    double seconds_of_one_frame;
  };
  // -24, -25, -29 and -30 in the upper byte; ticks a frame in the lower one.
  for (const Case& c : {Case{0xE808, 24 * 8, 1.0 / 24}, Case{0xE728, 25 * 40, 1.0 / 25},
                        Case{0xE350, 30 * 80, 1001.0 / 30000}, Case{0xE204, 30 * 4, 1.0 / 30}}) {
    const auto frame = static_cast<std::uint8_t>(c.division & 0xFF);
    const Score score =
        read_sound(join({header(1, 1, c.division),
                         track(join({meta(0x51, {"\x01\x00\x00", 3}),  // has no meaning here
                                     {0x00, 0x90, 0x3C, 0x50, frame, 0x3C, 0x00}}))}));
    EXPECT_EQ(score.ticks_per_quarter, c.ticks_per_quarter);
    EXPECT_NEAR(length_seconds(score), c.seconds_of_one_frame, 1e-15);
  }
}

TEST(ReadMidi, ReadsRmidFiles) {
  const Bytes midi = join({header(0, 1, 480), track({0x00, 0xC0, 0x05})});
  const auto size = static_cast<std::uint8_t>(midi.size());
  const Bytes file = join({letters("RIFF"),
                           {static_cast<std::uint8_t>(size + 26), 0, 0, 0},
                           letters("RMIDDISP"),
                           {5, 0, 0, 0, 'h', 'e', 'l', 'l', 'o', 0},  // padded to an even length
                           letters("data"),
                           {size, 0, 0, 0},
                           midi});
  EXPECT_EQ(read_sound(file), read_sound(midi));
}

TEST(ReadMidi, ReadsALongerHeader) {
  Bytes file = join({header(1, 1, 480), {0xAA, 0xBB}, track({0x00, 0xC0, 0x05})});
  file[7] = 8;
  EXPECT_EQ(read_sound(file).tracks.size(), 1u);
}

TEST(ReadMidi, SkipsChunksOfOtherKinds) {
  const Score score = read_sound(join({header(1, 1, 480),
                                       letters("XFIH"),
                                       {0x00, 0x00, 0x00, 0x02, 0x4D, 0x54},
                                       track({0x00, 0xC0, 0x05})}));
  EXPECT_EQ(score.tracks.size(), 1u);
}

TEST(ReadMidi, KeepsEmptyTracksBehindTheConductor) {
  EXPECT_EQ(read_sound(join({header(1, 3, 480), track({}), track({}), track({})})).tracks.size(),
            2u);
}

TEST(ReadMidi, ReadsTheFileOfEverything) {
  const Score score = read_sound(file_of_everything());
  ASSERT_EQ(score.tracks.size(), 3u);
  EXPECT_EQ(score.tracks[0].controls.size(), 1u);
  EXPECT_EQ(score.tracks[1].name, "Piano");
  EXPECT_THAT(score.tracks[1].notes,
              ElementsAre(Note{0, 480, 60, 80}, Note{0, 480, 64, 81, 0, 32}, Note{0, 480, 67, 82}));
  EXPECT_EQ(score.tracks[1].controls.size(), 6u);
  EXPECT_EQ(score.tracks[1].sysexes.size(), 2u);
  EXPECT_THAT(
      score.tracks[2].notes,
      ElementsAre(Note{0, 96, 36, 0x70, 9}, Note{48, 48, 36, 0x60, 9}, Note{96, 0, 38, 0x40, 9}));
}

TEST(LoadMidi, NamesTheFileBeforeTheByte) {
  const TemporaryFolder folder;
  const auto path = folder / "not midi.mid";
  save_file(path, "hello", Overwrite::kRefuse);
  try {
    load_midi(path);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kFormat);
    EXPECT_EQ(error.message(), "reading " + display(path) +
                                   ": byte 0: there is no MThd header: this is not a Standard MIDI "
                                   "File");
  }
}

TEST(LoadMidi, SaysThatAFileIsMissing) {
  const TemporaryFolder folder;
  try {
    load_midi(folder / "none.mid");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  }
}

TEST(LoadMidi, ReadsWhatSaveMidiWrote) {
  const TemporaryFolder folder;
  const Score score = read_midi(file_of_everything()).score;
  save_midi(folder / "月光.mid", score, Overwrite::kRefuse);
  EXPECT_EQ(load_midi(folder / "月光.mid").score, score);
}

}  // namespace
}  // namespace undersong
