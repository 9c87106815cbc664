#include "base/quantile.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace undersong {
namespace {

TEST(Quantile, LiesBetweenNeighboursByProportion) {
  const std::vector<double> values = {1.0, 2.0, 4.0, 8.0};
  EXPECT_DOUBLE_EQ(quantile(values, 0.0), 1.0);
  EXPECT_DOUBLE_EQ(quantile(values, 0.5), 3.0);
  EXPECT_DOUBLE_EQ(quantile(values, 0.75), 5.0);
  EXPECT_DOUBLE_EQ(quantile(values, 1.0), 8.0);
}

TEST(Quantile, OfOneValueIsThatValue) {
  EXPECT_DOUBLE_EQ(quantile(std::vector<double>{7.0}, 0.3), 7.0);
}

TEST(Quantile, OfNothingIsABug) {
  EXPECT_THROW(quantile(std::vector<double>{}, 0.5), std::logic_error);
}

}  // namespace
}  // namespace undersong
