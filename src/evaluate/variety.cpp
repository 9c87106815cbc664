#include "evaluate/variety.h"

#include <algorithm>
#include <cmath>

#include "base/cancel.h"
#include "base/check.h"
#include "evaluate/statistics.h"

namespace undersong {
namespace {

// A deviation this small beside its mean is rounding.
constexpr double kNoSpread = 1e-9;

using Rows = std::vector<std::vector<double>>;

// Divides each column by its deviation over `yardstick`; leaves out those that do not vary there.
class Scale {
 public:
  explicit Scale(std::span<const std::vector<double>> yardstick) {
    if (yardstick.empty()) return;
    std::vector<double> column(yardstick.size());
    for (std::size_t c = 0; c < yardstick.front().size(); ++c) {
      for (std::size_t r = 0; r < yardstick.size(); ++r) column[r] = yardstick[r][c];
      const Moments moments = moments_of(column);
      if (moments.deviation <= kNoSpread * std::abs(moments.mean)) continue;
      columns_.push_back(c);
      deviations_.push_back(moments.deviation);
    }
  }

  Rows of(std::span<const std::vector<double>> rows) const {
    Rows scaled;
    for (const auto& row : rows) {
      scaled.emplace_back();
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        scaled.back().push_back(row[columns_[i]] / deviations_[i]);
      }
    }
    return scaled;
  }

 private:
  std::vector<std::size_t> columns_;
  std::vector<double> deviations_;
};

// [rows * rows]
std::vector<double> distance_matrix(const Rows& rows) {
  std::vector<double> matrix(rows.size() * rows.size(), 0.0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    throw_if_cancelled();
    for (std::size_t j = 0; j < i; ++j) {
      double sum = 0.0;
      for (std::size_t c = 0; c < rows[i].size(); ++c) {
        const double apart = std::min(kMostDeviations, std::abs(rows[i][c] - rows[j][c]));
        sum += apart * apart;
      }
      matrix[i * rows.size() + j] = matrix[j * rows.size() + i] = std::sqrt(sum);
    }
  }
  return matrix;
}

double mean_of_pairs(std::span<const double> matrix, std::size_t tracks) {
  double sum = 0.0;
  for (const double distance : matrix) sum += distance;
  return sum / static_cast<double>(tracks * (tracks - 1));
}

// The mean distance to the nearest of `others` tracks, drawn at random from all others. The k-th
// nearest of m is the nearest one drawn with the chance C(m - k, others - 1) / C(m, others).
double expected_nearest(std::span<const double> matrix, std::size_t tracks, std::size_t others) {
  const auto m = static_cast<double>(tracks - 1);
  const auto drawn = static_cast<double>(std::min(others, tracks - 1));
  double sum = 0.0;
  for (std::size_t i = 0; i < tracks; ++i) {
    std::vector<double> distances;
    for (std::size_t j = 0; j < tracks; ++j) {
      if (j != i) distances.push_back(matrix[i * tracks + j]);
    }
    std::ranges::sort(distances);
    double chance = drawn / m;
    for (std::size_t k = 1; k <= distances.size(); ++k) {
      sum += chance * distances[k - 1];
      const double left = m - static_cast<double>(k);
      if (left < drawn) break;
      chance *= (left - drawn + 1.0) / left;
    }
  }
  return sum / static_cast<double>(tracks);
}

std::optional<double> ratio(double value, double yardstick) {
  if (yardstick <= 0.0) return std::nullopt;
  return value / yardstick;
}

}  // namespace

Variety measure_variety(std::span<const std::vector<double>> set,
                        std::span<const std::vector<double>> yardstick) {
  const std::size_t columns = set.empty() ? 0 : set.front().size();
  const auto fits = [&](const std::vector<double>& row) { return row.size() == columns; };
  UNDERSONG_CHECK(std::ranges::all_of(set, fits));
  UNDERSONG_CHECK(set.empty() || std::ranges::all_of(yardstick, fits));
  const bool measured = yardstick.size() >= 2;
  const Scale scale(measured ? yardstick : set);
  Variety variety;
  variety.tracks = set.size();
  variety.matrix = distance_matrix(scale.of(set));
  if (set.size() < 2) return variety;
  variety.mean_distance = mean_of_pairs(variety.matrix, set.size());
  variety.nearest_distance = expected_nearest(variety.matrix, set.size(), set.size() - 1);
  if (!measured) return variety;
  const std::vector<double> human = distance_matrix(scale.of(yardstick));
  variety.mean_ratio = ratio(*variety.mean_distance, mean_of_pairs(human, yardstick.size()));
  variety.nearest_ratio =
      ratio(*variety.nearest_distance, expected_nearest(human, yardstick.size(), set.size() - 1));
  return variety;
}

}  // namespace undersong
