// Damaged files: an Error with the byte, or a reading with its repairs; never a crash.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <span>
#include <string>

#include "base/error.h"
#include "midi/midi_bytes.h"
#include "midi/midi_file.h"

namespace undersong {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string error_of(const Bytes& file) {
  try {
    read_midi(file);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kFormat);
    return error.message();
  }
  return "no error";
}

// The repairs of a file whose one track has a program change, then `damage`.
std::vector<std::string> repairs_of(const Bytes& damage) {
  const MidiReading reading =
      read_midi(join({header(1, 1, 480), track(join({{0x00, 0xC0, 0x05}, damage}))}));
  EXPECT_EQ(reading.score.tracks.size(), 1u);
  EXPECT_EQ(reading.score.tracks.at(0).controls.at(0).value, 5);
  return reading.repairs;
}

TEST(DamagedFile, SaysThatItIsEmpty) { EXPECT_EQ(error_of({}), "byte 0: the file is empty"); }

TEST(DamagedFile, SaysThatItIsNoMidiFile) {
  EXPECT_EQ(error_of(letters("<html>not found</html>")),
            "byte 0: there is no MThd header: this is not a Standard MIDI File");
}

TEST(DamagedFile, SaysThatTheHeaderIsCutShort) {
  EXPECT_EQ(error_of({'M', 'T', 'h', 'd', 0, 0, 0, 6, 0, 1}), "byte 10: the header is cut short");
}

TEST(DamagedFile, SaysThatThereIsNoTrack) {
  EXPECT_EQ(error_of(header(1, 1, 480)), "byte 14: there is no track after the header");
}

TEST(DamagedFile, RefusesADivisionThatTellsNoTime) {
  EXPECT_EQ(error_of(join({header(1, 1, 0), track({})})),
            "byte 12: the header divides a quarter note into 0 ticks");
  EXPECT_EQ(
      error_of(join({header(1, 1, 0xE700), track({})})),
      "byte 12: the header tells time in 0 ticks a frame at 25 frames a second, which no SMPTE "
      "time does");
  EXPECT_THAT(error_of(join({header(1, 1, 0x8004), track({})})), HasSubstr("128 frames a second"));
}

TEST(DamagedFile, IsAnErrorWhenNothingCameBeforeTheDamage) {
  EXPECT_EQ(error_of(join({header(1, 1, 480), track_without_end({0x00, 0x3C})})),
            "byte 23: track 1 has the data byte 3C before any status");
}

TEST(DamagedFile, IsReadUpToTheByteWhereItIsCut) {
  const Bytes whole = join({header(1, 2, 480), track({0x00, 0xC0, 0x05}),
                            track({0x00, 0x90, 0x3C, 0x50, 0x60, 0x3C, 0x00})});
  const MidiReading reading = read_midi(std::span(whole).first(whole.size() - 5));
  EXPECT_THAT(
      reading.repairs,
      ElementsAre("byte 43: track 2 is cut short; what came before is kept",
                  "byte 43: track 2 has 1 note without an end; the end of the track ends them",
                  "byte 33: track 2 claims 11 bytes, and the file has 6 more"));
  ASSERT_EQ(reading.score.tracks.size(), 2u);
  EXPECT_THAT(reading.score.tracks[1].notes, ElementsAre(Note{0, 96, 60, 80}));
}

TEST(DamagedFile, MayLackTheEndOfItsTrack) {
  const MidiReading reading =
      read_midi(join({header(1, 1, 480), track_without_end({0x00, 0xC0, 0x05})}));
  EXPECT_THAT(reading.repairs,
              ElementsAre("byte 25: track 1 has no end-of-track event; what came before is kept"));
}

TEST(DamagedFile, AllocatesNothingForAChunkOf4GB) {
  Bytes file = join({header(1, 1, 480), track({0x00, 0xC0, 0x05})});
  for (std::size_t i = 18; i < 22; ++i) file[i] = 0xFF;
  const MidiReading reading = read_midi(file);
  EXPECT_THAT(reading.repairs,
              ElementsAre("byte 18: track 1 claims 4294967295 bytes, and the file has 7 more"));
  EXPECT_EQ(reading.score.tracks.size(), 1u);
}

TEST(DamagedFile, MayClaimTheWrongLengthOfATrack) {
  const Bytes second = track({0x00, 0xC1, 0x06});
  for (const int claim : {0, 3, 9, 200}) {
    Bytes file = join({header(1, 2, 480), track({0x00, 0xC0, 0x05}), second});
    file[21] = static_cast<std::uint8_t>(claim);
    const MidiReading reading = read_midi(file);
    EXPECT_EQ(reading.score.tracks.size(), 2u) << claim;
    EXPECT_EQ(reading.repairs.size(), 1u) << claim;
    EXPECT_THAT(reading.repairs.at(0), HasSubstr("byte 18: track 1 claims")) << claim;
  }
}

TEST(DamagedFile, MayHaveJunkAroundItsChunks) {
  const Bytes file = join({Bytes(128, 0x00),
                           header(1, 2, 480),
                           track({0x00, 0xC0, 0x05}),
                           {0x00, 0x01, 0x02},
                           track({0x00, 0xC1, 0x06}),
                           {0x1A}});
  const MidiReading reading = read_midi(file);
  EXPECT_EQ(reading.score.tracks.size(), 2u);
  EXPECT_THAT(reading.repairs, ElementsAre("byte 0: 128 bytes before the header skipped",
                                           "byte 157: 3 bytes outside of all chunks skipped",
                                           "byte 175: 1 byte outside of all chunks skipped"));
}

TEST(DamagedFile, MayMiscountItsTracks) {
  const Bytes one = track({0x00, 0xC0, 0x05});
  EXPECT_THAT(read_midi(join({header(1, 3, 480), one})).repairs,
              ElementsAre("byte 14: the header declares 3 tracks, and the file has 1"));
  EXPECT_THAT(read_midi(join({header(1, 1, 480), one, one})).repairs,
              ElementsAre("byte 14: the header declares 1 track, and the file has 2"));
}

TEST(DamagedFile, MayBeOfAnUnknownFormat) {
  const MidiReading reading = read_midi(join({header(7, 1, 480), track({0x00, 0xC0, 0x05})}));
  EXPECT_THAT(reading.repairs, ElementsAre("byte 8: format 7 is unknown; read as format 1"));
  EXPECT_EQ(reading.format, 1);
}

TEST(DamagedFile, MayHaveSeveralTracksInFormat0) {
  const MidiReading reading = read_midi(
      join({header(0, 2, 480), track(meta(0x51, {"\x0F\x42\x40", 3})), track({0x00, 0xC0, 0x05})}));
  EXPECT_THAT(reading.repairs,
              ElementsAre("byte 14: a file of format 0 has one track; read as format 1"));
  EXPECT_EQ(reading.format, 0);
  EXPECT_EQ(reading.score.tracks.size(), 1u);
}

TEST(DamagedFile, MayEndATrackTooEarly) {
  EXPECT_THAT(repairs_of({0x00, 0xFF, 0x2F, 0x00, 0x00, 0xC0}),
              ElementsAre("byte 29: track 1 has 6 bytes behind its end; skipped"));
}

TEST(DamagedFile, MayHoldAStatusWhereDataBelongs) {
  EXPECT_THAT(repairs_of({0x00, 0x90, 0x3C, 0xC0, 0x00, 0x00, 0x00, 0x00}),
              ElementsAre("byte 28: track 1 has C0 where a data byte of 90 belongs; what came "
                          "before is kept"));
}

TEST(DamagedFile, MayHoldANumberThatIsTooLong) {
  EXPECT_THAT(repairs_of({0x80, 0x80, 0x80, 0x80, 0x00, 0xC0, 0x01}),
              ElementsAre("byte 29: track 1 has a number of more than four bytes; what came before "
                          "is kept"));
}

TEST(DamagedFile, MayPassTheLastTick) {
  Bytes events;
  for (int i = 0; i < 9; ++i) events.insert(events.end(), {0xFF, 0xFF, 0xFF, 0x7F, 0xC0, 0x01});
  const MidiReading reading = read_midi(join({header(1, 1, 480), track(events)}));
  EXPECT_EQ(reading.score.tracks.at(0).controls.size(), 8u);  // 8 * (2^28 - 1) < 2^31
  EXPECT_THAT(reading.repairs, ElementsAre(HasSubstr("passes the last time that can be told")));
}

TEST(DamagedFile, MayHoldSystemMessages) {
  EXPECT_THAT(repairs_of({0x00, 0xF8, 0x00, 0xF2, 0x01, 0x02, 0x00, 0x06}),
              ElementsAre("byte 27: track 1 has the system message F8, which no file may hold; it "
                          "is skipped",
                          "byte 29: track 1 has the system message F2, which no file may hold; it "
                          "is skipped"));
}

TEST(DamagedFile, MayLeaveASystemExclusiveMessageOpen) {
  EXPECT_THAT(repairs_of({0x00, 0xF0, 0x01, 0x7E, 0x00, 0xC0, 0x01}),
              ElementsAre("byte 29: track 1 has a system exclusive message without its end; it is "
                          "ended"));
}

TEST(DamagedFile, MayHoldMetaEventsWithoutMeaning) {
  EXPECT_THAT(repairs_of(join({meta(0x51, "12"), meta(0x51, {"\0\0\0", 3}), meta(0x58, {"\0\2", 2}),
                               meta(0x58, {"\4\x08", 2}), meta(0x59, {"\x08\0", 2}),
                               meta(0x59, {"\0\2", 2})})),
              ElementsAre(HasSubstr("tempo of less than three bytes"), HasSubstr("tempo of zero"),
                          HasSubstr("meter that is none"), HasSubstr("meter that is none"),
                          HasSubstr("key signature that is none"),
                          HasSubstr("key signature that is none")));
}

TEST(DamagedFile, SaysHowManyRepairsItDoesNotList) {
  Bytes events;
  for (int i = 0; i < 60; ++i) events.insert(events.end(), {0x00, 0xF8});
  const auto repairs = repairs_of(events);
  ASSERT_EQ(repairs.size(), 51u);
  EXPECT_EQ(repairs.back(), "and 10 more repairs");
}

// Each of these would take minutes if a reader did its work twice for each part.
TEST(DamagedFile, TakesTimeInProportionToItsSize) {
  constexpr int kParts = 200000;
  const auto repeated = [](const Bytes& part) {
    Bytes all;
    for (int i = 0; i < kParts; ++i) all.insert(all.end(), part.begin(), part.end());
    return all;
  };
  const Bytes no_length = join({letters("MTrk"), {0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xC0, 0x01}});
  EXPECT_EQ(read_midi(join({header(1, 1, 480), repeated(no_length)})).score.tracks.size(), 65534u);
  EXPECT_EQ(error_of(join({header(1, 1, 480), repeated(letters("MTr"))})),
            "byte 14: there is no track after the header");
  const MidiReading chord =
      read_midi(join({header(1, 1, 480), track(join({{0x00, 0x90, 0x3C, 0x01},
                                                     repeated({0x00, 0x3D, 0x02}),
                                                     repeated({0x00, 0x3C, 0x01})}))}));
  EXPECT_EQ(note_count(chord.score), 2u * kParts + 1u);
}

// Either an Error of the format or a reading that can be written and read again.
void expect_survival(std::span<const std::uint8_t> file) {
  try {
    const MidiReading reading = read_midi(file);
    const MidiReading again = read_midi(write_midi(reading.score));
    EXPECT_EQ(again.score, reading.score);
    EXPECT_THAT(again.repairs, IsEmpty());
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kFormat);
    EXPECT_THAT(error.message(), HasSubstr("byte "));
  }
}

TEST(DamagedFile, MayEndAtAnyByte) {
  const Bytes file = file_of_everything();
  for (std::size_t length = 0; length < file.size(); ++length) {
    SCOPED_TRACE(length);
    // A buffer of its own, so that a sanitizer sees a read behind it.
    expect_survival(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length)));
  }
}

TEST(DamagedFile, MayHoldAnyValueInAnyByte) {
  const Bytes file = file_of_everything();
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      Bytes damaged = file;
      damaged[at] = static_cast<std::uint8_t>(value);
      expect_survival(damaged);
      if (testing::Test::HasFailure()) FAIL() << "byte " << at << " set to " << value;
    }
  }
}

TEST(DamagedFile, MayLackAnyByte) {
  const Bytes file = file_of_everything();
  for (std::size_t at = 0; at < file.size(); ++at) {
    SCOPED_TRACE(at);
    Bytes damaged = file;
    damaged.erase(damaged.begin() + static_cast<std::ptrdiff_t>(at));
    expect_survival(damaged);
  }
}

}  // namespace
}  // namespace undersong
