#pragma once
// Mean and spread of a list of numbers.

#include <span>

namespace undersong {

struct Moments {
  double mean = 0.0;
  double deviation = 0.0;  // of the population: over n, not n - 1
};

// All 0 for an empty list. The sums run in the list's order.
Moments moments_of(std::span<const double> values);

}  // namespace undersong
