#include "tokens/composer_grid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdlib>

#include "base/error.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using ::testing::HasSubstr;

TEST(ComposerGrid, TempoStepsDivideThreeOctavesEqually) {
  EXPECT_EQ(tempo_step(30.0), 0);
  EXPECT_EQ(tempo_step(59.9), 7);
  EXPECT_EQ(tempo_step(60.1), 8);
  EXPECT_EQ(tempo_step(120.1), 16);
  EXPECT_EQ(tempo_step(239.9), 23);
  for (std::uint8_t step = 0; step < kGridTempos; ++step) {
    EXPECT_EQ(tempo_step(tempo_of(step)), step);
    EXPECT_NEAR(tempo_of(step), 30.0 * std::pow(2.0, (step + 0.5) / 8.0), 1e-9);
  }
}

TEST(ComposerGrid, TemposOutsideTheStepsAreTheNearest) {
  EXPECT_EQ(tempo_step(1.0), 0);
  EXPECT_EQ(tempo_step(0.0), 0);
  EXPECT_EQ(tempo_step(std::nan("")), 0);
  EXPECT_EQ(tempo_step(1e9), kGridTempos - 1);
}

TEST(ComposerGrid, DurationsAreTheNearestByRatio) {
  for (std::size_t i = 0; i < kGridDurations.size(); ++i)
    EXPECT_EQ(duration_step(kGridDurations[i]), i);
  for (int steps = 1; steps < 400; ++steps) {
    const double chosen = std::abs(std::log(kGridDurations[duration_step(steps)] / double(steps)));
    for (const int other : kGridDurations)
      EXPECT_LE(chosen, std::abs(std::log(other / double(steps))) + 1e-12) << steps;
  }
}

TEST(ComposerGrid, DensityStepsGrowByARatio) {
  EXPECT_EQ(density_step(1), 0);
  EXPECT_EQ(density_step(2), 1);
  EXPECT_EQ(density_step(96), kDensitySteps - 1);
  for (int onsets = 1; onsets <= 96; ++onsets)
    EXPECT_EQ(density_step(onsets), std::lround(std::log(onsets) / std::log(1.6)) > 10
                                        ? 10
                                        : std::lround(std::log(onsets) / std::log(1.6)))
        << onsets;
}

TEST(ComposerGrid, StylesHaveNamesThatReadBack) {
  for (int i = 0; i < kGridStyleCount; ++i) {
    const auto style = static_cast<GridStyle>(i);
    EXPECT_EQ(parse_grid_style(name_of(style)), style);
  }
  EXPECT_EQ(parse_grid_style("Drums-HipHop"), GridStyle::kDrumsHipHop);
}

TEST(ComposerGrid, AMistypedStyleIsToldTheNearest) {
  const Error error = thrown_error([] { parse_grid_style("quartett"); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.what(),
              HasSubstr("there is no style of music 'quartett'; did you mean quartet"));
}

TEST(ComposerGrid, MetersFitTheLongestBar) {
  for (const GridMeter& meter : kGridMeters) EXPECT_LE(meter.length(), kLongestGridBar);
}

}  // namespace
}  // namespace undersong
