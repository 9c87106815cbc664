#include "evaluate/density.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/portable_math.h"
#include "evaluate/statistics.h"

namespace undersong {
namespace {

constexpr std::size_t kFewestDensityPoints = 257;  // a smooth curve on paper
constexpr double kMarginBandwidths = 5.0;          // leaves 3e-7 of a Gaussian outside
constexpr double kStepsPerBandwidth = 8.0;
constexpr double kFewestStepsPerBandwidth = 2.0;
constexpr double kKernelReach = 8.5;  // bandwidths; beyond it the kernel is 2e-16 of its peak

// Deviations this small beside the samples are rounding, not spread.
constexpr double kNoSpread = 1e-9;

double integral(const DensityGrid& grid, std::span<const double> values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  // Trapezoids: the ends count half.
  if (!values.empty()) sum -= 0.5 * (values.front() + values.back());
  return sum * grid.step;
}

std::vector<double> binned(const DensityGrid& grid, std::span<const double> samples) {
  std::vector<double> bins(grid.points, 0.0);
  for (const double sample : samples) {
    const double place = (sample - grid.low) / grid.step;
    const auto left = static_cast<std::size_t>(std::max(0.0, place));
    UNDERSONG_CHECK(left + 1 < grid.points);
    const double share = place - static_cast<double>(left);
    bins[left] += 1.0 - share;
    bins[left + 1] += share;
  }
  return bins;
}

// The right half of the kernel, [0] its peak. Not normalised.
std::vector<double> half_kernel(double bandwidth_steps, std::size_t most) {
  const double reach = std::ceil(kKernelReach * bandwidth_steps);
  const auto count = std::min(most, static_cast<std::size_t>(reach) + 1);
  std::vector<double> kernel(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double z = static_cast<double>(i) / bandwidth_steps;
    kernel[i] = portable_exp(-0.5 * z * z);
  }
  return kernel;
}

// Each bin spread over its neighbours; empty ones cost nothing.
std::vector<double> smoothed(std::span<const double> bins, std::span<const double> kernel) {
  std::vector<double> values(bins.size(), 0.0);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    if (bins[i] == 0.0) continue;
    const std::size_t before = std::min(i + 1, kernel.size());
    for (std::size_t j = 1; j < before; ++j) values[i - j] += bins[i] * kernel[j];
    const std::size_t after = std::min(bins.size() - i, kernel.size());
    for (std::size_t j = 0; j < after; ++j) values[i + j] += bins[i] * kernel[j];
  }
  return values;
}

double floored(double value, const DensityGrid& grid) {
  return std::max(value, kDensityFloor / (grid.step * static_cast<double>(grid.points - 1)));
}

}  // namespace

std::optional<double> scott_bandwidth(std::span<const double> samples) {
  if (samples.size() < 2) return std::nullopt;
  const auto [low, high] = std::ranges::minmax(samples);
  const double largest = std::max(std::abs(low), std::abs(high));
  const auto count = static_cast<double>(samples.size());
  const double deviation = moments_of(samples).deviation * std::sqrt(count / (count - 1.0));
  if (deviation <= kNoSpread * largest) return std::nullopt;
  return deviation * portable_exp(-0.2 * portable_log(count));
}

DensityGrid grid_for(std::span<const DensitySamples> sets) {
  UNDERSONG_CHECK(!sets.empty());
  double low = 0.0;
  double high = 0.0;
  double narrowest = sets.front().bandwidth;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const auto [least, most] = std::ranges::minmax(sets[i].values);
    const double margin = kMarginBandwidths * sets[i].bandwidth;
    low = i == 0 ? least - margin : std::min(low, least - margin);
    high = i == 0 ? most + margin : std::max(high, most + margin);
    narrowest = std::min(narrowest, sets[i].bandwidth);
  }
  const double wanted = std::ceil((high - low) * kStepsPerBandwidth / narrowest) + 1.0;
  const auto points = static_cast<std::size_t>(std::clamp(
      wanted, static_cast<double>(kFewestDensityPoints), static_cast<double>(kMostDensityPoints)));
  return {low, (high - low) / static_cast<double>(points - 1), points};
}

std::vector<double> density_on(const DensityGrid& grid, const DensitySamples& samples) {
  const double bandwidth_steps = std::max(kFewestStepsPerBandwidth, samples.bandwidth / grid.step);
  std::vector<double> values =
      smoothed(binned(grid, samples.values), half_kernel(bandwidth_steps, grid.points));
  const double area = integral(grid, values);
  for (double& value : values) value /= area;
  return values;
}

double divergence(const DensityGrid& grid, std::span<const double> p, std::span<const double> q) {
  UNDERSONG_CHECK(p.size() == grid.points && q.size() == grid.points);
  std::vector<double> terms(grid.points);
  for (std::size_t i = 0; i < grid.points; ++i) {
    const double left = floored(p[i], grid);
    terms[i] = left * portable_log(left / floored(q[i], grid));
  }
  // Rounding and the floor may leave a hair below 0.
  return std::max(0.0, integral(grid, terms));
}

double overlapped_area(const DensityGrid& grid, std::span<const double> p,
                       std::span<const double> q) {
  UNDERSONG_CHECK(p.size() == grid.points && q.size() == grid.points);
  std::vector<double> least(grid.points);
  for (std::size_t i = 0; i < grid.points; ++i) least[i] = std::min(p[i], q[i]);
  return std::clamp(integral(grid, least), 0.0, 1.0);
}

}  // namespace undersong
