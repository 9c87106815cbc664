#include "audio/loudness_profile.h"

#include <gtest/gtest.h>

#include <cmath>

#include "audio/loudness.h"
#include "audio/true_peak.h"
#include "base/rng.h"

namespace undersong {
namespace {

// Noise whose level goes up and down, with a silent stretch that the gates leave out.
AudioBuffer noise(int sample_rate, int channels, double seconds) {
  AudioBuffer audio{.sample_rate = sample_rate, .channels = channels, .samples = {}};
  Rng rng(5);
  const auto frames = static_cast<int>(seconds * sample_rate);
  for (int i = 0; i < frames; ++i) {
    const double t = static_cast<double>(i) / sample_rate;
    const double level = t > 2.0 && t < 3.0 ? 0.0 : 0.2 + 0.15 * std::sin(2.0 * t);
    for (int c = 0; c < channels; ++c)
      audio.samples.push_back(static_cast<float>(level * (2.0 * rng.uniform() - 1.0)));
  }
  return audio;
}

LoudnessProfile profile_of(const AudioBuffer& audio) {
  LoudnessProfile profile(audio.sample_rate, audio.channels);
  // In blocks that are no multiple of a cell.
  std::span<const float> left = audio.samples;
  while (!left.empty()) {
    const auto count = std::min(left.size(), 1001 * static_cast<std::size_t>(audio.channels));
    profile.add(left.first(count));
    left = left.subspan(count);
  }
  profile.finish();
  return profile;
}

TEST(LoudnessProfile, AgreesWithTheMeterAtEveryRate) {
  for (const int rate : {8000, 22050, 44100, 48000, 96000}) {
    for (const int channels : {1, 2}) {
      const AudioBuffer audio = noise(rate, channels, 6.0);
      const LoudnessProfile profile = profile_of(audio);
      const std::vector<float> flat(profile.cells() + 1, 1.0F);
      EXPECT_NEAR(profile.integrated_lufs(flat, 1.0), measure_loudness(audio).integrated_lufs, 0.03)
          << rate << " Hz, " << channels;
    }
  }
}

TEST(LoudnessProfile, KnowsWhatACurveDoes) {
  AudioBuffer audio = noise(48000, 2, 6.0);
  const LoudnessProfile profile = profile_of(audio);
  std::vector<float> curve(profile.cells() + 1);
  for (std::size_t i = 0; i < curve.size(); ++i)
    curve[i] = static_cast<float>(0.6 + 0.4 * std::sin(static_cast<double>(i) / 100.0));
  for (std::size_t i = 0; i < audio.samples.size(); ++i) {
    const auto cell = static_cast<double>(i / 2) / 32.0;
    const auto before = static_cast<std::size_t>(cell);
    const auto share = static_cast<float>(cell - static_cast<double>(before));
    audio.samples[i] *= 0.5F * (curve[before] + share * (curve[before + 1] - curve[before]));
  }
  EXPECT_NEAR(profile.integrated_lufs(curve, 0.5), measure_loudness(audio).integrated_lufs, 0.02);
}

TEST(LoudnessProfile, HearsNothingInSilence) {
  AudioBuffer silence;
  silence.samples.resize(96000, 0.0F);
  const LoudnessProfile profile = profile_of(silence);
  const std::vector<float> flat(profile.cells() + 1, 1.0F);
  EXPECT_TRUE(std::isinf(profile.integrated_lufs(flat, 1.0)));
}

TEST(TruePeakDetector, FindsTheSamePeaksHoweverTheSoundIsCut) {
  const AudioBuffer audio = noise(48000, 2, 0.2);
  const auto whole = true_peak_envelope(audio);
  ASSERT_EQ(whole.size(), audio.frames());
  for (const std::size_t block : {1U, 5U, 6U, 11U, 1024U, 5000U}) {
    TruePeakDetector detector(2);
    std::vector<float> peaks;
    std::span<const float> left = audio.samples;
    while (!left.empty()) {
      const auto count = std::min(left.size(), 2 * block);
      detector.add(left.first(count), peaks);
      left = left.subspan(count);
    }
    detector.finish(peaks);
    EXPECT_EQ(peaks, whole) << block;
  }
}

}  // namespace
}  // namespace undersong
