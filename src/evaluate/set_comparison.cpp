#include "evaluate/set_comparison.h"

#include <cmath>
#include <utility>

#include "base/cancel.h"
#include "base/check.h"
#include "evaluate/statistics.h"

namespace undersong {
namespace {

constexpr std::size_t kDrawnPoints = 200;  // at least; enough for a curve

// One feature of every piece, row after row.
struct FeatureMatrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> values;  // [rows * columns]

  std::span<const double> row(std::size_t index) const {
    return std::span(values).subspan(index * columns, columns);
  }
};

FeatureMatrix matrix_of(std::span<const FeatureVector> set, Feature feature) {
  FeatureMatrix matrix;
  matrix.rows = set.size();
  for (const FeatureVector& piece : set) {
    const auto& values = piece[static_cast<std::size_t>(feature)];
    matrix.columns = values.size();
    matrix.values.insert(matrix.values.end(), values.begin(), values.end());
  }
  UNDERSONG_CHECK(matrix.values.size() == matrix.rows * matrix.columns);
  return matrix;
}

// Four sums at once, in a fixed order: the additions of one sum would wait for each other.
double distance(std::span<const double> a, std::span<const double> b) {
  std::array<double, 4> sums{};
  std::size_t i = 0;
  for (; i + 4 <= a.size(); i += 4) {
    for (std::size_t lane = 0; lane < 4; ++lane) {
      const double difference = a[i + lane] - b[i + lane];
      sums[lane] += difference * difference;
    }
  }
  for (; i < a.size(); ++i) sums[0] += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

std::vector<double> distances_within(const FeatureMatrix& set) {
  std::vector<double> distances;
  if (set.rows == 0) return distances;
  distances.reserve(set.rows * (set.rows - 1) / 2);
  for (std::size_t i = 0; i < set.rows; ++i) {
    throw_if_cancelled();
    for (std::size_t j = 0; j < i; ++j) distances.push_back(distance(set.row(i), set.row(j)));
  }
  return distances;
}

std::vector<double> distances_between(const FeatureMatrix& a, const FeatureMatrix& b) {
  UNDERSONG_CHECK(a.rows == 0 || b.rows == 0 || a.columns == b.columns);
  std::vector<double> distances;
  distances.reserve(a.rows * b.rows);
  for (std::size_t i = 0; i < a.rows; ++i) {
    throw_if_cancelled();
    for (std::size_t j = 0; j < b.rows; ++j) distances.push_back(distance(a.row(i), b.row(j)));
  }
  return distances;
}

// Of every column.
void measure_columns(const FeatureMatrix& set, std::vector<double>& means,
                     std::vector<double>& deviations) {
  if (set.rows == 0) return;
  std::vector<double> column(set.rows);
  for (std::size_t c = 0; c < set.columns; ++c) {
    for (std::size_t r = 0; r < set.rows; ++r) column[r] = set.row(r)[c];
    const Moments moments = moments_of(column);
    means.push_back(moments.mean);
    deviations.push_back(moments.deviation);
  }
}

// Every k-th point of a fine density, so that some hundred remain.
Density drawn(const DensityGrid& grid, std::span<const double> values) {
  if (values.empty()) return {};
  const std::size_t stride = std::max<std::size_t>(1, (grid.points - 1) / kDrawnPoints);
  Density density;
  density.low = grid.low;
  std::size_t last = 0;
  for (std::size_t i = 0; i < values.size(); i += stride) {
    density.values.push_back(values[i]);
    last = i;
  }
  density.high = grid.at(last);
  return density;
}

// What the distances of one feature say: within a, within b, between.
void compare_distances(const std::array<std::vector<double>, 3>& distances,
                       FeatureComparison& comparison) {
  std::array<std::optional<double>, 3> bandwidths;
  std::vector<DensitySamples> spread;
  for (std::size_t i = 0; i < 3; ++i) {
    bandwidths[i] = scott_bandwidth(distances[i]);
    if (bandwidths[i]) spread.push_back({distances[i], *bandwidths[i]});
  }
  if (spread.empty()) return;
  const DensityGrid grid = grid_for(spread);
  std::array<std::vector<double>, 3> densities;
  for (std::size_t i = 0; i < 3; ++i) {
    if (bandwidths[i]) densities[i] = density_on(grid, {distances[i], *bandwidths[i]});
  }
  comparison.within_a = drawn(grid, densities[0]);
  comparison.within_b = drawn(grid, densities[1]);
  comparison.between = drawn(grid, densities[2]);
  if (!bandwidths[2]) return;
  if (bandwidths[0]) {
    comparison.kl_a = divergence(grid, densities[0], densities[2]);
    comparison.overlap_a = overlapped_area(grid, densities[0], densities[2]);
  }
  if (bandwidths[1]) {
    comparison.kl_b = divergence(grid, densities[1], densities[2]);
    comparison.overlap_b = overlapped_area(grid, densities[1], densities[2]);
  }
}

}  // namespace

std::vector<double> distances_within(std::span<const FeatureVector> set, Feature feature) {
  return distances_within(matrix_of(set, feature));
}

std::vector<double> distances_between(std::span<const FeatureVector> a,
                                      std::span<const FeatureVector> b, Feature feature) {
  return distances_between(matrix_of(a, feature), matrix_of(b, feature));
}

std::array<FeatureComparison, kFeatures> compare_sets(std::span<const FeatureVector> a,
                                                      std::span<const FeatureVector> b) {
  std::array<FeatureComparison, kFeatures> comparisons;
  for (std::size_t i = 0; i < kFeatures; ++i) {
    FeatureComparison& comparison = comparisons[i];
    comparison.feature = static_cast<Feature>(i);
    const FeatureMatrix left = matrix_of(a, comparison.feature);
    const FeatureMatrix right = matrix_of(b, comparison.feature);
    measure_columns(left, comparison.mean_a, comparison.deviation_a);
    measure_columns(right, comparison.mean_b, comparison.deviation_b);
    compare_distances(
        {distances_within(left), distances_within(right), distances_between(left, right)},
        comparison);
  }
  return comparisons;
}

}  // namespace undersong
