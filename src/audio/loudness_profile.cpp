#include "audio/loudness_profile.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/check.h"
#include "base/portable_math.h"

namespace undersong {
namespace {

constexpr double kStepSeconds = 0.1;
constexpr std::size_t kStepsPerBlock = 4;
constexpr double kOffsetDb = -0.691;  // BS.1770: a sine of 997 Hz at 0 dBFS is -3.01 LUFS
constexpr double kAbsoluteGateLufs = -70.0;
constexpr double kRelativeGateLu = -10.0;

double lufs_of(double power) { return kOffsetDb + 10.0 / std::numbers::ln10 * portable_log(power); }

double power_of(double lufs) {
  return portable_exp(std::numbers::ln10 / 10.0 * (lufs - kOffsetDb));
}

// The standard library's differs in its last bit between machines. For 0 <= x < 0.8.
double tangent(double x) {
  const double square = x * x;
  double sine = 1.0;
  double cosine = 1.0;
  for (int n = 16; n >= 2; n -= 2) {
    sine = 1.0 - sine * square / (n * (n + 1));
    cosine = 1.0 - cosine * square / (n * (n - 1));
  }
  return x * sine / cosine;
}

// The mean of what is above the gate; 0 when nothing is.
double mean_above(std::span<const double> powers, double gate) {
  double sum = 0.0;
  std::size_t count = 0;
  for (const double power : powers) {
    if (power <= gate) continue;
    sum += power;
    ++count;
  }
  return count == 0 ? 0.0 : sum / static_cast<double>(count);
}

}  // namespace

std::size_t LoudnessProfile::cell_frames(int sample_rate) {
  return static_cast<std::size_t>(std::max(1, sample_rate / 1500));
}

// The two filters of BS.1770-4 are given there for 48 kHz alone. These are the analogue filters
// behind those numbers, brought to any rate by the bilinear transform; libebur128, which the tests
// compare with, takes the same.
LoudnessProfile::LoudnessProfile(int sample_rate, int channels)
    : channels_(static_cast<std::size_t>(channels)),
      cell_frames_(cell_frames(sample_rate)),
      frames_per_step_(kStepSeconds * sample_rate),
      sections_(),
      memory_(channels_) {
  {
    constexpr double kHertz = 1681.974450955533;
    constexpr double kGainDb = 3.999843853973347;
    constexpr double kQuality = 0.7071752369554196;
    const double k = tangent(std::numbers::pi * kHertz / sample_rate);
    const double high = portable_exp(std::numbers::ln10 / 20.0 * kGainDb);
    const double band = portable_exp(0.4996667741545416 * std::numbers::ln10 / 20.0 * kGainDb);
    const double a0 = 1.0 + k / kQuality + k * k;
    sections_[0] = {.b0 = (high + band * k / kQuality + k * k) / a0,
                    .b1 = 2.0 * (k * k - high) / a0,
                    .b2 = (high - band * k / kQuality + k * k) / a0,
                    .a1 = 2.0 * (k * k - 1.0) / a0,
                    .a2 = (1.0 - k / kQuality + k * k) / a0};
  }
  {
    constexpr double kHertz = 38.13547087602444;
    constexpr double kQuality = 0.5003270373238773;
    const double k = tangent(std::numbers::pi * kHertz / sample_rate);
    const double a0 = 1.0 + k / kQuality + k * k;
    sections_[1] = {.b0 = 1.0,
                    .b1 = -2.0,
                    .b2 = 1.0,
                    .a1 = 2.0 * (k * k - 1.0) / a0,
                    .a2 = (1.0 - k / kQuality + k * k) / a0};
  }
}

void LoudnessProfile::add(std::span<const float> samples) {
  UNDERSONG_CHECK(samples.size() % channels_ == 0);
  const auto [shelf, high_pass] = sections_;
  while (!samples.empty()) {
    const std::size_t frames = std::min(samples.size() / channels_, cell_frames_ - fill_);
    for (std::size_t c = 0; c < channels_; ++c) {
      auto z = memory_[c].z;
      double sum = 0.0;
      for (std::size_t i = 0; i < frames; ++i) {
        const auto x = static_cast<double>(samples[i * channels_ + c]);
        const double y = shelf.b0 * x + z[0];
        z[0] = shelf.b1 * x - shelf.a1 * y + z[1];
        z[1] = shelf.b2 * x - shelf.a2 * y;
        const double w = high_pass.b0 * y + z[2];
        z[2] = high_pass.b1 * y - high_pass.a1 * w + z[3];
        z[3] = high_pass.b2 * y - high_pass.a2 * w;
        sum += w * w;
      }
      // In silence the memory sinks towards numbers that processors are slow with.
      for (double& value : z) {
        if (std::abs(value) < 1e-30) value = 0.0;
      }
      memory_[c].z = z;
      sum_ += sum;
    }
    fill_ += frames;
    samples = samples.subspan(frames * channels_);
    if (fill_ == cell_frames_) finish();
  }
}

void LoudnessProfile::finish() {
  if (fill_ == 0) return;
  energy_.push_back(static_cast<float>(sum_));
  sum_ = 0.0;
  fill_ = 0;
}

double LoudnessProfile::integrated_lufs(std::span<const float> curve, double gain) const {
  UNDERSONG_CHECK(curve.size() == energy_.size() + 1);
  // Energy of each 100 ms, then power of each block of four of them.
  const double length = static_cast<double>(energy_.size() * cell_frames_);
  const auto steps =
      std::max(kStepsPerBlock, static_cast<std::size_t>(length / frames_per_step_ + 0.5));
  std::vector<double> step_energy(steps, 0.0);
  for (std::size_t i = 0; i < energy_.size(); ++i) {
    const double at = static_cast<double>(i * cell_frames_) / frames_per_step_;
    const double factor = 0.5 * static_cast<double>(curve[i] + curve[i + 1]);
    const auto step = std::min(steps - 1, static_cast<std::size_t>(at));
    step_energy[step] += static_cast<double>(energy_[i]) * factor * factor;
  }
  std::vector<double> blocks;
  blocks.reserve(steps);
  const double share = gain * gain / (static_cast<double>(kStepsPerBlock) * frames_per_step_);
  for (std::size_t i = 0; i + kStepsPerBlock <= steps; ++i) {
    double sum = 0.0;
    for (std::size_t j = 0; j < kStepsPerBlock; ++j) sum += step_energy[i + j];
    blocks.push_back(sum * share);
  }
  const double absolute_gate = power_of(kAbsoluteGateLufs);
  const double ungated = mean_above(blocks, absolute_gate);
  if (ungated == 0.0) return -std::numeric_limits<double>::infinity();
  const double relative_gate = ungated * portable_exp(std::numbers::ln10 / 10.0 * kRelativeGateLu);
  return lufs_of(mean_above(blocks, std::max(absolute_gate, relative_gate)));
}

}  // namespace undersong
