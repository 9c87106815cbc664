#include "render/effects/saturation.h"

#include <gtest/gtest.h>

#include "signals.h"

namespace undersong::detail {
namespace {

// The second half of two seconds, when the level is known.
StereoBuffer saturated(double amount, double hertz, double level) {
  StereoBuffer buffer = tone(hertz, level, 96000);
  Saturation saturation(amount, kRate);
  saturation.process(buffer.all());
  const StereoBlock all = buffer.all();
  StereoBuffer half(48000);
  std::copy(all.left.begin() + 48000, all.left.end(), half.all().left.begin());
  std::copy(all.right.begin() + 48000, all.right.end(), half.all().right.begin());
  return half;
}

TEST(Saturation, KeepsTheLevelWhateverItIs) {
  for (const double amount : {0.1, 0.4, 1.0}) {
    for (const double level : {0.02, 0.1, 0.5}) {
      StereoBuffer buffer = saturated(amount, 220.0, level);
      EXPECT_NEAR(db(rms(buffer.all().left) / (level / std::numbers::sqrt2)), 0.0, 0.3)
          << amount << " " << level;
    }
  }
}

TEST(Saturation, AddsOddPartialsThatGrowWithTheAmount) {
  double before = -200.0;
  for (const double amount : {0.1, 0.3, 0.6, 1.0}) {
    StereoBuffer buffer = saturated(amount, 500.0, 0.2);
    const auto samples = buffer.all().left;
    const double third = db(amplitude_at(samples, 1500.0) / amplitude_at(samples, 500.0));
    EXPECT_GT(third, before + 2.0) << amount;
    EXPECT_LT(db(amplitude_at(samples, 1000.0) / amplitude_at(samples, 500.0)), -50.0);
    before = third;
  }
  EXPECT_GT(before, -20.0);
}

TEST(Saturation, MeansTheSameForQuietAndLoudInstruments) {
  const auto third = [](double level) {
    StereoBuffer buffer = saturated(0.5, 500.0, level);
    return db(amplitude_at(buffer.all().left, 1500.0) / level);
  };
  EXPECT_NEAR(third(0.02), third(0.5), 0.5);
}

// The partials of 5 kHz at 35 and 45 kHz would fold to 13 and 3.
TEST(Saturation, FoldsLittleBack) {
  StereoBuffer buffer = saturated(1.0, 5000.0, 0.3);
  const auto samples = buffer.all().left;
  EXPECT_LT(db(amplitude_at(samples, 13000.0) / 0.3), -45.0);
  EXPECT_LT(db(amplitude_at(samples, 3000.0) / 0.3), -55.0);
}

TEST(Saturation, LetsTheTrebleThrough) {
  for (const double hertz : {8000.0, 15000.0, 18000.0}) {
    StereoBuffer buffer = saturated(0.05, hertz, 0.1);
    EXPECT_NEAR(db(amplitude_at(buffer.all().left, hertz) / 0.1), 0.0, 0.7) << hertz;
  }
}

TEST(Saturation, DoesNotCrushTheFirstStroke) {
  const auto stroke = [](std::size_t i) {
    return 0.5 * std::exp(-static_cast<double>(i) / 2400.0) *
           std::sin(2.0 * std::numbers::pi * 200.0 * static_cast<double>(i) / kRate);
  };
  StereoBuffer buffer = made(9600, stroke, stroke);
  const float before = peak_of(buffer.all());
  Saturation saturation(0.35, kRate);
  saturation.process(buffer.all());
  EXPECT_GT(peak_of(buffer.all()), 0.6F * before);
  EXPECT_LT(peak_of(buffer.all()), 1.5F * before);
}

}  // namespace
}  // namespace undersong::detail
