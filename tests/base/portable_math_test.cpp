#include "base/portable_math.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/hash.h"
#include "base/rng.h"

namespace undersong {
namespace {

double units_in_last_place(double a, double b) {
  if (a == b) return 0.0;
  return std::abs(a - b) / (std::nextafter(std::abs(b), HUGE_VAL) - std::abs(b));
}

TEST(PortableMath, ExpIsWithinTwoUnitsOfTheLastPlace) {
  Rng rng(1);
  double worst = 0.0;
  for (int i = 0; i < 200000; ++i) {
    const double x = -740.0 + 1449.0 * rng.uniform();
    worst = std::max(worst, units_in_last_place(portable_exp(x), std::exp(x)));
    const double small = 2.0 * rng.uniform() - 1.0;
    worst = std::max(worst, units_in_last_place(portable_exp(small), std::exp(small)));
  }
  EXPECT_LE(worst, 2.0);
}

TEST(PortableMath, LogIsWithinTwoUnitsOfTheLastPlace) {
  Rng rng(2);
  double worst = 0.0;
  for (int i = 0; i < 200000; ++i) {
    const double x = std::exp(-700.0 + 1400.0 * rng.uniform());
    worst = std::max(worst, units_in_last_place(portable_log(x), std::log(x)));
    const double near_one = 0.5 + 1.5 * rng.uniform();
    worst = std::max(worst, units_in_last_place(portable_log(near_one), std::log(near_one)));
  }
  EXPECT_LE(worst, 2.0);
}

TEST(PortableMath, KnowsTheEndsOfTheLine) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(portable_exp(0.0), 1.0);
  EXPECT_EQ(portable_exp(-kInfinity), 0.0);
  EXPECT_EQ(portable_exp(-1000.0), 0.0);
  EXPECT_EQ(portable_exp(710.0), kInfinity);
  EXPECT_TRUE(std::isnan(portable_exp(std::nan(""))));
  EXPECT_EQ(portable_log(1.0), 0.0);
  EXPECT_EQ(portable_log(0.0), -kInfinity);
  EXPECT_EQ(portable_log(kInfinity), kInfinity);
  EXPECT_TRUE(std::isnan(portable_log(-1.0)));
  EXPECT_NEAR(portable_log(5e-324), std::log(5e-324), 1e-12);
}

TEST(PortableMath, GivesTheBitsThatItAlwaysGave) {
  Rng rng(3);
  std::string bits;
  for (int i = 0; i < 1000; ++i) {
    const double x = 40.0 * rng.uniform() - 20.0;
    const double values[] = {portable_exp(x), portable_log(portable_exp(x) + 1.0)};
    bits.append(reinterpret_cast<const char*>(values), sizeof values);
  }
  EXPECT_EQ(hash64(bits), 6330390149427201U);
}

}  // namespace
}  // namespace undersong
