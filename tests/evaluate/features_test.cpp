#include "evaluate/features.h"

#include <gtest/gtest.h>

#include <numeric>

#include "evaluate/pieces.h"

namespace undersong {
namespace {

constexpr std::size_t kHalf = 1, kQuarter = 2, kEighth = 3, kSixteenth = 4;

const std::vector<double>& of(const FeatureVector& features, Feature feature) {
  return features[static_cast<std::size_t>(feature)];
}

double sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

// C4 and E4 in quarters at 60 BPM, then at 120 BPM C4 with G4 in halves, C5 an eighth, and a drum
// a sixteenth.
Score hand_made_piece() {
  Score score;
  score.tempos = {{0, 1'000'000}, {960, 500'000}};
  score.tracks.resize(1);
  score.tracks[0].notes = {note(0, 480, 60),   note(480, 480, 64),  note(960, 960, 60),
                           note(960, 960, 67), note(1920, 240, 72), drum(2160, 120, 36)};
  return score;
}

TEST(Features, OfAHandMadePieceAreThoseWorkedOutByHand) {
  const FeatureVector features = measure_features(hand_made_piece());
  EXPECT_EQ(of(features, Feature::kPitchCount), std::vector<double>{4.0});
  EXPECT_EQ(of(features, Feature::kPitchRange), std::vector<double>{12.0});
  // |4| + |-4| + |7| + |5| over four intervals.
  EXPECT_EQ(of(features, Feature::kMeanPitchInterval), std::vector<double>{5.0});
  EXPECT_EQ(of(features, Feature::kNoteCount), std::vector<double>{6.0});
  // Onsets at 0, 1, 2, 3 and 3.25 seconds.
  ASSERT_EQ(of(features, Feature::kMeanInterOnsetInterval).size(), 1U);
  EXPECT_NEAR(of(features, Feature::kMeanInterOnsetInterval)[0], 3.25 / 4, 1e-12);
}

TEST(Features, WeighPitchClassesByDurationWithoutDrums) {
  const auto histogram = of(measure_features(hand_made_piece()), Feature::kPitchClassHistogram);
  std::vector<double> expected(12, 0.0);
  expected[0] = 1680.0 / 3120;
  expected[4] = 480.0 / 3120;
  expected[7] = 960.0 / 3120;
  ASSERT_EQ(histogram.size(), 12U);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_NEAR(histogram[i], expected[i], 1e-12) << i;
}

TEST(Features, CountEveryPitchClassThatFollowsAnother) {
  const auto matrix = of(measure_features(hand_made_piece()), Feature::kPitchClassTransitions);
  std::vector<double> expected(144, 0.0);
  expected[0 * 12 + 4] = expected[4 * 12 + 0] = expected[0 * 12 + 7] = expected[7 * 12 + 0] = 0.25;
  EXPECT_EQ(matrix, expected);
}

TEST(Features, ClassLengthsAndTheirTransitionsWithDrums) {
  const FeatureVector features = measure_features(hand_made_piece());
  std::vector<double> histogram(12, 0.0);
  histogram[kQuarter] = histogram[kHalf] = 2.0 / 6;
  histogram[kEighth] = histogram[kSixteenth] = 1.0 / 6;
  EXPECT_EQ(of(features, Feature::kNoteLengthHistogram), histogram);
  std::vector<double> transitions(144, 0.0);
  for (const auto& [from, to] :
       std::vector<std::pair<std::size_t, std::size_t>>{{kQuarter, kQuarter},
                                                        {kQuarter, kHalf},
                                                        {kHalf, kHalf},
                                                        {kHalf, kEighth},
                                                        {kEighth, kSixteenth}}) {
    transitions[from * 12 + to] = 0.2;
  }
  EXPECT_EQ(of(features, Feature::kNoteLengthTransitions), transitions);
}

TEST(Features, DoNotDependOnHowNotesAreSpreadOverTracks) {
  Score spread = hand_made_piece();
  spread.tracks.resize(2);
  auto& notes = spread.tracks[0].notes;
  spread.tracks[1].notes = {notes[1], notes[3], notes[5]};
  notes = {notes[0], notes[2], notes[4]};
  EXPECT_EQ(measure_features(spread), measure_features(hand_made_piece()));
}

TEST(Features, ReadEachOfTheTwelveLengthsAtAnyResolution) {
  // In 96ths of a whole note, in the order of the paper.
  const std::vector<Ticks> lengths = {96, 48, 24, 12, 6, 72, 36, 18, 9, 32, 16, 8};
  for (const Ticks ticks_per_quarter : {24, 96, 480, 24576}) {
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      EXPECT_EQ(note_length_class(lengths[i] * ticks_per_quarter / 24, ticks_per_quarter), i);
    }
  }
}

TEST(Features, TakeTheNearestLengthByRatio) {
  EXPECT_EQ(note_length_class(500, 480), kQuarter);
  // Between a dotted half (1440) and a whole note (1920) the border is at 1662.77, not at 1680.
  EXPECT_EQ(note_length_class(1662, 480), 5U);
  EXPECT_EQ(note_length_class(1663, 480), 0U);
  EXPECT_EQ(note_length_class(1, 480), kSixteenth);
  EXPECT_EQ(note_length_class(0, 480), kSixteenth);
  EXPECT_EQ(note_length_class(1'000'000'000, 480), 0U);
}

TEST(Features, OfNoMusicOfOneNoteAndOfDrumsAreFinite) {
  Score drums;
  drums.tracks.resize(1);
  drums.tracks[0].notes = {drum(0, 120, 36), drum(480, 120, 38)};
  Score one;
  one.tracks.resize(1);
  one.tracks[0].notes = {note(0, 480, 60)};
  for (const Score& score : {Score{}, drums, one}) {
    const FeatureVector features = measure_features(score);
    const std::array<std::size_t, kFeatures> sizes = {1, 12, 144, 1, 1, 1, 1, 12, 144};
    for (std::size_t i = 0; i < kFeatures; ++i) EXPECT_EQ(features[i].size(), sizes[i]);
  }
  const FeatureVector of_drums = measure_features(drums);
  EXPECT_EQ(sum(of(of_drums, Feature::kPitchClassHistogram)), 0.0);
  EXPECT_EQ(of(of_drums, Feature::kPitchCount)[0], 0.0);
  EXPECT_EQ(of(of_drums, Feature::kNoteCount)[0], 2.0);
  EXPECT_EQ(of(of_drums, Feature::kMeanInterOnsetInterval)[0], 0.5);
  EXPECT_EQ(sum(of(of_drums, Feature::kNoteLengthTransitions)), 1.0);
  const FeatureVector of_one = measure_features(one);
  EXPECT_EQ(sum(of(of_one, Feature::kPitchClassHistogram)), 1.0);
  EXPECT_EQ(sum(of(of_one, Feature::kPitchClassTransitions)), 0.0);
}

TEST(Features, AreNamedAsInThePaper) {
  EXPECT_EQ(name_of(Feature::kPitchCount), "pitch count");
  EXPECT_EQ(name_of(Feature::kNoteLengthTransitions), "note length transition matrix");
}

}  // namespace
}  // namespace undersong
