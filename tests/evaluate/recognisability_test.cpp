#include "evaluate/recognisability.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "base/rng.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

// Uniform noise in `columns` columns, each label moved by `distance` in one of its own.
std::vector<LabelledFeatures> noise(std::size_t tracks, std::size_t labels, std::size_t columns,
                                    double distance, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<LabelledFeatures> set;
  for (std::size_t i = 0; i < tracks; ++i) {
    LabelledFeatures track;
    track.label = std::string(1, static_cast<char>('a' + i % labels));
    for (std::size_t c = 0; c < columns; ++c) track.features.push_back(rng.uniform());
    track.features[i % labels] += distance;
    set.push_back(track);
  }
  return set;
}

TEST(Recognisability, OfStylesThatLieApartIsWhole) {
  const auto result = measure_recognisability(noise(60, 3, 10, 5.0, 1), 5, 1);
  EXPECT_EQ(result.labels, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(result.counts, (std::vector<std::int64_t>{20, 20, 20}));
  EXPECT_EQ(result.accuracy, 1.0);
  EXPECT_EQ(result.confusion,
            (std::vector<std::vector<std::int64_t>>{{20, 0, 0}, {0, 20, 0}, {0, 0, 20}}));
  EXPECT_NEAR(result.chance, 1.0 / 3, 1e-12);
}

TEST(Recognisability, OfNoiseIsChance) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    const auto result = measure_recognisability(noise(400, 2, 30, 0.0, seed), 10, seed);
    EXPECT_NEAR(result.accuracy, 0.5, 0.08);  // three deviations of a fair coin
    EXPECT_LE(result.accuracy_low, result.accuracy);
    EXPECT_GE(result.accuracy_high, result.accuracy);
  }
}

// Wilson's interval for 10 of 10 right is [1 / (1 + z^2 / 10), 1].
TEST(Recognisability, HasWilsonsInterval) {
  const auto result = measure_recognisability(noise(10, 2, 2, 50.0, 1), 5, 1);
  ASSERT_EQ(result.accuracy, 1.0);
  EXPECT_NEAR(result.accuracy_low, 0.7225, 5e-5);
  EXPECT_NEAR(result.accuracy_high, 1.0, 1e-12);
}

TEST(Recognisability, CountsEveryTrackOnceAndRepeatsFromItsSeed) {
  const auto tracks = noise(101, 4, 8, 0.3, 1);
  const auto result = measure_recognisability(tracks, 7, 5);
  std::int64_t total = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    std::int64_t row = 0;
    for (const std::int64_t count : result.confusion[i]) row += count;
    EXPECT_EQ(row, result.counts[i]);
    total += row;
  }
  EXPECT_EQ(total, 101);
  EXPECT_NEAR(result.chance, 26.0 / 101, 1e-12);
  EXPECT_EQ(measure_recognisability(tracks, 7, 5).confusion, result.confusion);
}

TEST(Recognisability, LeavesOutLabelsOfOneTrack) {
  auto tracks = noise(20, 2, 3, 5.0, 1);
  tracks.push_back({"lonely", {9, 9, 9}});
  const auto result = measure_recognisability(tracks, 4, 1);
  EXPECT_EQ(result.labels, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(result.accuracy, 1.0);
}

TEST(Recognisability, StandsConstantFeaturesAndMoreFeaturesThanTracks) {
  auto tracks = noise(8, 2, 60, 5.0, 1);
  for (auto& track : tracks) track.features.push_back(3.0);
  EXPECT_GE(measure_recognisability(tracks, 4, 1).accuracy, 0.5);
}

TEST(Recognisability, WantsTwoStylesAndTwoFolds) {
  const std::vector<LabelledFeatures> one = {{"rock", {1.0}}, {"rock", {2.0}}, {"jazz", {3.0}}};
  const Error error = thrown_error([&] { measure_recognisability(one, 5, 1); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_EQ(error.message(),
            "recognising styles needs at least two styles of two tracks or more; among the 3 "
            "tracks there is only rock");
  EXPECT_EQ(thrown_error([&] { measure_recognisability({}, 5, 1); }).message(),
            "recognising styles needs at least two styles of two tracks or more; among the 0 "
            "tracks there is none");
  EXPECT_EQ(thrown_error([&] { measure_recognisability(one, 1, 1); }).message(),
            "recognising styles needs at least 2 folds, not 1");
}

}  // namespace
}  // namespace undersong
