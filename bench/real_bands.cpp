#include "real_bands.h"

#include <algorithm>

#include "base/quantile.h"

namespace undersong {
namespace {

constexpr double kBandLow = 0.05;
constexpr double kBandHigh = 0.95;

}  // namespace

Bands bands_of(const std::vector<Measures>& real) {
  Bands bands(real.empty() ? 0 : real.front().size());
  for (std::size_t k = 0; k < bands.size(); ++k) {
    std::vector<double> values = column(real, k);
    if (values.empty()) continue;
    std::ranges::sort(values);
    bands[k] = {quantile(values, kBandLow), quantile(values, kBandHigh), quantile(values, 0.5)};
  }
  return bands;
}

std::vector<Ratio> inside(const std::vector<Measures>& pieces, const Bands& bands) {
  std::vector<Ratio> shares(bands.size());
  for (const Measures& piece : pieces) {
    for (std::size_t k = 0; k < bands.size(); ++k) {
      if (piece[k] && bands[k]) shares[k].add(bands[k]->holds(*piece[k]));
    }
  }
  return shares;
}

Ratio inside(const Measures& piece, const Bands& bands) {
  Ratio share;
  for (std::size_t k = 0; k < bands.size(); ++k) {
    if (piece[k] && bands[k]) share.add(bands[k]->holds(*piece[k]));
  }
  return share;
}

std::vector<double> column(const std::vector<Measures>& pieces, std::size_t measure) {
  std::vector<double> values;
  for (const Measures& piece : pieces) {
    if (piece[measure]) values.push_back(*piece[measure]);
  }
  return values;
}

}  // namespace undersong
