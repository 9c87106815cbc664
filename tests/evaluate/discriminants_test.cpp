#include "evaluate/discriminants.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <stdexcept>

namespace undersong {
namespace {

TEST(Cholesky, SolvesASystemOfTwo) {
  const Cholesky factor({4, 2, 2, 3}, 2);
  const auto x = factor.solve({10, 8});
  EXPECT_NEAR(x[0], 1.75, 1e-12);
  EXPECT_NEAR(x[1], 1.5, 1e-12);
}

TEST(Cholesky, SolvesWhateverIsPositiveDefinite) {
  EXPECT_TRUE(rc::check([] {
    const auto size = *rc::gen::inRange<std::size_t>(1, 8);
    const auto number = rc::gen::map(rc::gen::inRange(-20, 21), [](int n) { return n / 10.0; });
    const auto root = *rc::gen::container<std::vector<double>>(size * size, number);
    const auto x = *rc::gen::container<std::vector<double>>(size, number);
    std::vector<double> matrix(size * size, 0.0), right(size, 0.0);
    for (std::size_t i = 0; i < size; ++i) {
      matrix[i * size + i] = 1.0;
      for (std::size_t j = 0; j < size; ++j) {
        for (std::size_t k = 0; k < size; ++k) {
          matrix[i * size + j] += root[i * size + k] * root[j * size + k];
        }
        right[i] += matrix[i * size + j] * x[j];
      }
    }
    const auto solved = Cholesky(matrix, size).solve(right);
    for (std::size_t i = 0; i < size; ++i) RC_ASSERT(std::abs(solved[i] - x[i]) < 1e-8);
  }));
}

TEST(Cholesky, OfAnIndefiniteMatrixIsABug) {
  EXPECT_THROW(Cholesky({1, 2, 2, 1}, 2), std::logic_error);
}

// S = diag(2, 1/2), its mean variance 5/4, |S - 5/4 I|^2 = 9/8; the rows' scatter gives
// ((16 + 16 + 1 + 1) / 4 - 17/4) / 4 = 17/16. So 17/18 is shrunk away.
TEST(ShrunkenCovariance, IsThatOfLedoitAndWolf) {
  const std::vector<std::vector<double>> rows = {{2, 0}, {-2, 0}, {0, 1}, {0, -1}};
  const auto covariance = shrunken_covariance(rows);
  EXPECT_NEAR(covariance.shrinkage, 17.0 / 18, 1e-12);
  EXPECT_NEAR(covariance.matrix[0], 2.0 / 18 + 1.25 * 17 / 18, 1e-12);
  EXPECT_NEAR(covariance.matrix[3], 0.5 / 18 + 1.25 * 17 / 18, 1e-12);
  EXPECT_EQ(covariance.matrix[1], 0.0);
}

TEST(ShrunkenCovariance, TrustsALargeSample) {
  std::vector<std::vector<double>> rows;
  for (int i = 0; i < 5000; ++i) {
    for (const auto& row : std::vector<std::vector<double>>{{2, 0}, {-2, 0}, {0, 1}, {0, -1}}) {
      rows.push_back(row);
    }
  }
  EXPECT_LT(shrunken_covariance(rows).shrinkage, 0.001);
}

// Two classes of three at (-1, …) and (1, …): the border is at 0, and the second column, which is
// the same everywhere, is no reason to fail.
TEST(Discriminants, PutTheBorderBetweenTheMeans) {
  LabelledRows training;
  for (const double x : {-1.5, -1.0, -0.5, 0.5, 1.0, 1.5}) {
    training.rows.push_back({x, 7.0});
    training.classes.push_back(x < 0 ? 0 : 1);
  }
  const Discriminants discriminants(training, 2);
  EXPECT_EQ(discriminants.classify(std::vector<double>{-0.01, 7.0}), 0U);
  EXPECT_EQ(discriminants.classify(std::vector<double>{0.01, 9.0}), 1U);
}

TEST(Discriminants, LeanTowardsTheMoreFrequentClass) {
  LabelledRows training;
  for (int i = 0; i < 9; ++i) {
    for (const double x : {-1.5, -0.5}) {
      training.rows.push_back({x});
      training.classes.push_back(0);
    }
  }
  for (const double x : {0.5, 1.5}) {
    training.rows.push_back({x});
    training.classes.push_back(1);
  }
  // Means -1 and 1, variance within 1/4: the border moves by ln(9) / 4 / 2 = 0.27.
  const Discriminants discriminants(training, 2);
  EXPECT_EQ(discriminants.classify(std::vector<double>{0.26}), 0U);
  EXPECT_EQ(discriminants.classify(std::vector<double>{0.29}), 1U);
}

TEST(Discriminants, StandClassesWithoutAnySpreadWithin) {
  const LabelledRows training{{{1.0}, {1.0}, {2.0}, {2.0}}, {0, 0, 1, 1}};
  const Discriminants discriminants(training, 2);
  EXPECT_EQ(discriminants.classify(std::vector<double>{1.1}), 0U);
  EXPECT_EQ(discriminants.classify(std::vector<double>{1.9}), 1U);
}

}  // namespace
}  // namespace undersong
