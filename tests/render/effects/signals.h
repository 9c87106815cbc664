#pragma once
// Test sounds, and what one asks of them.

#include <cmath>
#include <complex>
#include <cstddef>
#include <functional>
#include <numbers>
#include <span>

#include "base/rng.h"
#include "render/effects/stereo.h"

namespace undersong::detail {

inline constexpr int kRate = 48000;

inline StereoBuffer made(std::size_t frames, const std::function<double(std::size_t)>& left,
                         const std::function<double(std::size_t)>& right) {
  StereoBuffer buffer(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    buffer.all().left[i] = static_cast<float>(left(i));
    buffer.all().right[i] = static_cast<float>(right(i));
  }
  return buffer;
}

inline StereoBuffer tone(double hertz, double level, std::size_t frames) {
  const auto sample = [=](std::size_t i) {
    return level * std::sin(2.0 * std::numbers::pi * hertz * static_cast<double>(i) / kRate);
  };
  return made(frames, sample, sample);
}

// White, uniform in [-level, level], without correlation.
inline StereoBuffer noise(double level, std::size_t frames, std::uint64_t seed = 3) {
  Rng left = Rng(seed).fork("left");
  Rng right = Rng(seed).fork("right");
  return made(
      frames, [&](std::size_t) { return level * (2.0 * left.uniform() - 1.0); },
      [&](std::size_t) { return level * (2.0 * right.uniform() - 1.0); });
}

inline StereoBuffer impulse(std::size_t frames) {
  const auto sample = [](std::size_t i) { return i == 0 ? 1.0 : 0.0; };
  return made(frames, sample, sample);
}

inline double rms(std::span<const float> samples) {
  double sum = 0.0;
  for (const float sample : samples)
    sum += static_cast<double>(sample) * static_cast<double>(sample);
  return std::sqrt(sum / static_cast<double>(samples.size()));
}

// The amplitude of one partial, behind a Hann window.
inline double amplitude_at(std::span<const float> samples, double hertz) {
  std::complex<double> sum = 0.0;
  double weight = 0.0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(samples.size());
    const double window = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * t);
    const double phase = -2.0 * std::numbers::pi * hertz * static_cast<double>(i) / kRate;
    sum += window * static_cast<double>(samples[i]) * std::polar(1.0, phase);
    weight += window;
  }
  return 2.0 * std::abs(sum) / weight;
}

inline double db(double ratio) { return 20.0 * std::log10(ratio); }

// How far `process` is from being linear, in dB under its output: the sum's result against the sum
// of results.
template <typename Make>
double nonlinearity_db(const Make& make) {
  constexpr std::size_t kFrames = 30000;
  StereoBuffer first = noise(0.3, kFrames, 1);
  StereoBuffer second = noise(0.2, kFrames, 2);
  StereoBuffer sum = first;
  add(second.all(), 1.0F, sum.all());
  for (StereoBuffer* buffer : {&first, &second, &sum}) {
    auto effect = make();
    effect.process(buffer->all());
  }
  const double level = rms(sum.all().left);
  add(first.all(), -1.0F, sum.all());
  add(second.all(), -1.0F, sum.all());
  return db(rms(sum.all().left) / level);
}

}  // namespace undersong::detail
