#include "evaluate/discriminants.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/portable_math.h"
#include "evaluate/statistics.h"

namespace undersong {
namespace {

// Standardised columns vary by 1 in all; classes that do not vary within at all still need a
// covariance that can be inverted.
constexpr double kLeastVariance = 1e-6;

// A column whose deviation is this small beside its values is constant up to rounding.
constexpr double kNoSpread = 1e-9;

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

std::vector<double> covariance(std::span<const std::vector<double>> centred) {
  const std::size_t columns = centred.front().size();
  std::vector<double> matrix(columns * columns, 0.0);
  for (const auto& row : centred) {
    for (std::size_t i = 0; i < columns; ++i) {
      for (std::size_t j = 0; j < columns; ++j) matrix[i * columns + j] += row[i] * row[j];
    }
  }
  for (double& value : matrix) value /= static_cast<double>(centred.size());
  return matrix;
}

std::vector<std::vector<double>> class_means(const std::vector<std::vector<double>>& rows,
                                             const std::vector<std::size_t>& classes,
                                             std::span<const double> counts) {
  std::vector<std::vector<double>> means(counts.size(),
                                         std::vector<double>(rows.front().size(), 0.0));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto& mean = means[classes[i]];
    for (std::size_t c = 0; c < mean.size(); ++c) mean[c] += rows[i][c] / counts[classes[i]];
  }
  return means;
}

}  // namespace

Cholesky::Cholesky(std::vector<double> matrix, std::size_t size)
    : size_(size), lower_(std::move(matrix)) {
  UNDERSONG_CHECK(lower_.size() == size_ * size_);
  for (std::size_t i = 0; i < size_; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = lower_[i * size_ + j];
      for (std::size_t k = 0; k < j; ++k) sum -= lower_[i * size_ + k] * lower_[j * size_ + k];
      if (i == j) {
        UNDERSONG_CHECK(sum > 0.0);
        lower_[i * size_ + i] = std::sqrt(sum);
      } else {
        lower_[i * size_ + j] = sum / lower_[j * size_ + j];
      }
    }
  }
}

std::vector<double> Cholesky::solve(std::vector<double> right) const {
  UNDERSONG_CHECK(right.size() == size_);
  for (std::size_t i = 0; i < size_; ++i) {
    for (std::size_t k = 0; k < i; ++k) right[i] -= lower_[i * size_ + k] * right[k];
    right[i] /= lower_[i * size_ + i];
  }
  for (std::size_t i = size_; i-- > 0;) {
    for (std::size_t k = i + 1; k < size_; ++k) right[i] -= lower_[k * size_ + i] * right[k];
    right[i] /= lower_[i * size_ + i];
  }
  return right;
}

// With S the sample's covariance, m its mean variance, d^2 = |S - m I|^2 and b^2 the mean squared
// error of S, estimated by the scatter of the rows' own products around it: (1 - b^2/d^2) S +
// (b^2/d^2) m I. The sum over rows of |x x' - S|^2 is that of |x|^4 less n |S|^2.
ShrunkenCovariance shrunken_covariance(std::span<const std::vector<double>> centred) {
  UNDERSONG_CHECK(!centred.empty());
  const std::size_t columns = centred.front().size();
  const auto rows = static_cast<double>(centred.size());
  ShrunkenCovariance result{covariance(centred), 1.0};
  double trace = 0.0;
  for (std::size_t i = 0; i < columns; ++i) trace += result.matrix[i * columns + i];
  const double mean_variance = trace / static_cast<double>(std::max<std::size_t>(1, columns));
  const double squares = dot(result.matrix, result.matrix);
  const double spread = squares - static_cast<double>(columns) * mean_variance * mean_variance;
  double fourth = 0.0;
  for (const auto& row : centred) fourth += dot(row, row) * dot(row, row);
  const double error = std::max(0.0, (fourth / rows - squares) / rows);
  if (spread > error) result.shrinkage = error / spread;
  for (double& value : result.matrix) value *= 1.0 - result.shrinkage;
  for (std::size_t i = 0; i < columns; ++i) {
    result.matrix[i * columns + i] += result.shrinkage * mean_variance;
  }
  return result;
}

Discriminants::Discriminants(const LabelledRows& training, std::size_t classes) {
  UNDERSONG_CHECK(!training.rows.empty() && training.rows.size() == training.classes.size());
  for (std::size_t c = 0; c < training.rows.front().size(); ++c) {
    std::vector<double> column;
    column.reserve(training.rows.size());
    for (const auto& row : training.rows) column.push_back(row[c]);
    const Moments moments = moments_of(column);
    if (moments.deviation <= kNoSpread * std::abs(moments.mean)) continue;
    columns_.push_back(c);
    means_.push_back(moments.mean);
    deviations_.push_back(moments.deviation);
  }
  std::vector<std::vector<double>> rows;
  rows.reserve(training.rows.size());
  for (const auto& row : training.rows) rows.push_back(standardised(row));
  std::vector<double> counts(classes, 0.0);
  for (const std::size_t each : training.classes) counts[each] += 1.0;

  const auto means = class_means(rows, training.classes, counts);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t c = 0; c < columns_.size(); ++c) rows[i][c] -= means[training.classes[i]][c];
  }
  ShrunkenCovariance within = shrunken_covariance(rows);
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    within.matrix[c * columns_.size() + c] += kLeastVariance;
  }
  const Cholesky factor(std::move(within.matrix), columns_.size());
  for (std::size_t each = 0; each < classes; ++each) {
    weights_.push_back(factor.solve(means[each]));
    const double share = counts[each] / static_cast<double>(rows.size());
    offsets_.push_back(portable_log(share) - 0.5 * dot(weights_.back(), means[each]));
  }
}

std::size_t Discriminants::classify(std::span<const double> row) const {
  const std::vector<double> values = standardised(row);
  std::size_t best = 0;
  double best_score = 0.0;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const double score = offsets_[i] + dot(weights_[i], values);
    if (i == 0 || score > best_score) {
      best = i;
      best_score = score;
    }
  }
  return best;
}

std::vector<double> Discriminants::standardised(std::span<const double> row) const {
  std::vector<double> values(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    values[i] = (row[columns_[i]] - means_[i]) / deviations_[i];
  }
  return values;
}

}  // namespace undersong
