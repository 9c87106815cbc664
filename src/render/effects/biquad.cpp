#include "render/effects/biquad.h"

#include <algorithm>
#include <numbers>

#include "render/effects/waves.h"

namespace undersong::detail {
namespace {

struct Design {
  double cosine;
  double alpha;
  double a0;
};

Design design(double hertz, int sample_rate) {
  const double turns = std::min(hertz, 0.45 * sample_rate) / sample_rate;
  const double alpha = sine_of_turns(turns) / std::numbers::sqrt2;  // sin / (2 Q), Q = 1 / sqrt 2
  return {.cosine = cosine_of_turns(turns), .alpha = alpha, .a0 = 1.0 + alpha};
}

}  // namespace

BiquadCoefficients low_pass(double hertz, int sample_rate) {
  const auto [cosine, alpha, a0] = design(hertz, sample_rate);
  return {.b0 = 0.5 * (1.0 - cosine) / a0,
          .b1 = (1.0 - cosine) / a0,
          .b2 = 0.5 * (1.0 - cosine) / a0,
          .a1 = -2.0 * cosine / a0,
          .a2 = (1.0 - alpha) / a0};
}

BiquadCoefficients high_pass(double hertz, int sample_rate) {
  const auto [cosine, alpha, a0] = design(hertz, sample_rate);
  return {.b0 = 0.5 * (1.0 + cosine) / a0,
          .b1 = -(1.0 + cosine) / a0,
          .b2 = 0.5 * (1.0 + cosine) / a0,
          .a1 = -2.0 * cosine / a0,
          .a2 = (1.0 - alpha) / a0};
}

void Biquad::process(StereoBlock block) {
  const auto [b0, b1, b2, a1, a2] = coefficients_;
  auto [l1, l2, r1, r2] = memory_;
  for (std::size_t i = 0; i < block.frames(); ++i) {
    // Both channels in one step: they do not wait for each other.
    const auto left = static_cast<double>(block.left[i]);
    const auto right = static_cast<double>(block.right[i]);
    const double left_out = b0 * left + l1;
    const double right_out = b0 * right + r1;
    l1 = b1 * left - a1 * left_out + l2;
    r1 = b1 * right - a1 * right_out + r2;
    l2 = b2 * left - a2 * left_out;
    r2 = b2 * right - a2 * right_out;
    block.left[i] = static_cast<float>(left_out);
    block.right[i] = static_cast<float>(right_out);
  }
  memory_ = {l1, l2, r1, r2};
}

}  // namespace undersong::detail
