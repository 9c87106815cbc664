#include "evaluate/note_matching.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

namespace undersong {
namespace {

using Notes = std::vector<NoteInSeconds>;

// The most pairs by trying every choice for each true note.
std::size_t most_pairs(const Notes& reference, const Notes& estimated, NoteRule rule,
                       std::size_t at = 0, std::set<std::size_t> taken = {}) {
  if (at == reference.size()) return 0;
  std::size_t most = most_pairs(reference, estimated, rule, at + 1, taken);
  for (std::size_t i = 0; i < estimated.size(); ++i) {
    if (taken.contains(i)) continue;
    if (count_notes(std::span(&reference[at], 1), std::span(&estimated[i], 1), rule).matched == 0) {
      continue;
    }
    std::set<std::size_t> now = taken;
    now.insert(i);
    most = std::max(most, 1 + most_pairs(reference, estimated, rule, at + 1, now));
  }
  return most;
}

// Notes on a grid of 10 ms within a fifth of a second, on two pitches: they crowd.
Notes crowded_notes(std::size_t at_most) {
  const auto count = *rc::gen::inRange<std::size_t>(0, at_most + 1);
  Notes notes;
  for (std::size_t i = 0; i < count; ++i) {
    const double onset = 0.01 * *rc::gen::inRange(0, 20);
    notes.push_back({onset, onset + 0.02 * *rc::gen::inRange(0, 30), 60 + *rc::gen::inRange(0, 2)});
  }
  return notes;
}

TEST(NoteMatching, AnOnsetOfFiftyMillisecondsOffAgreesAndOneMoreDoesNot) {
  const Notes truth = {{1.0, 2.0, 60}};
  EXPECT_EQ(count_notes(truth, Notes{{1.05, 2.0, 60}}, NoteRule::kOnset).matched, 1u);
  EXPECT_EQ(count_notes(truth, Notes{{0.95, 2.0, 60}}, NoteRule::kOnset).matched, 1u);
  EXPECT_EQ(count_notes(truth, Notes{{1.051, 2.0, 60}}, NoteRule::kOnset).matched, 0u);
}

TEST(NoteMatching, DifferencesCountToFourDecimals) {
  const Notes truth = {{1.0, 2.0, 60}};
  EXPECT_EQ(count_notes(truth, Notes{{1.05004, 2.0, 60}}, NoteRule::kOnset).matched, 1u);
  EXPECT_EQ(count_notes(truth, Notes{{1.05006, 2.0, 60}}, NoteRule::kOnset).matched, 0u);
}

TEST(NoteMatching, AnotherPitchNeverAgrees) {
  const Notes truth = {{1.0, 2.0, 60}};
  EXPECT_EQ(count_notes(truth, Notes{{1.0, 2.0, 61}}, NoteRule::kOnset).matched, 0u);
  EXPECT_EQ(count_notes(truth, Notes{{1.0, 2.0, 72}}, NoteRule::kOnset).matched, 0u);
}

TEST(NoteMatching, OffsetsAgreeWithinAFifthOfTheTrueDurationOrFiftyMilliseconds) {
  const Notes long_note = {{0.0, 2.0, 60}};  // a fifth is 0.4 s
  EXPECT_EQ(count_notes(long_note, Notes{{0.0, 1.6, 60}}, NoteRule::kOnsetAndOffset).matched, 1u);
  EXPECT_EQ(count_notes(long_note, Notes{{0.0, 1.59, 60}}, NoteRule::kOnsetAndOffset).matched, 0u);
  const Notes short_note = {{0.0, 0.1, 60}};  // a fifth is 0.02 s
  EXPECT_EQ(count_notes(short_note, Notes{{0.0, 0.15, 60}}, NoteRule::kOnsetAndOffset).matched, 1u);
  EXPECT_EQ(count_notes(short_note, Notes{{0.0, 0.16, 60}}, NoteRule::kOnsetAndOffset).matched, 0u);
  EXPECT_EQ(count_notes(short_note, Notes{{0.0, 0.16, 60}}, NoteRule::kOnset).matched, 1u);
}

TEST(NoteMatching, EachNoteIsMatchedOnce) {
  const Notes truth = {{1.0, 2.0, 60}};
  const Notes doubled = {{1.0, 2.0, 60}, {1.01, 2.0, 60}};
  EXPECT_EQ(count_notes(truth, doubled, NoteRule::kOnset), (MatchCounts{1, 2, 1}));
  EXPECT_EQ(count_notes(doubled, truth, NoteRule::kOnset), (MatchCounts{2, 1, 1}));
}

TEST(NoteMatching, TheNearestPairGivesWayWhereTwoPairsCanBeHad) {
  // 0.04 is nearest to 0.045, but then nothing is left for 0.0.
  const Notes truth = {{0.0, 1.0, 60}, {0.045, 1.0, 60}};
  const Notes heard = {{0.04, 1.0, 60}, {0.09, 1.0, 60}};
  EXPECT_EQ(match_notes(truth, heard, NoteRule::kOnset),
            (std::vector<MatchedPair>{{0, 0}, {1, 1}}));
}

TEST(NoteMatching, TheFirstInOrderGivesWayWhereOffsetsCrossTheOnsets) {
  // The first of each agree too, but only crosswise are there two pairs.
  const Notes truth = {{0.0, 1.9, 60}, {0.01, 2.4, 60}};
  const Notes heard = {{0.0, 2.0, 60}, {0.02, 1.6, 60}};
  EXPECT_EQ(match_notes(truth, heard, NoteRule::kOnsetAndOffset),
            (std::vector<MatchedPair>{{0, 1}, {1, 0}}));
}

TEST(NoteMatching, PrecisionRecallAndF1AreOfTheCounts) {
  const MatchCounts counts{.reference = 4, .estimated = 6, .matched = 3};
  EXPECT_DOUBLE_EQ(counts.precision(), 0.5);
  EXPECT_DOUBLE_EQ(counts.recall(), 0.75);
  EXPECT_DOUBLE_EQ(counts.f1(), 0.6);
  MatchCounts sum = counts;
  sum += {.reference = 2, .estimated = 0, .matched = 0};
  EXPECT_EQ(sum, (MatchCounts{6, 6, 3}));
}

TEST(NoteMatching, SayingNothingIsRightOnlyWhereThereIsNothing) {
  EXPECT_DOUBLE_EQ(MatchCounts{}.f1(), 1.0);
  EXPECT_DOUBLE_EQ(count_notes({}, Notes{{0.0, 1.0, 60}}, NoteRule::kOnset).f1(), 0.0);
  EXPECT_DOUBLE_EQ(count_notes(Notes{{0.0, 1.0, 60}}, {}, NoteRule::kOnset).f1(), 0.0);
  EXPECT_DOUBLE_EQ(count_notes({}, Notes{{0.0, 1.0, 60}}, NoteRule::kOnset).precision(), 0.0);
  EXPECT_DOUBLE_EQ(count_notes(Notes{{0.0, 1.0, 60}}, {}, NoteRule::kOnset).precision(), 0.0);
}

RC_GTEST_PROP(NoteMatching, AListMatchesItselfWhole, ()) {
  const Notes notes = crowded_notes(40);
  RC_ASSERT(count_notes(notes, notes, NoteRule::kOnsetAndOffset).f1() == 1.0);
}

RC_GTEST_PROP(NoteMatching, NoOtherMatchingHasMorePairs, ()) {
  const Notes reference = crowded_notes(5);
  const Notes estimated = crowded_notes(5);
  for (const NoteRule rule : {NoteRule::kOnset, NoteRule::kOnsetAndOffset}) {
    RC_ASSERT(count_notes(reference, estimated, rule).matched ==
              most_pairs(reference, estimated, rule));
  }
}

RC_GTEST_PROP(NoteMatching, PairsAreOneToOneAndAgree, ()) {
  const Notes reference = crowded_notes(40);
  const Notes estimated = crowded_notes(40);
  std::set<std::size_t> left;
  std::set<std::size_t> right;
  for (const MatchedPair& pair : match_notes(reference, estimated, NoteRule::kOnset)) {
    RC_ASSERT(left.insert(pair.reference).second);
    RC_ASSERT(right.insert(pair.estimated).second);
    const NoteInSeconds& truth = reference[pair.reference];
    const NoteInSeconds& heard = estimated[pair.estimated];
    RC_ASSERT(truth.pitch == heard.pitch);
    RC_ASSERT(std::abs(truth.onset_seconds - heard.onset_seconds) < 0.0501);
  }
}

RC_GTEST_PROP(NoteMatching, TheOrderOfTheListsDoesNotCount, ()) {
  const Notes reference = crowded_notes(30);
  const Notes estimated = crowded_notes(30);
  Notes turned = estimated;
  std::reverse(turned.begin(), turned.end());
  RC_ASSERT(count_notes(reference, estimated, NoteRule::kOnsetAndOffset) ==
            count_notes(reference, turned, NoteRule::kOnsetAndOffset));
}

TEST(BeatMatching, BeatsAgreeWithinSeventyMilliseconds) {
  const std::vector<double> truth = {0.5, 1.0, 1.5, 2.0};
  EXPECT_EQ(count_beats(truth, std::vector{0.57, 1.071, 1.43, 2.0}), (MatchCounts{4, 4, 3}));
  // Twice as fast: every other one is wrong.
  EXPECT_NEAR(count_beats(truth, std::vector{0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25}).f1(),
              2.0 / 3.0, 1e-12);
}

TEST(TempoMatching, TempoIsRightWithinAShareOfTheTrueOne) {
  EXPECT_TRUE(is_right_tempo(100.0, 102.0, 0.02));
  EXPECT_TRUE(is_right_tempo(100.0, 98.0, 0.02));
  EXPECT_FALSE(is_right_tempo(100.0, 102.1, 0.02));
  EXPECT_FALSE(is_right_tempo(100.0, 200.0, 0.02));
}

TEST(TempoMatching, HalfAndDoubleAreRightOnlyWhereOctavesAreForgiven) {
  EXPECT_TRUE(is_right_tempo(100.0, 203.0, 0.02, TempoRule::kOrOctave));
  EXPECT_TRUE(is_right_tempo(100.0, 50.5, 0.02, TempoRule::kOrOctave));
  EXPECT_FALSE(is_right_tempo(100.0, 150.0, 0.02, TempoRule::kOrOctave));
  EXPECT_FALSE(is_right_tempo(100.0, 400.0, 0.02, TempoRule::kOrOctave));
}

TEST(HitMatching, EachKindIsCountedByItself) {
  const std::vector<HitInSeconds> truth = {{0.0, 0}, {0.5, 1}, {1.0, 0}};
  const std::vector<HitInSeconds> heard = {{0.04, 0}, {0.5, 0}, {0.6, 2}};
  const std::map<int, MatchCounts> expected = {{0, {2, 2, 1}}, {1, {1, 0, 0}}, {2, {0, 1, 0}}};
  EXPECT_EQ(count_hits(truth, heard), expected);
}

}  // namespace
}  // namespace undersong
