#pragma once
// Quantiles of a list of numbers.

#include <span>

namespace undersong {

// The value below which `share` (0-1) of the values lie, between neighbours by proportion: the
// usual definition (type 7 of Hyndman & Fan 1996, doi:10.2307/2684934).
// `sorted` ascends and is not empty (checked).
double quantile(std::span<const double> sorted, double share);

}  // namespace undersong
