#include "audio/true_peak.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <span>

namespace undersong {
namespace {

constexpr int kOversampling = 4;
// Taps on either side of a point between two samples, of the 48 around the filter's centre.
constexpr int kReach = 6;
constexpr int kTapsPerPhase = 2 * kReach;
constexpr std::size_t kReachFrames = kReach;

using Phase = std::array<float, kTapsPerPhase>;

// The three phases between the samples; the fourth is the sample itself. Tap j weighs the sample
// at frame n - 5 + j for the point n + (phase + 1) / 4.
std::array<Phase, kOversampling - 1> make_phases() {
  std::array<Phase, kOversampling - 1> phases{};
  for (std::size_t p = 0; p < phases.size(); ++p) {
    const double offset = static_cast<double>(p + 1) / kOversampling;
    for (std::size_t j = 0; j < kTapsPerPhase; ++j) {
      const double distance = static_cast<double>(j) - (kReach - 1) - offset;  // in samples
      const double angle = std::numbers::pi * distance;
      const double window = 0.5 * (1.0 + std::cos(angle / kReach));
      phases[p][j] = static_cast<float>(window * std::sin(angle) / angle);
    }
  }
  return phases;
}

// Highest magnitude between each sample and the next of its channel. `in` has kReach - 1 frames
// before the first of `out` and kReach after the last.
void peaks_of_samples(const float* in, std::span<float> out, std::size_t channels) {
  static const auto kPhases = make_phases();
  const std::size_t count = out.size();
  const float* centre = in + (kReachFrames - 1) * channels;
  for (std::size_t i = 0; i < count; ++i) out[i] = std::abs(centre[i]);
  for (const Phase& phase : kPhases) {
    // The taps are unrolled by hand, so that the loop over samples is the one that is vectorised.
    const Phase h = phase;
    const std::size_t c = channels;
    for (std::size_t i = 0; i < count; ++i) {
      const float* x = in + i;
      const float near = (x[5 * c] * h[5] + x[6 * c] * h[6]) + (x[4 * c] * h[4] + x[7 * c] * h[7]);
      const float mid = (x[3 * c] * h[3] + x[8 * c] * h[8]) + (x[2 * c] * h[2] + x[9 * c] * h[9]);
      const float far = (x[c] * h[1] + x[10 * c] * h[10]) + (x[0] * h[0] + x[11 * c] * h[11]);
      const float magnitude = std::abs(near + (mid + far));
      out[i] = magnitude > out[i] ? magnitude : out[i];
    }
  }
}

constexpr std::size_t kBlockFrames = 1024;  // fits the first cache with its margins

// Calls use(first_frame, per-sample peaks of a block), block after block.
template <typename Use>
void for_each_block(const AudioBuffer& audio, const Use& use) {
  const auto channels = static_cast<std::size_t>(audio.channels);
  const std::size_t frames = audio.frames();
  std::vector<float> padded((kBlockFrames + kTapsPerPhase) * channels);
  std::vector<float> peaks(kBlockFrames * channels);
  for (std::size_t first = 0; first < frames; first += kBlockFrames) {
    const std::size_t count = std::min(kBlockFrames, frames - first);
    // Silence before the beginning and after the end.
    const std::size_t before = std::min(first, kReachFrames - 1);
    const std::size_t until = std::min(frames, first + count + kReachFrames);
    std::fill(padded.begin(), padded.end(), 0.0F);
    const auto begin = audio.samples.begin();
    std::copy(begin + static_cast<std::ptrdiff_t>((first - before) * channels),
              begin + static_cast<std::ptrdiff_t>(until * channels),
              padded.begin() + static_cast<std::ptrdiff_t>((kReachFrames - 1 - before) * channels));
    const std::span<float> block(peaks.data(), count * channels);
    peaks_of_samples(padded.data(), block, channels);
    use(first, std::span<const float>(block));
  }
}

}  // namespace

std::vector<float> true_peak_envelope(const AudioBuffer& audio) {
  std::vector<float> envelope(audio.frames());
  const auto channels = static_cast<std::size_t>(audio.channels);
  for_each_block(audio, [&](std::size_t first, std::span<const float> peaks) {
    for (std::size_t i = 0; i < peaks.size() / channels; ++i) {
      float highest = peaks[i * channels];
      for (std::size_t c = 1; c < channels; ++c)
        highest = std::max(highest, peaks[i * channels + c]);
      envelope[first + i] = highest;
    }
  });
  return envelope;
}

float true_peak(const AudioBuffer& audio) {
  float highest = 0.0F;
  for_each_block(audio, [&](std::size_t, std::span<const float> peaks) {
    for (const float peak : peaks) highest = peak > highest ? peak : highest;
  });
  return highest;
}

double db_from_linear(double linear) {
  return linear > 0.0 ? 20.0 * std::log10(linear) : -std::numeric_limits<double>::infinity();
}

double linear_from_db(double db) { return std::pow(10.0, db / 20.0); }

}  // namespace undersong
