#include "nn/rotary.h"

#include <gtest/gtest.h>

#include <cmath>

namespace undersong {
namespace {

TEST(RotaryAngles, AreThoseOfTheFormula) {
  const RotaryAngles rotary(64);
  ASSERT_EQ(rotary.pairs(), 32U);
  std::vector<float> cosines(32);
  std::vector<float> sines(32);
  for (const int position : {0, 1, 2, 3, 17, 100, 2047, 65535, 999999}) {
    rotary.at(position, cosines.data(), sines.data());
    for (std::size_t i = 0; i < 32; ++i) {
      const double angle = position * std::pow(10000.0, -static_cast<double>(i) / 32);
      EXPECT_NEAR(static_cast<double>(cosines[i]), std::cos(angle), 1e-7) << position;
      EXPECT_NEAR(static_cast<double>(sines[i]), std::sin(angle), 1e-7) << position;
    }
  }
}

}  // namespace
}  // namespace undersong
