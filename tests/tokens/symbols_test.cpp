#include "tokens/symbols.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace undersong {
namespace {

using testing::ElementsAre;

std::vector<std::string> symbols_of(const Score& score) {
  std::vector<std::string> symbols;
  for (const auto& event : symbol_events(score)) symbols.push_back(event.symbol);
  return symbols;
}

Track track_of(std::vector<Note> notes) {
  Track track;
  track.notes = std::move(notes);
  return track;
}

TEST(NoteSymbol, NamesPitchesAsMusic21Does) {
  EXPECT_EQ(note_symbol(60), "C4");
  EXPECT_EQ(note_symbol(40), "E2");
  EXPECT_EQ(note_symbol(70), "B-4");
  EXPECT_EQ(note_symbol(11), "B0") << "B-1 is B flat 1";
}

TEST(ChordSymbol, IsTheNormalOrderOfThePitchClasses) {
  EXPECT_EQ(chord_symbol({60, 64, 67}), "0.4.7");
  EXPECT_EQ(chord_symbol({57, 60, 64}), "9.0.4");
  EXPECT_EQ(chord_symbol({64, 67, 72}), "0.4.7") << "an inversion is the same chord";
  EXPECT_EQ(chord_symbol({55, 59, 62, 65}), "11.2.5.7")
      << "a dominant seventh starts where it is tightest";
  EXPECT_EQ(chord_symbol({48, 60}), "0") << "an octave is one pitch class";
}

TEST(SymbolEvents, GroupsChordsByOnsetWithinATrack) {
  Score score;
  score.tracks.push_back(track_of({{.onset_ticks = 0, .duration_ticks = 480, .pitch = 60},
                                   {.onset_ticks = 10, .duration_ticks = 480, .pitch = 64},
                                   {.onset_ticks = 480, .duration_ticks = 240, .pitch = 67}}));
  score.tracks.push_back(track_of({{.onset_ticks = 0, .duration_ticks = 960, .pitch = 36}}));
  EXPECT_THAT(symbols_of(score), ElementsAre("0.4", "C2", "G4"));
  const auto events = symbol_events(score);
  EXPECT_EQ(events[2].onset_steps, 16);
  EXPECT_EQ(events[2].duration_steps, 8);
  EXPECT_EQ(events[0].lowest_pitch, 60);
}

TEST(SymbolEvents, LeavesDrumsOut) {
  Score score;
  score.tracks.push_back(track_of({{.duration_ticks = 10, .pitch = 36, .channel = kDrumChannel}}));
  EXPECT_TRUE(symbol_events(score).empty());
}

TEST(SymbolPitches, UndoesTheNames) {
  for (int pitch = 12; pitch < 128; ++pitch) {
    EXPECT_THAT(symbol_pitches(note_symbol(pitch), 60), ElementsAre(pitch));
  }
  EXPECT_THAT(symbol_pitches("9.0.4", 60), ElementsAre(69, 72, 76));
  EXPECT_THAT(symbol_pitches("0.4.7", 48), ElementsAre(48, 52, 55));
}

TEST(SymbolPitches, RefusesWhatIsNoSymbol) {
  for (const char* text : {"", "H4", "C", "0.4.", "0.12", "C#x", "C99"}) {
    EXPECT_THROW(symbol_pitches(text, 60), Error) << text;
  }
}

}  // namespace
}  // namespace undersong
