#pragma once
// Kernel density estimates of distances, and what two of them have in common.
//
// Several densities that are to be compared stand on one grid. The samples are first shared out
// among the grid's points, each between its two neighbours by nearness ("linear binning"), and the
// bins are then smoothed: half a million distances cost little more than a hundred.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace undersong {

// A Gaussian kernel density estimate with Scott's bandwidth, sampled evenly from `low` to `high`.
struct Density {
  double low = 0.0;
  double high = 1.0;
  std::vector<double> values;  // integral 1
};

// Scott's rule: sample deviation times n^(-1/5). Unset with fewer than two samples, or when all are
// equal. Source: Scott 1992, Multivariate Density Estimation, section 6.5.
std::optional<double> scott_bandwidth(std::span<const double> samples);

// An even grid.
struct DensityGrid {
  double low = 0.0;
  double step = 1.0;
  std::size_t points = 0;

  double at(std::size_t index) const { return low + step * static_cast<double>(index); }
};

// A set of samples with its bandwidth.
struct DensitySamples {
  std::span<const double> values;
  double bandwidth = 1.0;
};

// One grid for all of `sets`, wide enough for five bandwidths beyond the samples of each, with
// steps of at most an eighth of the narrowest bandwidth. At most kMostDensityPoints points: where
// one set is narrower than that can show, its steps are wider.
inline constexpr std::size_t kMostDensityPoints = 8193;
DensityGrid grid_for(std::span<const DensitySamples> sets);

// The density of `samples` at the grid's points, its integral over the grid 1. A bandwidth under
// two steps counts as two.
//
// Error against the direct sum, before the division by the integral: linear binning puts the linear
// interpolant of the kernel in its place, so at most step^2 / 8 times the kernel's largest
// curvature: (step / bandwidth)^2 / 8 of the kernel's peak, 0.2 % at an eighth.
std::vector<double> density_on(const DensityGrid& grid, const DensitySamples& samples);

// KL(p || q) in nats of two densities on one grid. Both are floored at kDensityFloor of an even
// density, since a Gaussian's tail underflows to 0: densities without anything in common have a
// divergence of some 25 nats, not an infinite one.
inline constexpr double kDensityFloor = 1e-10;
double divergence(const DensityGrid& grid, std::span<const double> p, std::span<const double> q);

// The integral of min(p, q): 0 … 1.
double overlapped_area(const DensityGrid& grid, std::span<const double> p,
                       std::span<const double> q);

}  // namespace undersong
