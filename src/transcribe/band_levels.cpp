#include "transcribe/band_levels.h"

namespace undersong {

void BandLevels::push(std::span<const std::uint8_t, kBands> levels) {
  // By an eighth rather than by doubling: an hour is to stay near its 19 MB.
  if (levels_.size() + kBands > levels_.capacity()) {
    levels_.reserve(levels_.capacity() + levels_.capacity() / 8 + 4096 * kBands);
  }
  levels_.insert(levels_.end(), levels.begin(), levels.end());
}

int band_at(double hertz) {
  constexpr auto kCentres = detail::level_band_centres();
  constexpr double kHertzPerBin = static_cast<double>(kHeardSampleRate) / kLevelWindowSamples;
  int band = 0;
  while (band < BandLevels::kBands &&
         kCentres[static_cast<std::size_t>(band) + 1] * kHertzPerBin < hertz) {
    ++band;
  }
  return band;
}

}  // namespace undersong
