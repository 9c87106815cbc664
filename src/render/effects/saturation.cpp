#include "render/effects/saturation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/portable_math.h"
#include "render/effects/waves.h"

namespace undersong::detail {
namespace {

constexpr double kRiseSeconds = 0.004;
constexpr double kFallSeconds = 2.0;
constexpr double kEvenSeconds = 0.3;
constexpr double kMostDrive = 1.6;   // root mean square at the curve's entry, at amount 1
constexpr double kQuietest = 0.003;  // -50 dBFS: quieter sound is driven less, not more
constexpr double kMostMakeup = 4.0;

constexpr std::size_t kTaps = 16;
using Taps = std::array<float, kTaps>;

// A Blackman-windowed sinc for the points half-way between samples. Tap j weighs the sample j
// before the newest; the point lies between taps 7 and 8.
Taps make_taps() {
  Taps taps{};
  double sum = 0.0;
  std::array<double, kTaps> exact{};
  for (std::size_t j = 0; j < kTaps; ++j) {
    const double distance = static_cast<double>(j) - 7.5;  // in samples
    const double window = 0.42 + 0.5 * cosine_of_turns(distance / 17.0) +
                          0.08 * cosine_of_turns(2.0 * distance / 17.0);
    exact.at(j) = window * sine_of_turns(0.5 * distance) / (std::numbers::pi * distance);
    sum += exact.at(j);
  }
  for (std::size_t j = 0; j < kTaps; ++j) taps.at(j) = static_cast<float>(exact.at(j) / sum);
  return taps;
}

float soft_clip(float x) {
  const float held = std::clamp(x, -3.0F, 3.0F);
  const float square = held * held;
  return held * (27.0F + square) / (27.0F + 9.0F * square);
}

double power_of(std::span<const float> left, std::span<const float> right) {
  double sum = 0.0;
  for (std::size_t i = 0; i < left.size(); ++i)
    sum += static_cast<double>(left[i] * left[i] + right[i] * right[i]);
  return sum / static_cast<double>(2 * left.size());
}

// Multiplies by what goes in a straight line from `from` to `to`.
void ramp(std::span<float> samples, float from, float to) {
  const float slope = (to - from) / static_cast<float>(samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] *= from + slope * static_cast<float>(i);
}

}  // namespace

Saturation::Saturation(double amount, int sample_rate)
    : amount_(amount),
      rise_(1.0 - portable_exp(-static_cast<double>(kStep) / (kRiseSeconds * sample_rate))),
      fall_(1.0 - portable_exp(-static_cast<double>(kStep) / (kFallSeconds * sample_rate))),
      even_(1.0 - portable_exp(-static_cast<double>(kStep) / (kEvenSeconds * sample_rate))) {
  reset();
}

void Saturation::reset() {
  level_ = power_in_ = power_out_ = 0.0;
  next_makeup_ = makeup_ = 1.0F;
  next_drive_ = drive_ = static_cast<float>(amount_ * kMostDrive / kQuietest);
  channels_ = {};
}

void Saturation::process(StereoBlock block) {
  for (std::size_t at = 0; at < block.frames(); at += kStep) {
    const std::size_t count = std::min(kStep, block.frames() - at);
    step(block.left.subspan(at, count), block.right.subspan(at, count));
  }
}

void Saturation::step(std::span<float> left, std::span<float> right) {
  const double power_in = power_of(left, right);
  // The drive of this step already knows it: what begins loud is not driven as if it were quiet.
  level_ += (power_in > level_ ? rise_ : fall_) * (power_in - level_);
  next_drive_ = static_cast<float>(amount_ * kMostDrive / std::max(std::sqrt(level_), kQuietest));
  for (std::size_t c = 0; c < 2; ++c) {
    const std::span<float> samples = c == 0 ? left : right;
    ramp(samples, drive_, next_drive_);
    shape(samples, channels_.at(c));
    ramp(samples, 1.0F / drive_, 1.0F / next_drive_);
  }
  const double power_out = power_of(left, right);
  power_in_ += even_ * (power_in - power_in_);
  power_out_ += even_ * (power_out - power_out_);
  if (power_out_ > 1e-12) {
    next_makeup_ =
        static_cast<float>(std::clamp(std::sqrt(power_in_ / power_out_), 1.0, kMostMakeup));
  }
  ramp(left, makeup_, next_makeup_);
  ramp(right, makeup_, next_makeup_);
  drive_ = next_drive_;
  makeup_ = next_makeup_;
}

// Interpolates to twice the rate, clips both phases, and filters back.
void Saturation::shape(std::span<float> samples, Channel& channel) const {
  static const Taps kBetween = make_taps();
  const std::size_t count = samples.size();
  const auto history = [count](auto& line) {
    std::copy(line.begin() + static_cast<std::ptrdiff_t>(count),
              line.begin() + static_cast<std::ptrdiff_t>(count + kTaps), line.begin());
  };
  std::copy(samples.begin(), samples.end(), channel.in.begin() + kTaps);
  std::array<float, kStep> sums{};
  for (std::size_t j = 0; j < kTaps; ++j) {
    const float* const from = channel.in.data() + kTaps - j;
    for (std::size_t i = 0; i < count; ++i) sums[i] += kBetween[j] * from[i];
  }
  for (std::size_t i = 0; i < count; ++i) {
    channel.odd[kTaps + i] = soft_clip(sums[i]);
    channel.even[kTaps + i] = soft_clip(channel.in[kTaps + i - 7]);
  }
  for (std::size_t i = 0; i < count; ++i) sums[i] = 0.5F * channel.even[kTaps + i - 8];
  for (std::size_t j = 0; j < kTaps; ++j) {
    const float* const from = channel.odd.data() + kTaps - j;
    const float weight = 0.5F * kBetween[j];
    for (std::size_t i = 0; i < count; ++i) sums[i] += weight * from[i];
  }
  std::copy(sums.begin(), sums.begin() + static_cast<std::ptrdiff_t>(count), samples.begin());
  history(channel.in);
  history(channel.odd);
  history(channel.even);
}

}  // namespace undersong::detail
