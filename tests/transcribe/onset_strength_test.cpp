#include "transcribe/onset_strength.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <random>

namespace undersong {
namespace {

BandLevels hear_all(const std::vector<float>& samples) {
  OnsetStrength onsets;
  onsets.hear(samples);
  return onsets.finish();
}

std::vector<float> sine(double hertz, double seconds, double amplitude,
                        double vibrato_hertz = 0.0) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * kHeardSampleRate));
  double phase = 0.0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double t = static_cast<double>(i) / kHeardSampleRate;
    samples[i] = static_cast<float>(amplitude * std::sin(phase));
    phase += 2.0 * std::numbers::pi / kHeardSampleRate *
             (hertz + vibrato_hertz * std::sin(2.0 * std::numbers::pi * 6.0 * t));
  }
  return samples;
}

std::size_t peak_of(const std::vector<float>& curve) {
  return static_cast<std::size_t>(std::ranges::max_element(curve) - curve.begin());
}

TEST(OnsetStrength, HearsTheSameHoweverTheSamplesAreCut) {
  std::minstd_rand random(7);
  std::vector<float> samples(30000);
  for (float& sample : samples) sample = static_cast<float>(random() % 2001) / 1000.0F - 1.0F;
  OnsetStrength pieces;
  for (std::size_t at = 0, length = 1; at < samples.size();
       at += length, length = length * 3 % 997) {
    pieces.hear(std::span(samples).subspan(at, std::min(length, samples.size() - at)));
  }
  const BandLevels levels = hear_all(samples);
  EXPECT_EQ(pieces.finish(), levels);
  EXPECT_EQ(levels.frames(), 1U + 30000U / 220U);
}

TEST(OnsetStrength, OneSampleIsOneFrameAndNoneIsNone) {
  EXPECT_EQ(hear_all({0.5F}).frames(), 1U);
  EXPECT_EQ(hear_all({}).frames(), 0U);
  EXPECT_TRUE(onset_curve(hear_all({})).empty());
}

TEST(OnsetStrength, AFullScaleSineStandsAtZeroDecibelsInItsBand) {
  const BandLevels levels = hear_all(sine(1000.0, 1.0, 1.0));
  const auto frame = levels.frame(50);
  const auto loudest = std::ranges::max_element(frame);
  const double decibels = *loudest * kDecibelsPerLevel + kQuietestLevelDecibels;
  EXPECT_NEAR(decibels, 0.0, 2.5);  // the triangle halves what stands between two centres
  EXPECT_NEAR(static_cast<double>(loudest - frame.begin()), band_at(1000.0), 1.0);
}

TEST(OnsetStrength, AClickPeaksAtItsFrameWithinOne) {
  for (const std::size_t frame : {40U, 41U, 77U}) {
    std::vector<float> samples(30000, 0.0F);
    for (std::size_t i = 0; i < 20; ++i)
      samples[frame * kLevelHopSamples + i] = i % 2 ? 0.8F : -0.8F;
    const auto peak = static_cast<double>(peak_of(onset_curve(hear_all(samples))));
    EXPECT_NEAR(peak, static_cast<double>(frame), 1.0);
  }
}

TEST(OnsetStrength, ANoteThatBeginsPeaksAtItsFrameWithinTwo) {
  std::vector<float> samples(22050, 0.0F);
  const auto note = sine(330.0, 1.0, 0.5);
  samples.insert(samples.end(), note.begin(), note.end());
  EXPECT_NEAR(static_cast<double>(peak_of(onset_curve(hear_all(samples)))), 22050.0 / 220.0, 2.0);
}

TEST(OnsetStrength, VibratoIsNoOnset) {
  auto samples = sine(880.0, 2.0, 0.4, 12.0);
  const std::size_t begins = samples.size();
  const auto note = sine(1320.0, 0.5, 0.4);
  samples.resize(begins + note.size(), 0.0F);
  for (std::size_t i = 0; i < note.size(); ++i) samples[begins + i] = note[i];
  const auto curve = onset_curve(hear_all(samples));
  const auto settled = curve.begin() + 20;
  const auto note_frame = static_cast<std::ptrdiff_t>(begins / kLevelHopSamples);
  const float vibrato = *std::max_element(settled, curve.begin() + note_frame - 5);
  const float onset =
      *std::max_element(curve.begin() + note_frame - 5, curve.begin() + note_frame + 6);
  EXPECT_GT(onset, 4.0F * vibrato);
}

TEST(OnsetStrength, ABandHearsOnlyItsOwn) {
  std::vector<float> samples(22050, 0.0F);
  const auto note = sine(80.0, 0.5, 0.5);
  samples.insert(samples.end(), note.begin(), note.end());
  const BandLevels levels = hear_all(samples);
  const auto low = onset_curve(levels, {0, band_at(150.0)});
  const auto high = onset_curve(levels, {band_at(6000.0), BandLevels::kBands});
  EXPECT_GT(*std::ranges::max_element(low), 10.0F * *std::ranges::max_element(high));
}

TEST(OnsetStrength, SilenceAndDamageAreSilent) {
  std::vector<float> samples(22050, 0.0F);
  samples[3000] = std::numeric_limits<float>::quiet_NaN();
  samples[4000] = std::numeric_limits<float>::infinity();
  const BandLevels levels = hear_all(samples);
  EXPECT_EQ(loud_level(levels), 0);
  const auto curve = onset_curve(levels);
  EXPECT_EQ(std::accumulate(curve.begin(), curve.end(), 0.0F), 0.0F);
}

TEST(OnsetStrength, AQuietRecordingHasTheOnsetsOfALoudOne) {
  std::vector<float> samples(22050, 0.0F);
  const auto note = sine(330.0, 1.0, 0.5);
  samples.insert(samples.end(), note.begin(), note.end());
  const auto loud = onset_curve(hear_all(samples));
  for (float& sample : samples) sample *= 0.1F;
  const auto quiet = onset_curve(hear_all(samples));
  EXPECT_NEAR(*std::ranges::max_element(quiet), *std::ranges::max_element(loud),
              0.1F * *std::ranges::max_element(loud));
}

}  // namespace
}  // namespace undersong
