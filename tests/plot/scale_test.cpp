#include "plot/scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

namespace undersong {
namespace {

using testing::ElementsAre;

std::vector<std::string> labels(const Scale& scale, int wanted) {
  std::vector<std::string> texts;
  for (const auto& tick : scale.ticks(wanted)) texts.push_back(tick.label);
  return texts;
}

TEST(Scale, MapsTheEndsAndTheMiddle) {
  const Scale scale(ScaleKind::kLinear, 2.0, 4.0, 300.0, 100.0);
  EXPECT_DOUBLE_EQ(scale.pixel(2.0), 300.0);
  EXPECT_DOUBLE_EQ(scale.pixel(3.0), 200.0);
  EXPECT_DOUBLE_EQ(scale.pixel(4.0), 100.0);
}

TEST(Scale, GivesEachPowerOfTenTheSameRoom) {
  const Scale scale(ScaleKind::kLogarithmic, 0.01, 100.0, 0.0, 400.0);
  EXPECT_NEAR(scale.pixel(0.1), 100.0, 1e-9);
  EXPECT_NEAR(scale.pixel(1.0), 200.0, 1e-9);
}

TEST(Scale, FindsAPlaceForASingleValue) {
  for (const double value : {0.0, 3.0, -3.0}) {
    const Scale scale(ScaleKind::kLinear, value, value, 0.0, 100.0);
    EXPECT_DOUBLE_EQ(scale.pixel(value), 50.0) << value;
  }
  EXPECT_NEAR(Scale(ScaleKind::kLogarithmic, 3.0, 3.0, 0.0, 100.0).pixel(3.0), 50.0, 1e-9);
}

TEST(Scale, PutsRoundNumbersOnTheAxis) {
  EXPECT_THAT(labels(Scale(ScaleKind::kLinear, 0.0, 10.2, 0, 1), 6),
              ElementsAre("0", "2", "4", "6", "8", "10"));
  EXPECT_THAT(labels(Scale(ScaleKind::kLinear, -0.12, 0.21, 0, 1), 6),
              ElementsAre("−0.10", "−0.05", "0.00", "0.05", "0.10", "0.15", "0.20"));
  EXPECT_THAT(labels(Scale(ScaleKind::kLinear, 0.0, 12000.0, 0, 1), 3),
              ElementsAre("0", "5,000", "10,000"));
  EXPECT_THAT(labels(Scale(ScaleKind::kLogarithmic, 0.05, 10.0, 0, 1), 6),
              ElementsAre("0.05", "0.1", "0.2", "0.5", "1", "2", "5", "10"));
  EXPECT_THAT(labels(Scale(ScaleKind::kLogarithmic, 1.0, 1e6, 0, 1), 6),
              ElementsAre("1", "10", "100", "1,000", "10,000", "100,000", "1,000,000"));
  EXPECT_THAT(labels(Scale(ScaleKind::kLogarithmic, 3.0, 4.0, 0, 1), 5),
              ElementsAre("3.0", "3.2", "3.4", "3.6", "3.8", "4.0"))
      << "too narrow for powers of ten";
}

TEST(Scale, HasAHandfulOfTicksInsideAnyRange) {
  EXPECT_TRUE(rc::check([] {
    const double low = *rc::gen::inRange(-1000000, 1000000) / 997.0;
    const double span = *rc::gen::inRange(1, 1000000) / 991.0;
    const Scale scale(ScaleKind::kLinear, low, low + span, 0.0, 1.0);
    const auto ticks = scale.ticks(6);
    RC_ASSERT(ticks.size() >= 3U && ticks.size() <= 11U);
    for (const auto& tick : ticks)
      RC_ASSERT(scale.pixel(tick.value) > -1e-6 && scale.pixel(tick.value) < 1.0 + 1e-6);
  }));
}

TEST(RoundStep, TakesOnlyOneTwoAndFive) {
  EXPECT_DOUBLE_EQ(round_step(10.0, 5), 2.0);
  EXPECT_DOUBLE_EQ(round_step(10.0, 10), 1.0);
  EXPECT_DOUBLE_EQ(round_step(0.9, 2), 0.5);
  EXPECT_DOUBLE_EQ(round_step(80.0, 1), 100.0);
}

TEST(TickLabel, SeparatesThousandsAndKeepsTheDecimalsThatTell) {
  EXPECT_EQ(tick_label(1234567.0, 1.0), "1,234,567");
  EXPECT_EQ(tick_label(0.25, 0.05), "0.25");
  EXPECT_EQ(tick_label(-1500.0, 500.0), "−1,500");
  EXPECT_EQ(tick_label(-1e-17, 0.1), "0.0");
  EXPECT_EQ(with_thousands(-999), "−999");
}

}  // namespace
}  // namespace undersong
