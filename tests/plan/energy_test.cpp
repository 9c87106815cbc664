#include "plan/energy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "plan/plan.h"
#include "support/test_style.h"

namespace undersong {
namespace {

CompositionRequest request_of(double seconds, std::uint64_t seed = 1) {
  CompositionRequest request;
  request.style = "test";
  request.length_seconds = seconds;
  request.seed = seed;
  return request;
}

double mean_energy(const Plan& plan) {
  double sum = 0.0;
  for (const PlannedBar& bar : plan.bars) sum += bar.energy;
  return sum / static_cast<double>(plan.bars.size());
}

TEST(EnergyCurve, IsStraightBetweenPointsAndLevelOutsideThem) {
  const std::vector<EnergyPoint> curve = {{10.0, 0.2}, {20.0, 0.8}, {30.0, 0.4}};
  EXPECT_DOUBLE_EQ(detail::energy_at(curve, 0.0), 0.2);
  EXPECT_DOUBLE_EQ(detail::energy_at(curve, 15.0), 0.5);
  EXPECT_DOUBLE_EQ(detail::energy_at(curve, 25.0), 0.6);
  EXPECT_DOUBLE_EQ(detail::energy_at(curve, 99.0), 0.4);
}

TEST(Energy, FollowsTheAskedCurveBarByBar) {
  CompositionRequest request = request_of(60.0);
  request.energy = {{0.0, 0.2}, {30.0, 0.9}, {60.0, 0.3}};
  const Plan piece = plan(request, make_test_style());
  const std::vector<double> times = bar_times(piece);
  for (std::size_t i = 0; i < piece.bars.size(); ++i)
    EXPECT_NEAR(piece.bars[i].energy, detail::energy_at(request.energy, times[i]), 0.0006) << i;
}

TEST(Energy, IsHigherInSectionsThatAreLouder) {
  const Plan piece = plan(request_of(180.0), make_test_style());
  double a = -1.0;
  double b = -1.0;
  for (const PlannedSection& section : piece.sections) {
    const double energy = piece.bars[static_cast<std::size_t>(section.first_bar)].energy;
    if (section.name == "A" && a < 0.0) a = energy;
    if (section.name == "B" && b < 0.0) b = energy;
  }
  ASSERT_GE(a, 0.0);
  ASSERT_GE(b, 0.0);
  EXPECT_GT(b, a + 0.1);
}

TEST(Energy, RisesWithTheMoodsArousal) {
  CompositionRequest calm = request_of(60.0);
  calm.mood = Mood::kCalm;
  CompositionRequest energetic = request_of(60.0);
  energetic.mood = Mood::kEnergetic;
  EXPECT_GT(mean_energy(plan(energetic, make_test_style())),
            mean_energy(plan(calm, make_test_style())) + 0.05);
}

TEST(Energy, LiftsAtAHit) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CompositionRequest request = request_of(60.0, seed);
    request.hits_seconds = {20.0, 40.0};
    const Plan piece = plan(request, make_test_style());
    for (std::size_t i = 1; i < piece.bars.size(); ++i) {
      if (!piece.bars[i].hit) continue;
      EXPECT_GT(piece.bars[i].energy, piece.bars[i - 1].energy) << seed;
      EXPECT_EQ(piece.bars[i - 1].fill, piece.bars[i - 1].roles.contains(Role::kDrums)) << seed;
    }
  }
}

TEST(Energy, ComesBackAfterHitsInARow) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CompositionRequest request = request_of(90.0, seed);
    for (int i = 1; i <= 12; ++i) request.hits_seconds.push_back(5.0 * i);
    const Plan piece = plan(request, make_test_style());
    for (const PlannedBar& bar : piece.bars) EXPECT_LT(bar.energy, 0.95) << seed;
  }
}

TEST(Energy, ClimbsInPiecesOfOneSectionToo) {
  for (const double seconds : {16.0, 20.0, 26.0}) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      CompositionRequest request = request_of(seconds, seed);
      request.bpm = 100.0;
      const Plan piece = plan(request, make_test_style());
      std::vector<double> energy;
      for (const PlannedBar& bar : piece.bars) energy.push_back(bar.energy);
      const auto peak = std::max_element(energy.begin(), energy.end());
      EXPECT_GT(*peak, energy.front() + 0.3) << seconds << " s, seed " << seed;
      EXPECT_LT(energy.back(), *peak) << seconds << " s, seed " << seed;
      const double place =
          static_cast<double>(peak - energy.begin()) / static_cast<double>(energy.size() - 1);
      EXPECT_GE(place, 0.4) << seconds << " s, seed " << seed;
      EXPECT_LE(place, 0.9) << seconds << " s, seed " << seed;
    }
  }
}

}  // namespace
}  // namespace undersong
