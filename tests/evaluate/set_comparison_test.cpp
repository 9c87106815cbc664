#include "evaluate/set_comparison.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "base/rng.h"

namespace undersong {
namespace {

const std::array<std::size_t, kFeatures> kSizes = {1, 12, 144, 1, 1, 1, 1, 12, 144};

FeatureVector constant_features(double value) {
  FeatureVector features;
  for (std::size_t i = 0; i < kFeatures; ++i) features[i].assign(kSizes[i], value);
  return features;
}

std::vector<FeatureVector> random_set(std::size_t pieces, double shift, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<FeatureVector> set(pieces);
  for (FeatureVector& piece : set) {
    for (std::size_t i = 0; i < kFeatures; ++i) {
      for (std::size_t c = 0; c < kSizes[i]; ++c) piece[i].push_back(shift + rng.uniform());
    }
  }
  return set;
}

TEST(SetComparison, MeasuresEveryPairOnce) {
  std::vector<FeatureVector> a;
  for (const double value : {0.0, 3.0, 7.0}) a.push_back(constant_features(value));
  const std::vector<FeatureVector> b = {constant_features(1.0), constant_features(10.0)};
  EXPECT_EQ(distances_within(a, Feature::kPitchCount), (std::vector<double>{3, 7, 4}));
  EXPECT_EQ(distances_between(a, b, Feature::kPitchCount),
            (std::vector<double>{1, 10, 2, 7, 6, 3}));
  // Twelve differences of 3.
  EXPECT_NEAR(distances_within(a, Feature::kPitchClassHistogram)[0], 3 * std::sqrt(12.0), 1e-12);
  EXPECT_NEAR(distances_within(a, Feature::kNoteLengthTransitions)[0], 3 * 12.0, 1e-12);
}

TEST(SetComparison, GivesMeansAndDeviationsOfEachSet) {
  const std::vector<FeatureVector> a = {constant_features(2.0), constant_features(6.0)};
  const std::vector<FeatureVector> b = {constant_features(5.0)};
  const auto comparison = compare_sets(a, b)[static_cast<std::size_t>(Feature::kPitchRange)];
  EXPECT_EQ(comparison.feature, Feature::kPitchRange);
  EXPECT_EQ(comparison.mean_a, std::vector<double>{4.0});
  EXPECT_EQ(comparison.deviation_a, std::vector<double>{2.0});
  EXPECT_EQ(comparison.mean_b, std::vector<double>{5.0});
  EXPECT_EQ(comparison.deviation_b, std::vector<double>{0.0});
  const auto histogram = compare_sets(a, {})[1];
  EXPECT_EQ(histogram.mean_a, std::vector<double>(12, 4.0));
  EXPECT_TRUE(histogram.mean_b.empty());
}

TEST(SetComparison, FindsASetNearItself) {
  const auto set = random_set(60, 0.0, 1);
  for (const FeatureComparison& each : compare_sets(set, set)) {
    ASSERT_TRUE(each.kl_a && each.overlap_a);
    // Of the distances between, 1 in 60 is that of a piece to itself: 0.
    EXPECT_GT(*each.overlap_a, 0.93) << name_of(each.feature);
    EXPECT_LT(*each.kl_a, 0.1) << name_of(each.feature);
    EXPECT_EQ(each.kl_a, each.kl_b);
    EXPECT_EQ(each.overlap_a, each.overlap_b);
  }
}

TEST(SetComparison, FindsSetsThatLieApartFar) {
  for (const auto& each : compare_sets(random_set(60, 0.0, 1), random_set(60, 50.0, 2))) {
    EXPECT_LT(*each.overlap_a, 0.01) << name_of(each.feature);
    EXPECT_GT(*each.kl_a, 5.0) << name_of(each.feature);
  }
}

TEST(SetComparison, LeavesUnsetWhatIsTooSmallOrWithoutSpread) {
  const auto good = random_set(20, 0.0, 1);
  const std::vector<FeatureVector> same(5, constant_features(0.5));
  for (const auto& each : compare_sets(good, same)) {
    EXPECT_TRUE(each.kl_a && each.overlap_a);
    EXPECT_FALSE(each.kl_b || each.overlap_b);
    EXPECT_TRUE(each.within_b.values.empty());
    EXPECT_FALSE(each.within_a.values.empty());
  }
  for (const std::size_t pieces : {0U, 1U, 2U}) {
    const auto few = random_set(pieces, 0.0, 2);
    for (const auto& each : compare_sets(good, few)) EXPECT_FALSE(each.kl_b || each.overlap_b);
    for (const auto& each : compare_sets(few, few)) EXPECT_FALSE(each.kl_a || each.overlap_a);
  }
  for (const auto& each : compare_sets(same, same)) {
    EXPECT_FALSE(each.kl_a || each.kl_b || each.overlap_a || each.overlap_b);
    EXPECT_TRUE(each.between.values.empty());
  }
}

TEST(SetComparison, DrawsAllDensitiesOnOneGrid) {
  for (const auto& each : compare_sets(random_set(30, 0.0, 1), random_set(20, 2.0, 2))) {
    EXPECT_EQ(each.within_a.low, each.between.low);
    EXPECT_EQ(each.within_b.high, each.between.high);
    EXPECT_EQ(each.within_a.values.size(), each.within_b.values.size());
    EXPECT_GE(each.between.values.size(), 200U);
    EXPECT_LE(each.between.values.size(), 400U);
    double area = 0.0;
    for (const double value : each.between.values) area += value;
    area *= (each.between.high - each.between.low) /
            static_cast<double>(each.between.values.size() - 1);
    EXPECT_NEAR(area, 1.0, 0.01);
  }
}

TEST(SetComparison, IsBoundedAndSymmetricWhateverTheSets) {
  EXPECT_TRUE(rc::check([] {
    const auto size = [] { return *rc::gen::inRange<std::size_t>(0, 12); };
    const auto a = random_set(size(), *rc::gen::inRange(0, 3), *rc::gen::arbitrary<std::uint8_t>());
    const auto b = random_set(size(), *rc::gen::inRange(0, 3), *rc::gen::arbitrary<std::uint8_t>());
    const auto forth = compare_sets(a, b);
    const auto back = compare_sets(b, a);
    for (std::size_t i = 0; i < kFeatures; ++i) {
      RC_ASSERT(forth[i].kl_a.has_value() == (a.size() >= 3 && a.size() * b.size() >= 2));
      if (forth[i].kl_a) {
        RC_ASSERT(*forth[i].kl_a >= 0.0 && std::isfinite(*forth[i].kl_a));
        RC_ASSERT(*forth[i].overlap_a >= 0.0 && *forth[i].overlap_a <= 1.0);
        // The sums between the sets run in another order.
        RC_ASSERT(std::abs(*forth[i].overlap_a - *back[i].overlap_b) < 1e-9);
        RC_ASSERT(std::abs(*forth[i].kl_a - *back[i].kl_b) < 1e-6);
      }
    }
  }));
}

}  // namespace
}  // namespace undersong
