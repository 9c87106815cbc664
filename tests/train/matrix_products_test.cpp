#include "train/matrix_products.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <vector>

#include "base/rng.h"

namespace undersong {
namespace {

struct Shape {
  std::int64_t m, n, k;
  bool a_turned, b_turned;
};

std::vector<float> numbers(Rng& rng, std::int64_t count) {
  std::vector<float> out;
  for (std::int64_t i = 0; i < count; ++i) {
    out.push_back(static_cast<float>(2.0 * rng.uniform() - 1.0));
  }
  return out;
}

// Compares with sums in double, and that nothing beside the result is written.
void check(const Shape& s, Precision precision, Sum sum, double tolerance) {
  constexpr std::int64_t kBeside = 3;
  Rng rng(static_cast<std::uint64_t>(s.m * 1000003 + s.n * 1009 + s.k));
  const std::vector<float> a = numbers(rng, s.m * s.k);
  const std::vector<float> b = numbers(rng, s.k * s.n);
  const std::int64_t stride = s.n + kBeside;
  const std::vector<float> before(static_cast<std::size_t>(s.m * stride), 0.5F);
  std::vector<float> c = before;
  multiply(s.m, s.n, s.k, {a.data(), s.a_turned ? s.m : s.k, s.a_turned},
           {b.data(), s.b_turned ? s.k : s.n, s.b_turned}, c.data(), stride, sum, precision);
  const auto at = [](const std::vector<float>& x, std::int64_t row, std::int64_t column,
                     std::int64_t rows, std::int64_t columns, bool turned) {
    const std::int64_t i = turned ? column * rows + row : row * columns + column;
    return static_cast<double>(x[static_cast<std::size_t>(i)]);
  };
  for (std::int64_t i = 0; i < s.m; ++i) {
    for (std::int64_t j = 0; j < stride; ++j) {
      double wanted = j < s.n && sum == Sum::kReplace ? 0.0 : 0.5;
      for (std::int64_t l = 0; j < s.n && l < s.k; ++l) {
        wanted += at(a, i, l, s.m, s.k, s.a_turned) * at(b, l, j, s.k, s.n, s.b_turned);
      }
      const double found = static_cast<double>(c[static_cast<std::size_t>(i * stride + j)]);
      const double room = j < s.n ? tolerance * std::sqrt(static_cast<double>(s.k)) : 0.0;
      ASSERT_NEAR(found, wanted, room) << i << ", " << j;
    }
  }
}

// Each factor is off by 2^-9 of itself at most, and the errors of k products add up like chance;
// five deviations.
constexpr double kFastTolerance = 5.0 * 1.5 / 512.0 / 2.0;

TEST(MatrixProducts, AreThoseOfTheDefinitionInAnyShape) {
  rc::check([] {
    const Shape shape = {*rc::gen::inRange<std::int64_t>(1, 60),
                         *rc::gen::inRange<std::int64_t>(1, 80),
                         *rc::gen::inRange<std::int64_t>(1, 70), *rc::gen::arbitrary<bool>(),
                         *rc::gen::arbitrary<bool>()};
    const Sum sum = *rc::gen::arbitrary<bool>() ? Sum::kAdd : Sum::kReplace;
    check(shape, Precision::kFast, sum, kFastTolerance);
    check(shape, Precision::kExact, sum, 1e-5);
  });
}

// More than one block of rows, of depth, and their borders.
TEST(MatrixProducts, GoOnOverTheBordersOfBlocks) {
  for (const bool a_turned : {false, true}) {
    for (const bool b_turned : {false, true}) {
      check({193, 33, 513, a_turned, b_turned}, Precision::kFast, Sum::kAdd, kFastTolerance);
    }
  }
}

}  // namespace
}  // namespace undersong
