#include "evaluate/fitness.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "evaluate/fitness_rows.h"

namespace undersong {
namespace {

using detail::kRowMargin;
using detail::kRowPadding;

constexpr float kNoPath = -std::numeric_limits<float>::infinity();

double harmonic_mean(double a, double b) { return a + b > 0.0 ? 2.0 * a * b / (a + b) : 0.0; }

std::size_t sums_stride(std::size_t length) { return kRowMargin + length + kRowPadding; }

}  // namespace

FitnessFinder::FitnessFinder(const SimilarityMatrix& similarity)
    : frames_(similarity.size),
      row_floats_(similarity.size + kRowPadding),
      similarity_(frames_ * row_floats_),
      sums_((frames_ + kRowMargin) * sums_stride(frames_)),
      before_paths_(frames_ + 1) {
  UNDERSONG_CHECK(similarity.values.size() == frames_ * frames_);
  for (std::size_t row = 0; row < frames_; ++row)
    std::copy_n(&similarity.values[row * frames_], frames_, &similarity_[row * row_floats_]);
}

double FitnessFinder::fitness(std::size_t start, std::size_t length, double floor) {
  UNDERSONG_CHECK(length >= 1 && start + length <= frames_);
  const std::size_t stride = sums_stride(length);
  std::fill_n(sums_.begin(), kRowMargin * stride, kNoPath);
  for (std::size_t row = kRowMargin; row < frames_ + kRowMargin; ++row)
    std::fill_n(&sums_[row * stride], kRowMargin, kNoPath);
  detail::accumulate_fitness_rows({.similarity = &similarity_[start],
                                   .similarity_stride = row_floats_,
                                   .sums = sums_.data(),
                                   .sums_stride = stride,
                                   .before_paths = before_paths_.data(),
                                   .frames = frames_,
                                   .length = length});

  const auto own = static_cast<double>(length);
  const auto frames = static_cast<double>(frames_);
  const double gain = static_cast<double>(before_paths_[frames_]) - own;
  // A family has at least as many cells as its sum, and covers at most all rows.
  const double bound = harmonic_mean(gain / (gain + own), (frames - own) / frames);
  if (bound <= floor) return bound;
  const Family family = best_family(length);
  return harmonic_mean(gain / static_cast<double>(family.cells),
                       (static_cast<double>(family.rows) - own) / frames);
}

// Reads the family back from its sums, from the last row up.
FitnessFinder::Family FitnessFinder::best_family(std::size_t length) const {
  const std::size_t stride = sums_stride(length);
  const auto sum = [&](std::size_t row, std::size_t column) {
    return &sums_[(row + kRowMargin) * stride + kRowMargin + column];
  };
  Family family;
  std::size_t rows_left = frames_;
  while (rows_left > 0) {
    const float path = *sum(rows_left - 1, length - 1);
    const float none = before_paths_[rows_left - 1];
    const bool last = rows_left == frames_;
    if (last ? path < none : path <= none) {
      --rows_left;
      continue;
    }
    std::size_t column = length - 1;
    const float* cell = sum(rows_left - 1, column);
    std::size_t row = rows_left - 1;
    for (;;) {
      ++family.cells;
      if (column == 0) break;
      const float* above = cell - stride;
      const float diagonal = above[-1];
      const float two_rows = (above - stride)[-1];
      const float two_columns = above[-2];
      if (diagonal >= two_rows && diagonal >= two_columns) {
        cell = above - 1, --row, --column;
      } else if (two_rows >= two_columns) {
        cell = above - stride - 1, row -= 2, --column;
      } else {
        cell = above - 2, --row, column -= 2;
      }
    }
    family.rows += rows_left - row;
    rows_left = row;
  }
  return family;
}

}  // namespace undersong
