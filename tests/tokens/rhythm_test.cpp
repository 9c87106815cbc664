#include "tokens/rhythm.h"

#include <gtest/gtest.h>

#include <set>

#include "base/error.h"

namespace undersong {
namespace {

// C4 is always a quaver, E4 a minim; D4 never occurs.
std::vector<std::vector<SymbolEvent>> quavers_and_minims() {
  std::vector<SymbolEvent> piece;
  std::int32_t onset = 0;
  for (int i = 0; i < 40; ++i) {
    const bool minim = i % 4 == 3;
    const std::int32_t duration = minim ? 32 : 8;
    piece.push_back(
        {minim ? "E4" : "C4", onset, duration, static_cast<std::uint8_t>(minim ? 100 : 60), 60});
    onset += duration;
  }
  return {piece};
}

Vocabulary three_notes() { return {{"C4", "D4", "E4"}, {30, 1, 10}}; }

TEST(RhythmTable, DrawsTimingsThatTheSymbolHad) {
  const RhythmTable table = RhythmTable::learn(quavers_and_minims(), three_notes());
  Rng rng(1);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(table.draw(0, 8, rng).gap_after_steps, 8);
    EXPECT_EQ(table.draw(2, 8, rng).velocity, 100);
  }
  EXPECT_EQ(table.draw(1, 8, rng), SymbolTiming{})
      << "a symbol that was never seen gets the default";
}

TEST(RhythmTable, PrefersTheGapThatWasJustPlayed) {
  std::vector<SymbolEvent> piece;
  std::int32_t onset = 0;
  for (int i = 0; i < 60; ++i) {  // runs of ten quavers, then ten semiquavers, of one symbol
    piece.push_back({"C4", onset, 4, 80, 60});
    onset += (i / 10) % 2 == 0 ? 8 : 4;
  }
  const std::vector<std::vector<SymbolEvent>> pieces = {piece};
  const RhythmTable table = RhythmTable::learn(pieces, three_notes());
  Rng rng(2);
  int same = 0;
  for (int i = 0; i < 400; ++i) same += table.draw(0, 4, rng).gap_after_steps == 4 ? 1 : 0;
  EXPECT_GT(same, 280) << "an even draw would give about 200";
}

TEST(RhythmTable, SurvivesItsRows) {
  const RhythmTable table = RhythmTable::learn(quavers_and_minims(), three_notes());
  EXPECT_EQ(RhythmTable::from_rows(table.to_rows(), 3), table);
}

TEST(RhythmTable, RefusesRowsThatDoNotFit) {
  EXPECT_THROW(RhythmTable::from_rows(std::vector<std::int32_t>{1, 2, 3}, 3), Error);
  EXPECT_THROW(RhythmTable::from_rows(std::vector<std::int32_t>{7, 0, 4, 4, 80, 60}, 3), Error);
  EXPECT_THROW(RhythmTable::from_rows(std::vector<std::int32_t>{0, 0, 4, 4, 200, 60}, 3), Error);
  EXPECT_THROW(RhythmTable::from_rows(std::vector<std::int32_t>{0, 0, -4, 4, 80, 60}, 3), Error);
}

TEST(EvenScore, PutsEverySymbolAQuarterAfterTheLast) {
  const Score score = even_score(std::vector<TokenId>{0, 2}, three_notes(), 90.0);
  ASSERT_EQ(score.tracks[0].notes.size(), 2U);
  EXPECT_EQ(score.tracks[0].notes[1].onset_ticks, score.ticks_per_quarter);
  EXPECT_EQ(score.tempos[0].microseconds_per_quarter, 666667);
}

TEST(LearnedScore, HasMoreThanOneDurationAndLoudness) {
  const RhythmTable table = RhythmTable::learn(quavers_and_minims(), three_notes());
  Rng rng(3);
  const Score score =
      learned_score(std::vector<TokenId>{0, 0, 2, 0, 2}, three_notes(), table, 120.0, rng);
  std::set<Ticks> durations;
  for (const Note& note : score.tracks[0].notes) durations.insert(note.duration_ticks);
  EXPECT_EQ(durations, (std::set<Ticks>{240, 960}));
}

TEST(LearnedScore, NeverStrikesAKeyThatIsDown) {
  std::vector<SymbolEvent> piece;
  for (int i = 0; i < 20; ++i) piece.push_back({"C4", i * 4, 60, 80, 60});
  const std::vector<std::vector<SymbolEvent>> pieces = {piece};
  Rng rng(4);
  const Score score = learned_score(std::vector<TokenId>(12, 0), three_notes(),
                                    RhythmTable::learn(pieces, three_notes()), 120.0, rng);
  const auto& notes = score.tracks[0].notes;
  for (std::size_t i = 1; i < notes.size(); ++i) {
    EXPECT_LE(notes[i - 1].onset_ticks + notes[i - 1].duration_ticks, notes[i].onset_ticks);
  }
}

}  // namespace
}  // namespace undersong
