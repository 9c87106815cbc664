#pragma once
// A look-ahead peak limiter that sees the whole piece.

#include <cstddef>
#include <span>
#include <vector>

namespace undersong::detail {

// Gain curves that keep `gain * curve[i] * peak[i] <= ceiling` at every frame: the gain falls
// smoothly during the 5 ms before a peak and rises again with a time constant of 80 ms. Where
// nothing has to be held the curve is 1.
//
// The waveform between two samples can still pass the ceiling by a hair, since the gain moves while
// the interpolating filter looks at it: measure, and scale the rest away.
class Limiter {
 public:
  // `peaks`: the highest magnitude at each frame (true_peak_envelope), linear.
  Limiter(std::vector<float> peaks, int sample_rate);

  // `gain` and `ceiling` are linear. The result stays until the next call. Cost: O(frames).
  std::span<const float> curve(double gain, double ceiling);

  float highest_peak() const { return highest_peak_; }

 private:
  std::vector<float> held_peaks_;  // the highest within the look-ahead, before and after
  std::vector<float> curve_;
  std::size_t reach_;    // frames, half of the look-ahead
  double release_step_;  // of the way to 1 in one frame
  float highest_peak_ = 0.0F;
};

}  // namespace undersong::detail
