#pragma once
// Soft clipping as of tape that is driven: odd partials, louder ones for louder sound, the same
// level.

#include <array>
#include <cstdint>
#include <vector>

#include "render/effects/stereo.h"

namespace undersong::detail {

// The drive follows the sound's own level (4 ms up, 2 s down), so that the amount means the
// same for every instrument; what the curve takes from the level is given back (0.3 s).
// Runs at twice the rate: of a 5 kHz tone at full amount, what folds back below 20 kHz lies under
// -45 dB.
//
// Latency: 15 frames. Cost: some 15 ns a frame.
// Source: the curve is the Padé approximant of tanh of order 3/2; half-band interpolation as in
// Crochiere & Rabiner 1983, "Multirate Digital Signal Processing".
class Saturation {
 public:
  // amount: 0-1
  Saturation(double amount, int sample_rate);

  void process(StereoBlock block);
  void reset();

 private:
  static constexpr std::size_t kStep = 64;  // frames between looks at the level
  static constexpr std::size_t kTaps = 16;  // between two samples

  // One channel's way to twice the rate and back.
  struct Channel {
    std::array<float, kStep + kTaps> in{};    // what came before, then the step
    std::array<float, kStep + kTaps> odd{};   // shaped, between the samples
    std::array<float, kStep + kTaps> even{};  // shaped, at the samples
  };

  void step(std::span<float> left, std::span<float> right);
  void shape(std::span<float> samples, Channel& channel) const;
  double amount_;
  double rise_;  // shares of the way in one step
  double fall_;
  double even_;
  double level_ = 0.0;     // power that the drive goes by
  double power_in_ = 0.0;  // means, for what is given back
  double power_out_ = 0.0;
  float drive_ = 0.0F;   // at the end of the step before
  float makeup_ = 1.0F;  // likewise
  float next_drive_ = 0.0F;
  float next_makeup_ = 1.0F;
  std::array<Channel, 2> channels_{};
};

}  // namespace undersong::detail
