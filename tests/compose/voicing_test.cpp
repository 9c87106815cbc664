#include "compose/voicing.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "score/chord_symbol.h"

namespace undersong {
namespace {

constexpr std::array kTypes = {VoicingType::kTriad,  VoicingType::kSeventh, VoicingType::kRootless,
                               VoicingType::kDrop2,  VoicingType::kShell,   VoicingType::kPower,
                               VoicingType::kSpread, VoicingType::kQuartal};
constexpr std::array kQualities = {"",     "m",    "dim", "aug",  "5",      "sus2",  "sus4",
                                   "6",    "m6",   "7",   "maj7", "m7",     "mmaj7", "m7b5",
                                   "dim7", "add9", "9",   "maj9", "m9",     "7sus4", "7b9",
                                   "7#9",  "11",   "m11", "13",   "maj7#11"};

// "A3 C4 E4 G4"
std::string names(const Voicing& voicing) {
  constexpr std::array kNames = {"C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B"};
  std::string text;
  for (const int pitch : voicing) {
    if (!text.empty()) text += ' ';
    text += kNames[static_cast<std::size_t>(pitch % 12)] + std::to_string(pitch / 12 - 1);
  }
  return text;
}

std::string voiced(std::string_view chord, VoicingType type, PitchRange range,
                   VoicedRoot root = VoicedRoot::kLeftToBass) {
  return names(
      voice_chord(parse_chord_symbol(chord), {.type = type, .range = range, .root = root}, {}));
}

std::string progression(const std::vector<std::string>& chords, const VoicingOptions& options) {
  std::string text;
  Voicing last;
  for (const std::string& chord : chords) {
    last = voice_chord(parse_chord_symbol(chord), options, last);
    text += (text.empty() ? "" : " | ") + names(last);
  }
  return text;
}

bool is_tone_of(const ChordSymbol& chord, int pitch) { return contains(chord, pitch); }

TEST(Voicing, LaysOutEachTypeAsMusiciansDo) {
  const PitchRange middle = {55, 76};
  EXPECT_EQ(voiced("C", VoicingType::kTriad, middle), "C4 E4 G4");
  EXPECT_EQ(voiced("Dm9", VoicingType::kRootless, middle), "C4 E4 F4 A4");
  EXPECT_EQ(voiced("G13", VoicingType::kRootless, middle), "B3 E4 F4 A4");
  EXPECT_EQ(voiced("G7", VoicingType::kShell, middle), "B3 F4");
  EXPECT_EQ(voiced("E5", VoicingType::kPower, {40, 64}), "E2 B2 E3");
}

TEST(Voicing, KeepsWhatColoursAChordAndLeavesTheRootToTheBass) {
  for (const char* name : {"Dm9", "G7b9", "Cmaj9", "A13"}) {
    const ChordSymbol chord = parse_chord_symbol(name);
    const Voicing voicing =
        voice_chord(chord, {.type = VoicingType::kRootless, .range = {52, 76}}, {});
    for (const int pitch : voicing) EXPECT_NE(pitch % 12, chord.root) << name;
  }
}

TEST(Voicing, PutsTheChordsBassNoteLowestWhereNobodyElseHasIt) {
  EXPECT_EQ(voiced("C/E", VoicingType::kTriad, {48, 76}, VoicedRoot::kAtTheBottom).substr(0, 1),
            "E");
  EXPECT_EQ(voiced("Dm9", VoicingType::kRootless, {45, 72}, VoicedRoot::kAtTheBottom).substr(0, 1),
            "D");
}

TEST(Voicing, LeavesOutTheThirdUnderAnEleventh) {
  const Voicing voicing = voice_chord(parse_chord_symbol("C11"),
                                      {.type = VoicingType::kSeventh, .range = {52, 76}}, {});
  for (const int pitch : voicing) EXPECT_NE(pitch % 12, 4);
}

TEST(Voicing, CommonTonesStayAndTheOthersGoByStep) {
  const VoicingOptions options{.type = VoicingType::kTriad, .range = {55, 76}};
  EXPECT_EQ(progression({"C", "Am", "F", "G", "C"}, options),
            "C4 E4 G4 | C4 E4 A4 | C4 F4 A4 | B3 D4 G4 | C4 E4 G4");
}

TEST(Voicing, TwoFiveOneLeadsSeventhsToThirds) {
  const VoicingOptions options{.type = VoicingType::kRootless, .range = {52, 74}};
  Voicing two = voice_chord(parse_chord_symbol("Dm9"), options, {});
  Voicing five = voice_chord(parse_chord_symbol("G13"), options, two);
  Voicing one = voice_chord(parse_chord_symbol("Cmaj9"), options, five);
  EXPECT_LE(motion_between(two, five), 4);
  EXPECT_LE(motion_between(five, one), 12);
}

TEST(Voicing, LowIntervalLimitsAreThoseOfTheTable) {
  EXPECT_TRUE(is_muddy({45, 48}));   // a third on A2
  EXPECT_TRUE(is_muddy({50, 52}));   // a second on D3
  EXPECT_FALSE(is_muddy({48, 52}));  // a third on C3
  EXPECT_FALSE(is_muddy({36, 43}));  // a fifth on C2
  EXPECT_TRUE(is_muddy({35, 42}));
  EXPECT_FALSE(is_muddy({28, 40, 47}));
}

RC_GTEST_PROP(Voicing, IsInRangeAscendingAndOfTheChord, ()) {
  ChordSymbol chord;
  chord.root = *rc::gen::inRange(0, 12);
  chord.bass = chord.root;
  chord.tones =
      parse_chord_quality(kQualities[*rc::gen::inRange<std::size_t>(0, kQualities.size())]);
  const int low = *rc::gen::inRange(28, 72);
  const PitchRange range = {low, low + *rc::gen::inRange(12, 30)};
  const VoicingOptions options{
      .type = kTypes[*rc::gen::inRange<std::size_t>(0, kTypes.size())],
      .range = range,
      .root = *rc::gen::element(VoicedRoot::kLeftToBass, VoicedRoot::kAtTheBottom)};
  const Voicing voicing = voice_chord(chord, options, {});
  RC_ASSERT(!voicing.empty());
  RC_ASSERT(std::is_sorted(voicing.begin(), voicing.end()));
  RC_ASSERT(std::adjacent_find(voicing.begin(), voicing.end()) == voicing.end());
  RC_ASSERT(voicing.front() >= range.low && voicing.back() <= range.high);
  RC_ASSERT(!is_muddy(voicing));
  for (const int pitch : voicing) RC_ASSERT(is_tone_of(chord, pitch));
}

RC_GTEST_PROP(Voicing, NamesTheChordByItsThirdAndSeventh, ()) {
  ChordSymbol chord;
  chord.root = *rc::gen::inRange(0, 12);
  chord.bass = chord.root;
  chord.tones = parse_chord_quality(*rc::gen::element("7", "maj7", "m7", "9", "m9", "13", "7b9"));
  const VoicingOptions options{
      .type = *rc::gen::element(VoicingType::kSeventh, VoicingType::kRootless, VoicingType::kDrop2,
                                VoicingType::kShell),
      .range = {50, 76}};
  const Voicing voicing = voice_chord(chord, options, {});
  bool third = false;
  bool seventh = false;
  for (const int pitch : voicing) {
    const int above = (pitch - chord.root + 12) % 12;
    third = third || above == 3 || above == 4;
    seventh = seventh || above == 10 || above == 11;
  }
  RC_ASSERT(third && seventh);
}

RC_GTEST_PROP(Voicing, GoesOnByShortWays, ()) {
  const auto draw = [] {
    ChordSymbol chord;
    chord.root = *rc::gen::inRange(0, 12);
    chord.bass = chord.root;
    chord.tones = parse_chord_quality(*rc::gen::element("maj7", "m7", "7", "m9", "maj9"));
    return chord;
  };
  const VoicingOptions options{.type = VoicingType::kSeventh, .range = {52, 76}};
  const Voicing from = voice_chord(draw(), options, {});
  const Voicing to = voice_chord(draw(), options, from);
  RC_ASSERT(from.size() == to.size());
  for (std::size_t i = 0; i < from.size(); ++i) RC_ASSERT(std::abs(from[i] - to[i]) <= 6);
}

RC_GTEST_PROP(Voicing, DoublesNoThird, ()) {
  ChordSymbol chord;
  chord.root = *rc::gen::inRange(0, 12);
  chord.bass = chord.root;
  chord.tones = parse_chord_quality(*rc::gen::element("", "m"));
  const Voicing voicing =
      voice_chord(chord, {.type = VoicingType::kSeventh, .range = {48, 79}}, {});
  const auto thirds = std::count_if(voicing.begin(), voicing.end(), [&](int pitch) {
    const int above = (pitch - chord.root + 12) % 12;
    return above == 3 || above == 4;
  });
  RC_ASSERT(thirds == 1);
}

TEST(Voicing, StaysBelowTheCeilingWhereItCan) {
  const VoicingOptions options{.type = VoicingType::kSeventh, .range = {52, 79}, .ceiling = 67};
  for (int root = 0; root < 12; ++root) {
    ChordSymbol chord = parse_chord_symbol("Cm7");
    chord.root = chord.bass = root;
    EXPECT_LE(voice_chord(chord, options, {}).back(), 67) << root;
  }
}

TEST(Voicing, FourthsTakeTonesOfTheKeyThatRubWithNone) {
  const VoicingOptions options{
      .type = VoicingType::kQuartal, .range = {52, 76}, .key = Key{0, Mode::kDorian}};
  const Voicing voicing = voice_chord(parse_chord_symbol("Cm7"), options, {});
  ASSERT_GE(voicing.size(), 3U);
  for (std::size_t i = 0; i + 1 < voicing.size(); ++i) {
    EXPECT_GE(voicing[i + 1] - voicing[i], 4);
    EXPECT_LE(voicing[i + 1] - voicing[i], 7);
  }
}

}  // namespace
}  // namespace undersong
