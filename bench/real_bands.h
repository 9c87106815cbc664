#pragma once
// Between which values real music lies, measure by measure, and how much of other music lies there.

#include <cstddef>
#include <optional>
#include <vector>

#include "passage_measures.h"

namespace undersong {

// Of one piece, each at its own place; unset where the piece has nothing to measure.
using Measures = std::vector<std::optional<double>>;

struct RealBand {
  double low = 0.0;   // 5 % of real pieces lie under it
  double high = 0.0;  // and 5 % above it, so that 0.90 of them lie inside
  double middle = 0.0;

  bool holds(double value) const { return value >= low && value <= high; }
};
using Bands = std::vector<std::optional<RealBand>>;  // unset where nothing real can be measured

Bands bands_of(const std::vector<Measures>& real);

// Pieces inside the band, by measure.
std::vector<Ratio> inside(const std::vector<Measures>& pieces, const Bands& bands);
// Measures of one piece inside their bands.
Ratio inside(const Measures& piece, const Bands& bands);

// The values of one measure that are set.
std::vector<double> column(const std::vector<Measures>& pieces, std::size_t measure);

}  // namespace undersong
