#pragma once
// Second-order filters for stereo sound.

#include <array>

#include "render/effects/stereo.h"

namespace undersong::detail {

struct BiquadCoefficients {
  double b0 = 1.0;
  double b1 = 0.0;
  double b2 = 0.0;
  double a1 = 0.0;
  double a2 = 0.0;
};

// Butterworth, 12 dB an octave, -3 dB at `hertz` (held to 0.45 of the sample rate).
// Source: Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients".
BiquadCoefficients low_pass(double hertz, int sample_rate);
BiquadCoefficients high_pass(double hertz, int sample_rate);

// Transposed direct form II in double: a low corner costs no precision. Linear. Cost: some 5 ns a
// frame.
class Biquad {
 public:
  explicit Biquad(const BiquadCoefficients& coefficients) : coefficients_(coefficients) {}

  void process(StereoBlock block);
  void reset() { memory_ = {}; }

 private:
  BiquadCoefficients coefficients_;
  std::array<double, 4> memory_{};  // two of the left, two of the right
};

}  // namespace undersong::detail
