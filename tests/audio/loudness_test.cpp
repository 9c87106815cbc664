#include "audio/loudness.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace undersong {
namespace {

AudioBuffer tone(double level_db, double seconds) {
  AudioBuffer audio;
  const double level = std::pow(10.0, level_db / 20.0);
  for (int i = 0; i < static_cast<int>(seconds * audio.sample_rate); ++i) {
    const double angle = 2.0 * std::numbers::pi * 1000.0 * i / audio.sample_rate;
    const auto sample = static_cast<float>(level * std::sin(angle));
    audio.samples.push_back(sample);
    audio.samples.push_back(sample);
  }
  return audio;
}

AudioBuffer joined(AudioBuffer first, const AudioBuffer& second) {
  first.samples.insert(first.samples.end(), second.samples.begin(), second.samples.end());
  return first;
}

// EBU Tech 3341, table 1, cases 1 and 2 (shorter).
TEST(Loudness, OfAStereoToneIsItsLevel) {
  EXPECT_NEAR(measure_loudness(tone(-23.0, 5.0)).integrated_lufs, -23.0, 0.1);
  EXPECT_NEAR(measure_loudness(tone(-33.0, 5.0)).integrated_lufs, -33.0, 0.1);
  EXPECT_NEAR(measure_loudness(tone(-23.0, 5.0)).true_peak_dbtp, -23.0, 0.1);
}

// EBU Tech 3341, case 3 (shorter): the quiet parts fall under the relative gate.
TEST(Loudness, LeavesOutWhatTheGateLeavesOut) {
  const AudioBuffer audio = joined(joined(tone(-36.0, 4.0), tone(-23.0, 20.0)), tone(-36.0, 4.0));
  EXPECT_NEAR(measure_loudness(audio).integrated_lufs, -23.0, 0.1);
}

// EBU Tech 3342, case 1.
TEST(Loudness, RangeIsTheStepBetweenTwoLevels) {
  EXPECT_NEAR(measure_loudness(joined(tone(-20.0, 20.0), tone(-30.0, 20.0))).range_lu, 10.0, 1.0);
}

TEST(Loudness, IsMinusInfinityForSilenceAndForLessThan400Milliseconds) {
  EXPECT_TRUE(std::isinf(measure_loudness(tone(-200.0, 1.0)).integrated_lufs));
  EXPECT_TRUE(std::isinf(measure_loudness(tone(-10.0, 0.3)).integrated_lufs));
}

TEST(Loudness, InPiecesIsTheSame) {
  const AudioBuffer audio = tone(-20.0, 2.0);
  LoudnessMeter meter(audio.sample_rate, audio.channels);
  const std::span<const float> samples(audio.samples);
  meter.add(samples.first(20000));
  meter.add(samples.subspan(20000));
  EXPECT_DOUBLE_EQ(meter.integrated_lufs(), measure_loudness(audio).integrated_lufs);
}

}  // namespace
}  // namespace undersong
