#include "audio/true_peak.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "base/portable_math.h"

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

// Calls use(peaks of the frames of a block), block after block.
template <typename Use>
void for_each_block(const AudioBuffer& audio, const Use& use) {
  TruePeakDetector detector(audio.channels);
  std::vector<float> peaks;
  std::span<const float> left = audio.samples;
  while (!left.empty()) {
    const std::size_t count =
        std::min(left.size(), kBlockFrames * static_cast<std::size_t>(audio.channels));
    peaks.clear();
    detector.add(left.first(count), peaks);
    left = left.subspan(count);
    use(peaks);
  }
  peaks.clear();
  detector.finish(peaks);
  use(peaks);
}

}  // namespace

TruePeakDetector::TruePeakDetector(int channels)
    : channels_(static_cast<std::size_t>(channels)),
      waiting_((kReachFrames - 1) * channels_, 0.0F) {}

void TruePeakDetector::add(std::span<const float> samples, std::vector<float>& peaks) {
  while (!samples.empty()) {
    const std::size_t count = std::min(samples.size(), kBlockFrames * channels_);
    take(samples.first(count), peaks);
    samples = samples.subspan(count);
  }
}

void TruePeakDetector::take(std::span<const float> samples, std::vector<float>& peaks) {
  constexpr std::size_t kMargin = kTapsPerPhase - 1;
  waiting_.insert(waiting_.end(), samples.begin(), samples.end());
  const std::size_t frames = waiting_.size() / channels_;
  if (frames <= kMargin) return;
  const std::size_t decided = frames - kMargin;
  of_samples_.resize(decided * channels_);
  peaks_of_samples(waiting_.data(), of_samples_, channels_);
  for (std::size_t i = 0; i < decided; ++i) {
    const float* const frame = of_samples_.data() + i * channels_;
    peaks.push_back(*std::max_element(frame, frame + channels_));
  }
  waiting_.erase(waiting_.begin(),
                 waiting_.begin() + static_cast<std::ptrdiff_t>(decided * channels_));
}

void TruePeakDetector::finish(std::vector<float>& peaks) {
  add(std::vector<float>(kReachFrames * channels_, 0.0F), peaks);
}

std::vector<float> true_peak_envelope(const AudioBuffer& audio) {
  std::vector<float> envelope;
  envelope.reserve(audio.frames());
  for_each_block(audio, [&](std::span<const float> peaks) {
    envelope.insert(envelope.end(), peaks.begin(), peaks.end());
  });
  return envelope;
}

float true_peak(const AudioBuffer& audio) {
  float highest = 0.0F;
  for_each_block(audio, [&](std::span<const float> peaks) {
    for (const float peak : peaks) highest = peak > highest ? peak : highest;
  });
  return highest;
}

double db_from_linear(double linear) { return 20.0 / std::numbers::ln10 * portable_log(linear); }

double linear_from_db(double db) { return portable_exp(std::numbers::ln10 / 20.0 * db); }

}  // namespace undersong
