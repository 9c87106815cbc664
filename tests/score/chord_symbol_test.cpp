#include "score/chord_symbol.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "support/thrown_error.h"

namespace undersong {
namespace {

constexpr Key kCMajor{0, Mode::kMajor};

std::vector<int> tones_of(const ChordSymbol& chord) {
  std::vector<int> tones;
  for (int i = 0; i < 12; ++i) {
    if (chord.has(i)) tones.push_back(i);
  }
  return tones;
}

TEST(ChordSymbol, IsReadAsMusiciansWriteIt) {
  EXPECT_EQ(tones_of(parse_chord_symbol("C")), (std::vector<int>{0, 4, 7}));
  EXPECT_EQ(tones_of(parse_chord_symbol("Dm9")), (std::vector<int>{0, 2, 3, 7, 10}));
  EXPECT_EQ(tones_of(parse_chord_symbol("G7sus4")), (std::vector<int>{0, 5, 7, 10}));
  EXPECT_EQ(tones_of(parse_chord_symbol("Ebmaj7#11")), (std::vector<int>{0, 4, 6, 7, 11}));
  EXPECT_EQ(parse_chord_symbol("C6/9"), parse_chord_symbol("C69"));
  const ChordSymbol inverted = parse_chord_symbol("F#m7b5/C");
  EXPECT_EQ(inverted.root, 6);
  EXPECT_EQ(inverted.bass, 0);
  EXPECT_EQ(tones_of(inverted), (std::vector<int>{0, 3, 6, 10}));
}

TEST(ChordSymbol, ContainsItsTonesAndItsBass) {
  const ChordSymbol chord = parse_chord_symbol("C/D");
  EXPECT_TRUE(contains(chord, 64));
  EXPECT_TRUE(contains(chord, 38));
  EXPECT_FALSE(contains(chord, 65));
}

TEST(ChordSymbol, IsSpeltInItsKey) {
  EXPECT_EQ(name_of(parse_chord_symbol("D#m7"), {0, Mode::kMinor}), "Ebm7");
  EXPECT_EQ(name_of(parse_chord_symbol("Ab/Eb"), {4, Mode::kMajor}), "G#/D#");
  EXPECT_EQ(name_of(parse_chord_symbol("Dbdim7"), kCMajor), "C#dim7");
  EXPECT_EQ(name_of(parse_chord_symbol("E7/Ab"), kCMajor), "E7/G#");
}

TEST(ChordSymbol, WithoutANameHasThatOfTheNearest) {
  ChordSymbol chord = parse_chord_symbol("Cmaj7");
  chord.tones = static_cast<std::uint16_t>(chord.tones | 1U << 1U);
  EXPECT_EQ(name_of(chord, kCMajor), "Cmaj7");
}

TEST(ChordSymbol, SaysWhatItDoesNotUnderstand) {
  EXPECT_EQ(thrown_error([] { parse_chord_symbol("hello"); }).message(),
            "'hello' is no chord: it begins with no note; write it as Dm9, F#7sus4 or C/E");
  EXPECT_EQ(thrown_error([] { parse_chord_symbol("C/H"); }).message(),
            "'C/H' is no chord: no note stands after the slash; write it as Dm9, F#7sus4 or C/E");
  const std::string quality = thrown_error([] { parse_chord_symbol("Cmaj99"); }).message();
  EXPECT_TRUE(quality.starts_with(
      "'Cmaj99': there is no chord quality 'maj99'; did you mean maj9? There are: m, 7"))
      << quality;
}

RC_GTEST_PROP(ChordSymbol, ReadsItsNameBack, ()) {
  static const std::vector<std::string> qualities = {
      "",      "m",   "dim",   "aug",  "5",     "sus2",  "sus4",    "6",     "m6",      "7",
      "maj7",  "m7",  "mmaj7", "m7b5", "dim7",  "7sus4", "add9",    "madd9", "69",      "9",
      "maj9",  "m9",  "9sus4", "7b9",  "7#9",   "7#11",  "11",      "m11",   "maj7#11", "13",
      "maj13", "m13", "7#5",   "7b13", "mmaj9", "m69",   "maj9#11", "13sus4"};
  const Key key{*rc::gen::inRange(0, 12), *rc::gen::elementOf(kModes)};
  ChordSymbol chord;
  chord.root = *rc::gen::inRange(0, 12);
  chord.bass = *rc::gen::inRange(0, 12);
  chord.tones = parse_chord_quality(*rc::gen::elementOf(qualities));
  RC_ASSERT(parse_chord_symbol(name_of(chord, key)) == chord);
}

}  // namespace
}  // namespace undersong
