#include "audio/true_peak.h"

#include <ebur128.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/rng.h"

namespace undersong {
namespace {

double libebur128_true_peak(const AudioBuffer& audio) {
  ebur128_state* state =
      ebur128_init(static_cast<unsigned>(audio.channels),
                   static_cast<unsigned long>(audio.sample_rate), EBUR128_MODE_TRUE_PEAK);
  ebur128_add_frames_float(state, audio.samples.data(), audio.frames());
  // Its filter looks back: the last points come out only with the silence after them.
  const std::vector<float> silence(static_cast<std::size_t>(audio.channels) * 64, 0.0F);
  ebur128_add_frames_float(state, silence.data(), 64);
  double highest = 0.0;
  for (int c = 0; c < audio.channels; ++c) {
    double peak = 0.0;
    ebur128_true_peak(state, static_cast<unsigned>(c), &peak);
    highest = std::max(highest, peak);
  }
  ebur128_destroy(&state);
  return highest;
}

TEST(TruePeak, SeesBetweenTheSamples) {
  // A quarter of the sample rate, sampled at 45 degrees: no sample is above 0.7071.
  AudioBuffer audio{.sample_rate = 48000, .channels = 1, .samples = {}};
  for (int i = 0; i < 4800; ++i) {
    const double fade = std::min({1.0, i / 480.0, (4799 - i) / 480.0});
    audio.samples.push_back(
        static_cast<float>(fade * std::sin(std::numbers::pi * (0.5 * i + 0.25))));
  }
  EXPECT_NEAR(true_peak(audio), 1.0F, 0.01F);
}

TEST(TruePeak, OfSilenceIsZero) {
  EXPECT_EQ(true_peak({.sample_rate = 48000, .channels = 2, .samples = {}}), 0.0F);
  EXPECT_EQ(true_peak({.sample_rate = 48000, .channels = 2, .samples = {0.0F, 0.0F}}), 0.0F);
  EXPECT_EQ(db_from_linear(0.0), -std::numeric_limits<double>::infinity());
}

TEST(TruePeak, IsNeverBelowASample) {
  EXPECT_EQ(true_peak({.sample_rate = 48000, .channels = 2, .samples = {0.0F, -0.75F}}), 0.75F);
}

TEST(TruePeak, EnvelopeIsHighWhereThePeakIs) {
  AudioBuffer audio{.sample_rate = 48000, .channels = 2, .samples = std::vector<float>(6000, 0.0F)};
  audio.samples[2 * 1500 + 1] = 0.5F;
  const auto envelope = true_peak_envelope(audio);
  ASSERT_EQ(envelope.size(), 3000U);
  EXPECT_EQ(std::max_element(envelope.begin(), envelope.end()) - envelope.begin(), 1500);
  EXPECT_EQ(envelope[1500], 0.5F);
  EXPECT_EQ(envelope[1400], 0.0F);
}

RC_GTEST_PROP(TruePeak, AgreesWithLibebur128, ()) {
  Rng rng(*rc::gen::arbitrary<std::uint32_t>());
  AudioBuffer audio;
  audio.channels = *rc::gen::inRange(1, 4);
  const auto frames = *rc::gen::inRange<std::size_t>(1, 5000);  // across the block's border
  for (std::size_t i = 0; i < frames * static_cast<std::size_t>(audio.channels); ++i)
    audio.samples.push_back(static_cast<float>(2.0 * rng.uniform() - 1.0));
  const double ours = static_cast<double>(true_peak(audio));
  const double theirs = libebur128_true_peak(audio);
  RC_ASSERT(std::abs(ours - theirs) < 1e-5 * theirs);
  const auto envelope = true_peak_envelope(audio);
  RC_ASSERT(*std::max_element(envelope.begin(), envelope.end()) == true_peak(audio));
}

}  // namespace
}  // namespace undersong
