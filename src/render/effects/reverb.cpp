#include "render/effects/reverb.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/portable_math.h"
#include "render/effects/waves.h"

namespace undersong::detail {
namespace {

constexpr std::array kLineSeconds = {0.0297, 0.0343, 0.0389, 0.0431,
                                     0.0487, 0.0541, 0.0613, 0.0683};
constexpr std::array kDiffuserSeconds = {0.0019, 0.0047, 0.0083, 0.0127,  // of the left
                                         0.0023, 0.0053, 0.0077, 0.0113};
constexpr float kDiffusion = 0.62F;
constexpr double kBeforeSeconds = 0.012;  // until the first reflection
constexpr double kThinHz = 120.0;
constexpr double kUsualSeconds = 1.8;  // the room for which the lengths above are

bool is_prime(std::size_t n) {
  for (std::size_t i = 2; i * i <= n; ++i) {
    if (n % i == 0) return false;
  }
  return n > 1;
}

// Lengths without common factors: their echoes do not fall on each other.
std::size_t prime_at_least(std::size_t n) {
  while (!is_prime(n)) ++n;
  return n;
}

std::size_t frames_in(double seconds, int sample_rate) {
  return static_cast<std::size_t>(seconds * sample_rate);
}

// The one-pole low-pass g (1 - p) / (1 - p z^-1) with g at 0 Hz and g squared, twice the loss, at
// `turns` of the sample rate: |H|^2 = g^4 there is a quadratic in p.
double damping_pole(double g, double turns) {
  const double loss = 1.0 - g * g;
  const double middle = 1.0 - g * g * cosine_of_turns(turns);
  return (middle - std::sqrt(std::max(0.0, middle * middle - loss * loss))) / loss;
}

// Hadamard's matrix of order 8 over sqrt 8: orthogonal, and only additions.
void mix(std::array<float, 8>& values) {
  for (std::size_t half = 1; half < 8; half *= 2) {
    for (std::size_t i = 0; i < 8; i += 2 * half) {
      for (std::size_t j = i; j < i + half; ++j) {
        const float a = values[j];
        const float b = values[j + half];
        values[j] = a + b;
        values[j + half] = a - b;
      }
    }
  }
  constexpr float kScale = 0.35355339F;
  for (float& value : values) value *= kScale;
}

}  // namespace

float Reverb::Diffuser::pass(float sample) {
  const float late = delay.read(length - 1);
  const float in = sample - kDiffusion * late;
  delay.write(in);
  return late + kDiffusion * in;
}

Reverb::Reverb(const ReverbSettings& settings, int sample_rate)
    : thin_(high_pass(kThinHz, sample_rate)),
      before_left_(frames_in(kBeforeSeconds, sample_rate)),
      before_right_(frames_in(kBeforeSeconds, sample_rate)),
      before_frames_(std::max<std::size_t>(1, frames_in(kBeforeSeconds, sample_rate))),
      level_(0.0F),
      tail_(static_cast<std::int64_t>((settings.seconds * 100.0 / 60.0 + 0.1) * sample_rate)) {
  const double size = std::clamp(std::sqrt(settings.seconds / kUsualSeconds), 0.7, 1.7);
  const double turns = std::min(settings.damping_hz, 0.45 * sample_rate) / sample_rate;
  double energy = 0.0;  // that is left after one round, on average
  for (const double seconds : kLineSeconds) {
    const std::size_t length = prime_at_least(frames_in(seconds * size, sample_rate));
    const double g =
        power(10.0, -3.0 * static_cast<double>(length) / (settings.seconds * sample_rate));
    const double pole = damping_pole(g, turns);
    lines_.push_back({.delay = DelayLine(length),
                      .length = length,
                      .gain = static_cast<float>(g * (1.0 - pole)),
                      .pole = static_cast<float>(pole)});
    energy += g * g / static_cast<double>(kLines);
  }
  for (const double seconds : kDiffuserSeconds) {
    const std::size_t length = prime_at_least(frames_in(seconds * size, sample_rate));
    diffusers_.push_back({.delay = DelayLine(length), .length = length});
  }
  // What goes into all eight lines comes out of all eight after each round: a geometric series.
  level_ = static_cast<float>(std::sqrt((1.0 - energy) / (8.0 * energy)));
}

void Reverb::reset() {
  thin_.reset();
  for (Line& line : lines_) {
    line.delay.reset();
    line.memory = 0.0F;
  }
  for (Diffuser& diffuser : diffusers_) diffuser.delay.reset();
  before_left_.reset();
  before_right_.reset();
}

void Reverb::process(StereoBlock block) {
  thin_.process(block);
  std::array<float, kLines> values{};
  for (std::size_t i = 0; i < block.frames(); ++i) {
    before_left_.write(block.left[i]);
    before_right_.write(block.right[i]);
    float left = before_left_.read(before_frames_);
    float right = before_right_.read(before_frames_);
    for (std::size_t n = 0; n < kDiffusers; ++n) {
      left = diffusers_[n].pass(left);
      right = diffusers_[kDiffusers + n].pass(right);
    }
    for (std::size_t n = 0; n < kLines; ++n) {
      Line& line = lines_[n];
      line.memory = line.gain * line.delay.read(line.length - 1) + line.pole * line.memory;
      values[n] = line.memory;
    }
    // Two rows of a matrix like the one inside: without correlation.
    block.left[i] = level_ * ((values[0] - values[1]) + (values[2] - values[3]) +
                              ((values[4] - values[5]) + (values[6] - values[7])));
    block.right[i] = level_ * ((values[0] + values[1]) - (values[2] + values[3]) +
                               ((values[4] + values[5]) - (values[6] + values[7])));
    mix(values);
    for (std::size_t n = 0; n < kLines; ++n)
      lines_[n].delay.write(values[n] + (n % 2 == 0 ? left : right));
  }
}

}  // namespace undersong::detail
