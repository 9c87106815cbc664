#pragma once
// Linear discriminant analysis: which class does a row of numbers belong to? Every class is a
// Gaussian with its own mean and the covariance of all, so borders are planes.

#include <cstddef>
#include <span>
#include <vector>

namespace undersong {

// A symmetric positive definite matrix as its Cholesky factor.
class Cholesky {
 public:
  // [size * size]; a matrix that is not positive definite is a bug.
  Cholesky(std::vector<double> matrix, std::size_t size);

  // x of matrix x = right.
  std::vector<double> solve(std::vector<double> right) const;

 private:
  std::size_t size_;
  std::vector<double> lower_;  // [size * size], row after row
};

// Rows of numbers, one class each, from 0.
struct LabelledRows {
  std::vector<std::vector<double>> rows;
  std::vector<std::size_t> classes;
};

// The covariance within the classes, drawn towards its mean variance by as much as the sample is
// too small for it. Source: Ledoit & Wolf 2004, doi:10.1016/S0047-259X(03)00096-4, section 3.3.
struct ShrunkenCovariance {
  std::vector<double> matrix;  // [columns * columns]
  double shrinkage = 0.0;      // 0 (the sample's covariance) … 1 (the same variance everywhere)
};

// `centred`: rows of which the mean of their class has been taken; at least one.
ShrunkenCovariance shrunken_covariance(std::span<const std::vector<double>> centred);

class Discriminants {
 public:
  // Columns are standardised over `training`, those that do not vary there left out. Classes weigh
  // as often as they occur.
  //
  // Shapes: rows of equal length, every class 0 … classes - 1 at least once.
  Discriminants(const LabelledRows& training, std::size_t classes);

  std::size_t classify(std::span<const double> row) const;

 private:
  std::vector<double> standardised(std::span<const double> row) const;

  std::vector<std::size_t> columns_;          // those that vary
  std::vector<double> means_;                 // [columns]
  std::vector<double> deviations_;            // [columns]
  std::vector<std::vector<double>> weights_;  // [classes][columns]
  std::vector<double> offsets_;               // [classes]
};

}  // namespace undersong
