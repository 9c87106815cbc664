#include "evaluate/fitness.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/rng.h"

namespace undersong {
namespace {

// Multiples of 1/4096, so that sums are exact whatever their order.
SimilarityMatrix random_matrix(std::size_t size, Rng& rng) {
  SimilarityMatrix matrix{.size = size, .frames_per_second = 2.0, .values = {}};
  for (std::size_t i = 0; i < size * size; ++i) {
    const bool kept = rng.below(2) == 0;
    matrix.values.push_back(kept ? static_cast<float>(rng.below(4096)) / 4096.0F : -2.0F);
  }
  for (std::size_t i = 0; i < size; ++i) matrix.values[i * size + i] = 1.0F;
  return matrix;
}

double fitness_of(double sum, double cells, double rows, double length, double frames) {
  const double score = (sum - length) / cells;
  const double coverage = (rows - length) / frames;
  return score + coverage > 0.0 ? 2.0 * score * coverage / (score + coverage) : 0.0;
}

// The definition: every family of paths, one after the other.
class EveryFamily {
 public:
  EveryFamily(const SimilarityMatrix& matrix, std::size_t start, std::size_t length)
      : matrix_(matrix), start_(start), length_(length) {
    from_row(0, 0.0, 0, 0);
  }

  // Of all families with the highest sum.
  const std::vector<double>& fitness() const { return fitness_; }

 private:
  void from_row(std::size_t row, double sum, std::size_t cells, std::size_t rows) {
    if (row >= matrix_.size) {
      if (sum > best_) fitness_.clear();
      if (sum >= best_) {
        best_ = sum;
        fitness_.push_back(fitness_of(sum, static_cast<double>(cells), static_cast<double>(rows),
                                      static_cast<double>(length_),
                                      static_cast<double>(matrix_.size)));
      }
      return;
    }
    from_row(row + 1, sum, cells, rows);
    along(row, row, 0, sum, cells, rows);
  }

  void along(std::size_t first, std::size_t row, std::size_t column, double sum, std::size_t cells,
             std::size_t rows) {
    if (row >= matrix_.size || column >= length_) return;
    sum += static_cast<double>(matrix_.at(row, start_ + column));
    ++cells;
    if (column + 1 == length_) from_row(row + 1, sum, cells, rows + row + 1 - first);
    along(first, row + 1, column + 1, sum, cells, rows);
    along(first, row + 2, column + 1, sum, cells, rows);
    along(first, row + 1, column + 2, sum, cells, rows);
  }

  const SimilarityMatrix& matrix_;
  std::size_t start_;
  std::size_t length_;
  double best_ = -1e9;
  std::vector<double> fitness_;
};

TEST(Fitness, IsThatOfTheBestOfAllFamiliesOfPaths) {
  const bool holds = rc::check("definition", [] {
    Rng rng(*rc::gen::arbitrary<std::uint64_t>());
    const std::size_t size = 1 + rng.below(7);
    const SimilarityMatrix matrix = random_matrix(size, rng);
    const std::size_t length = 1 + rng.below(size);
    const std::size_t start = rng.below(size - length + 1);
    const double fitness = FitnessFinder(matrix).fitness(start, length);
    const EveryFamily every(matrix, start, length);
    const bool known = std::any_of(every.fitness().begin(), every.fitness().end(),
                                   [&](double f) { return std::abs(f - fitness) < 1e-6; });
    RC_ASSERT(known);
  });
  EXPECT_TRUE(holds);
}

// Dynamic programming in plain loops, for sizes beyond one vector. What is carried along instead of
// read back: the sum, cells and rows of the best family. Ties as fitness.h says.
struct Family {
  double sum = -1e9;
  double cells = 0.0;
  double rows = 0.0;
};

Family plus(Family family, float similarity, std::size_t rows) {
  family.sum += static_cast<double>(similarity);
  family.cells += 1.0;
  family.rows += static_cast<double>(rows);
  return family;
}

const Family& better(const Family& a, const Family& b) { return a.sum >= b.sum ? a : b; }

using Paths = std::vector<std::vector<Family>>;

Family best_before(const Paths& paths, std::size_t row, std::size_t column, float value) {
  Family best;
  if (row >= 1) best = better(best, plus(paths[row - 1][column - 1], value, 1));
  if (row >= 2) best = better(best, plus(paths[row - 2][column - 1], value, 2));
  if (row >= 1 && column >= 2) best = better(best, plus(paths[row - 1][column - 2], value, 1));
  return best;
}

double plain_fitness(const SimilarityMatrix& matrix, std::size_t start, std::size_t length) {
  Paths paths(matrix.size, std::vector<Family>(length));
  Family before{.sum = 0.0};
  for (std::size_t row = 0; row < matrix.size; ++row) {
    paths[row][0] = plus(before, matrix.at(row, start), 1);
    for (std::size_t column = 1; column < length; ++column)
      paths[row][column] = best_before(paths, row, column, matrix.at(row, start + column));
    const Family& whole = paths[row][length - 1];
    before = row + 1 == matrix.size ? better(whole, before) : better(before, whole);
  }
  return fitness_of(before.sum, before.cells, before.rows, static_cast<double>(length),
                    static_cast<double>(matrix.size));
}

TEST(Fitness, OfLongSegmentsIsThatOfPlainLoops) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Rng rng(seed);
    const std::size_t size = 8 + rng.below(60);
    const SimilarityMatrix matrix = random_matrix(size, rng);
    const std::size_t length = 1 + rng.below(size);
    const std::size_t start = rng.below(size - length + 1);
    EXPECT_NEAR(FitnessFinder(matrix).fitness(start, length), plain_fitness(matrix, start, length),
                1e-6)
        << "seed " << seed << ", size " << size << ", start " << start << ", length " << length;
  }
}

TEST(Fitness, OneFinderServesSegmentsInAnyOrder) {
  Rng rng(7);
  const SimilarityMatrix matrix = random_matrix(40, rng);
  FitnessFinder finder(matrix);
  for (int i = 0; i < 50; ++i) {
    const std::size_t length = 1 + rng.below(40);
    const std::size_t start = rng.below(41 - length);
    EXPECT_EQ(finder.fitness(start, length), FitnessFinder(matrix).fitness(start, length));
  }
}

TEST(Fitness, BelowTheFloorStaysBelowTheFloor) {
  Rng rng(3);
  const SimilarityMatrix matrix = random_matrix(30, rng);
  FitnessFinder finder(matrix);
  for (std::size_t length = 1; length <= 30; ++length) {
    const double exact = finder.fitness(0, length);
    for (const double floor : {0.0, 0.1, 0.2, 0.4, exact}) {
      const double told = finder.fitness(0, length, floor);
      if (exact > floor) {
        EXPECT_EQ(told, exact);
      } else {
        EXPECT_LE(told, floor);
      }
    }
  }
}

// A piece that says a segment k times: score and coverage both lose one saying of k.
TEST(Fitness, OfExactRepetitionIsTheShareOfTheOtherTimes) {
  constexpr std::size_t kSize = 40;
  SimilarityMatrix matrix{.size = kSize, .frames_per_second = 2.0, .values = {}};
  for (std::size_t row = 0; row < kSize; ++row) {
    for (std::size_t column = 0; column < kSize; ++column)
      matrix.values.push_back(row % 10 == column % 10 ? 1.0F : -2.0F);
  }
  FitnessFinder finder(matrix);
  EXPECT_NEAR(finder.fitness(0, 10), 0.75, 1e-6);
  EXPECT_NEAR(finder.fitness(0, 20), 0.5, 1e-6);
  EXPECT_EQ(finder.fitness(5, 20), 0.0);  // no room for a second time
  EXPECT_EQ(finder.fitness(0, 40), 0.0);
}

}  // namespace
}  // namespace undersong
