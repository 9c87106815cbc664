#pragma once
// A look-ahead peak limiter that sees the whole piece, in cells of about two thirds of a
// millisecond: a gain cannot move faster without being heard as distortion, and 20 minutes fit into
// a few megabytes.

#include <cstddef>
#include <span>
#include <vector>

namespace undersong::detail {

// A gain that goes in straight lines from one bound of a cell to the next.
struct GainCurve {
  std::vector<float> at_bounds = {};  // one more than cells
  std::size_t cell_frames = 1;

  // Multiplies interleaved frames, of which the first is the piece's frame `first`, by the curve
  // and by `gain`.
  void apply(std::size_t first, std::size_t channels, float gain, std::span<float> samples) const;
};

// Gain curves that keep `gain * curve * peak <= ceiling` throughout every cell: the gain falls
// smoothly during the 5 ms before a peak and rises again with a time constant of 80 ms. Where
// nothing has to be held the curve is 1.
//
// The waveform between two samples can still pass the ceiling by a hair, since the gain moves while
// the interpolating filter looks at it: measure, and scale the rest away.
class Limiter {
 public:
  // `peaks`: the highest magnitude in each cell (TruePeakDetector), linear.
  Limiter(std::vector<float> peaks, double cells_per_second);

  // At the bounds of the cells: one value more than there are peaks. `gain` and `ceiling` are
  // linear. The result stays until the next call. Cost: O(cells).
  std::span<const float> curve(double gain, double ceiling);

  float highest_peak() const { return highest_peak_; }

 private:
  std::vector<float> held_peaks_;  // at bounds: the highest within the look-ahead on both sides
  std::vector<float> curve_;
  std::size_t reach_;    // cells, half of the look-ahead
  double release_step_;  // of the way to 1 in one cell
  float highest_peak_ = 0.0F;
};

}  // namespace undersong::detail
