#include "evaluate/variety.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"

namespace undersong {
namespace {

using Rows = std::vector<std::vector<double>>;

Rows random_rows(std::size_t count, double width, std::uint64_t seed) {
  Rng rng(seed);
  Rows rows(count);
  for (auto& row : rows) {
    for (int i = 0; i < 6; ++i) row.push_back(width * rng.uniform());
  }
  return rows;
}

// Deviations of the yardstick: 1 and 2. Then the set is a triangle with sides 3, 4 and 5, and the
// yardstick a square with sides of 2.
TEST(Variety, DividesDistancesByTheYardsticksDeviations) {
  const Rows set = {{0, 0, 1}, {3, 0, 2}, {0, 8, 3}};                   // 8 is just four deviations
  const Rows yardstick = {{0, 0, 5}, {2, 0, 5}, {0, 4, 5}, {2, 4, 5}};  // the third never varies
  const Variety variety = measure_variety(set, yardstick);
  EXPECT_EQ(variety.tracks, 3U);
  EXPECT_EQ(variety.matrix, (std::vector<double>{0, 3, 4, 3, 0, 5, 4, 5, 0}));
  EXPECT_NEAR(*variety.mean_distance, 4.0, 1e-12);
  EXPECT_NEAR(*variety.nearest_distance, 10.0 / 3, 1e-12);
  EXPECT_NEAR(*variety.mean_ratio, 4.0 / ((8 + 4 * std::sqrt(2.0)) / 6), 1e-12);
  // Two of a corner's three others, whichever: one of them is 2 away.
  EXPECT_NEAR(*variety.nearest_ratio, 10.0 / 3 / 2, 1e-12);
}

TEST(Variety, OfTheYardstickItselfIsOne) {
  const Rows rows = random_rows(30, 1.0, 1);
  const Variety variety = measure_variety(rows, rows);
  EXPECT_NEAR(*variety.mean_ratio, 1.0, 1e-12);
  EXPECT_NEAR(*variety.nearest_ratio, 1.0, 1e-12);
}

// One piece of a hundred has the trait, and it is not a hundred times as telling.
TEST(Variety, CountsARareTraitUpToFourDeviations) {
  Rows yardstick(100, {0.0});
  yardstick[0] = {1.0};
  EXPECT_NEAR(*measure_variety(Rows{{0}, {0.2}}, yardstick).mean_distance, 2.01, 0.001);
  EXPECT_EQ(*measure_variety(Rows{{0}, {50}}, yardstick).mean_distance, 4.0);
}

// Of two tracks the nearest is the only other one.
TEST(Variety, OfTwoTracksKnowsOneDistance) {
  const Variety variety = measure_variety(random_rows(2, 1.0, 2), random_rows(30, 1.0, 1));
  EXPECT_EQ(*variety.mean_distance, *variety.nearest_distance);
  EXPECT_NEAR(*variety.mean_ratio, *variety.nearest_ratio, 1e-12);
}

// The nearest of many is nearer than the nearest of few, and the ratio must not say that few are
// more varied.
TEST(Variety, OfAFewHumanPiecesIsAboutOne) {
  const Rows human = random_rows(400, 1.0, 1);
  double nearest = 0.0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    nearest += *measure_variety(random_rows(10, 1.0, 100 + seed), human).nearest_ratio / 40;
  }
  EXPECT_NEAR(nearest, 1.0, 0.05);
}

TEST(Variety, IsSmallWhereTracksSoundTheSame) {
  const Variety variety = measure_variety(random_rows(10, 0.1, 2), random_rows(100, 1.0, 1));
  EXPECT_LT(*variety.mean_ratio, 0.15);
  EXPECT_LT(*variety.nearest_ratio, 0.2);
  const Rows same(5, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(*measure_variety(same, random_rows(20, 1.0, 1)).mean_ratio, 0.0);
}

TEST(Variety, WithoutAYardstickMeasuresTheSetByItself) {
  const Variety variety = measure_variety(Rows{{0}, {10}, {20}}, {});
  // Deviation of the population: sqrt(200/3).
  const double step = 10 / std::sqrt(200.0 / 3);
  EXPECT_NEAR(*variety.mean_distance, 4 * step / 3, 1e-12);
  EXPECT_NEAR(*variety.nearest_distance, step, 1e-12);
  EXPECT_FALSE(variety.mean_ratio);
  EXPECT_FALSE(variety.nearest_ratio);
}

TEST(Variety, OfLessThanTwoTracksIsUnset) {
  EXPECT_FALSE(measure_variety({}, {}).mean_distance);
  EXPECT_TRUE(measure_variety({}, random_rows(5, 1, 1)).matrix.empty());
  const Variety one = measure_variety(random_rows(1, 1, 1), random_rows(5, 1, 1));
  EXPECT_FALSE(one.mean_distance || one.nearest_distance || one.mean_ratio);
  EXPECT_EQ(one.matrix, std::vector<double>{0.0});
  const Rows same(3, std::vector<double>(6, 1.0));
  const Variety measured_by_one_point = measure_variety(random_rows(4, 1, 1), same);
  EXPECT_FALSE(measured_by_one_point.mean_ratio || measured_by_one_point.nearest_ratio);
}

}  // namespace
}  // namespace undersong
