#include "base/quantile.h"

#include <algorithm>
#include <cstddef>

#include "base/check.h"

namespace undersong {

double quantile(std::span<const double> sorted, double share) {
  UNDERSONG_CHECK(!sorted.empty() && share >= 0.0 && share <= 1.0);
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace undersong
