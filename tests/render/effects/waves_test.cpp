#include "render/effects/waves.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace undersong::detail {
namespace {

TEST(Waves, AreTheSinesOfTheLibrary) {
  for (int i = -3000; i <= 3000; ++i) {
    const double turns = i * 0.00137;
    EXPECT_NEAR(sine_of_turns(turns), std::sin(2.0 * std::numbers::pi * turns), 1e-14) << turns;
    EXPECT_NEAR(cosine_of_turns(turns), std::cos(2.0 * std::numbers::pi * turns), 1e-14) << turns;
  }
  for (int i = 0; i < 480; ++i) {
    const double x = i * 0.001;
    const double expected = std::tan(std::numbers::pi * x);
    EXPECT_NEAR(tangent_of_half_turns(x), expected, 1e-12 * (1.0 + expected * expected)) << x;
  }
  EXPECT_NEAR(power(10.0, -3.0), 0.001, 1e-17);
}

TEST(Waves, AreExactWhereTheyCross) {
  EXPECT_EQ(sine_of_turns(0.0), 0.0);
  EXPECT_EQ(cosine_of_turns(0.0), 1.0);
  EXPECT_EQ(cosine_of_turns(0.5), -1.0);
  EXPECT_EQ(sine_of_turns(0.25), 1.0);
  EXPECT_EQ(sine_of_turns(-1e-300), -0.0);
}

}  // namespace
}  // namespace undersong::detail
