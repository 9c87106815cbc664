#include <gtest/gtest.h>

#include <set>

#include "plan/key_choice.h"
#include "plan/plan.h"
#include "plan/progressions.h"
#include "support/test_style.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

CompositionRequest request_of(double seconds, std::uint64_t seed = 1) {
  CompositionRequest request;
  request.style = "test";
  request.length_seconds = seconds;
  request.seed = seed;
  return request;
}

std::vector<ChordSymbol> chords_of(const Plan& plan, const PlannedSection& section) {
  std::vector<ChordSymbol> chords;
  for (int i = 0; i < section.bars; ++i)
    for (const PlannedChord& chord :
         plan.bars[static_cast<std::size_t>(section.first_bar + i)].chords)
      chords.push_back(chord.symbol);
  return chords;
}

TEST(Harmony, EndsOnTheTonicAfterACadence) {
  for (const Ending ending : {Ending::kRing, Ending::kCut}) {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
      CompositionRequest request = request_of(40.0, seed);
      request.ending = ending;
      const Plan piece = plan(request, make_test_style());
      const Key& key = piece.sections.back().key;
      EXPECT_EQ(piece.bars.back().chords.back().symbol.root, key.tonic) << seed;
      // All cadences of the test style come from the dominant.
      EXPECT_EQ(piece.bars[piece.bars.size() - 2].chords.back().symbol.root, (key.tonic + 7) % 12)
          << seed;
    }
  }
}

TEST(Harmony, KeepsTheAskedKeyAndMode) {
  CompositionRequest request = request_of(60.0);
  request.tonic = 6;
  request.mode = Mode::kDorian;
  const Plan piece = plan(request, make_test_style());
  EXPECT_EQ(piece.key, (Key{6, Mode::kDorian}));
  EXPECT_EQ(piece.bars.back().chords.front().symbol.root, 6);
}

TEST(Harmony, TakesChordsOfANearModeAndSaysWhichThereAre) {
  CompositionRequest request = request_of(60.0);
  request.mode = Mode::kHarmonicMinor;  // the chords of minor serve
  EXPECT_EQ(plan(request, make_test_style()).key.mode, Mode::kHarmonicMinor);
  request.mode = Mode::kPhrygian;
  EXPECT_EQ(thrown_error([&] { plan(request, make_test_style()); }).message(),
            "the style test has no chords in phrygian; it has major, dorian, minor");
}

TEST(Harmony, LeansToDarkModesInDarkMoods) {
  const auto minors = [](Mood mood) {
    int count = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      CompositionRequest request = request_of(30.0, seed);
      request.mood = mood;
      count += is_minor(plan(request, make_test_style()).key.mode) ? 1 : 0;
    }
    return count;
  };
  EXPECT_GT(minors(Mood::kSad), minors(Mood::kHappy) + 50);
}

TEST(Harmony, GivesSectionsOfOtherKindsOtherChords) {
  int different = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CompositionRequest request = request_of(120.0, seed);
    request.mode = Mode::kMajor;
    const Plan piece = plan(request, make_test_style());
    std::vector<ChordSymbol> a;
    std::vector<ChordSymbol> b;
    for (const PlannedSection& section : piece.sections) {
      if (section.name == "A") a = chords_of(piece, section);
      if (section.name == "B") b = chords_of(piece, section);
    }
    different += !a.empty() && !b.empty() && a != b ? 1 : 0;
  }
  EXPECT_EQ(different, 20);
}

TEST(Harmony, CopiesAreTheSameButForTheirJoints) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Plan piece = plan(request_of(300.0, seed), make_test_style());
    for (const PlannedSection& section : piece.sections) {
      if (section.relation != SectionRelation::kCopy) continue;
      const PlannedSection& like = piece.sections[static_cast<std::size_t>(section.like)];
      for (int i = 0; i + 4 < section.bars; ++i) {
        EXPECT_EQ(piece.bars[static_cast<std::size_t>(section.first_bar + i)].chords,
                  piece.bars[static_cast<std::size_t>(like.first_bar + i)].chords)
            << "seed " << seed << ", bar " << section.first_bar + i + 1;
      }
    }
  }
}

TEST(Harmony, DiffersFromSeedToSeed) {
  std::set<std::string> progressions;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    CompositionRequest request = request_of(60.0, seed);
    request.tonic = 0;
    request.mode = Mode::kMajor;
    const Plan piece = plan(request, make_test_style());
    std::string text;
    for (const PlannedBar& bar : piece.bars)
      for (const PlannedChord& chord : bar.chords) text += name_of(chord.symbol, piece.key) + " ";
    progressions.insert(text);
  }
  EXPECT_GE(progressions.size(), 29U);
}

TEST(Harmony, RaisesTheLastRoundWhereTheStyleLikesIt) {
  Style style = make_test_style();
  style.key_change = 1.0;
  CompositionRequest request = request_of(200.0);
  const Plan piece = plan(request, style);
  const Key& last = piece.sections.back().key;
  EXPECT_EQ(last.tonic, (piece.key.tonic + 2) % 12);
  EXPECT_EQ(piece.sections.front().key, piece.key);
  for (const PlannedSection& section : piece.sections) {
    if (section.first_bar == 0 || section.key == piece.key) continue;
    const PlannedBar& before = piece.bars[static_cast<std::size_t>(section.first_bar) - 1];
    EXPECT_EQ(before.chords.back().symbol.root, (last.tonic + 7) % 12);
    break;
  }
  request.ending = Ending::kLoop;  // its end must lead to its beginning
  EXPECT_EQ(plan(request, style).sections.back().key, piece.key);
}

TEST(Harmony, OfALoopLeadsToItsFirstChord) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    CompositionRequest request = request_of(32.0, seed);
    request.ending = Ending::kLoop;
    const Plan piece = plan(request, make_test_style());
    EXPECT_NE(piece.bars.back().chords.back().symbol.root,
              piece.bars.front().chords.front().symbol.root)
        << seed;
  }
}

TEST(Progressions, RepeatAndEndWhereTheSectionDoes) {
  const detail::NumeralBars twelve = parse_numeral_bars("I7 | IV7 | V7");
  const detail::NumeralBars bars = detail::repeat(twelve, 5);
  ASSERT_EQ(bars.size(), 5U);
  EXPECT_EQ(bars[4], twelve[1]);
}

TEST(Progressions, KeepTheirFirstChordWhenTheyAreVaried) {
  const Style style = make_test_style();
  const detail::ChordVocabulary vocabulary(style, Mode::kMajor);
  const detail::NumeralBars bars = parse_numeral_bars("I | vi | IV | V7");
  bool changed = false;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const detail::NumeralBars varied = detail::vary(bars, vocabulary, 2, Rng(seed));
    ASSERT_EQ(varied.size(), 4U);
    EXPECT_EQ(varied[0], bars[0]);
    changed = changed || varied != bars;
    for (const auto& bar : varied) EXPECT_LE(bar.size(), 2U);
  }
  EXPECT_TRUE(changed);
}

TEST(Progressions, PreferAFallingFifth) {
  const ChordSymbol dominant = parse_chord_symbol("G7");
  EXPECT_GT(detail::leading_weight(dominant, parse_chord_symbol("C")),
            detail::leading_weight(dominant, parse_chord_symbol("F#")));
  EXPECT_GT(detail::leading_weight(dominant, parse_chord_symbol("Am")),
            detail::leading_weight(dominant, parse_chord_symbol("G")));
}

}  // namespace
}  // namespace undersong
