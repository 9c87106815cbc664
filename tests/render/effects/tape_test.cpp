// Tape wow and vinyl noise.

#include <gtest/gtest.h>

#include "render/effects/tape_wow.h"
#include "render/effects/vinyl.h"
#include "signals.h"

namespace undersong::detail {
namespace {

// Cents off 1 kHz from one rising crossing of zero to the twentieth after it.
std::vector<double> cents_off(std::span<const float> samples) {
  std::vector<double> crossings;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    if (samples[i - 1] < 0.0F && samples[i] >= 0.0F) {
      const auto part = static_cast<double>(samples[i - 1] / (samples[i - 1] - samples[i]));
      crossings.push_back(static_cast<double>(i - 1) + part);
    }
  }
  std::vector<double> cents;
  for (std::size_t i = 20; i < crossings.size(); ++i)
    cents.push_back(1200.0 * std::log2(20.0 * 48.0 / (crossings[i] - crossings[i - 20])));
  return cents;
}

TEST(TapeWow, StraysAsFarAsItWasAskedTo) {
  for (const double cents : {3.0, 10.0, 50.0}) {
    StereoBuffer buffer = tone(1000.0, 0.5, 6 * 48000);
    TapeWow wow({.cents = cents, .seed = 4}, kRate);
    wow.process(buffer.all());
    double furthest = 0.0;
    for (const double off : cents_off(buffer.all().left.subspan(4800)))
      furthest = std::max(furthest, std::abs(off));
    EXPECT_NEAR(furthest / cents, 1.0, 0.15) << cents;
  }
}

TEST(TapeWow, BeginsOnTimeAndWithoutAClick) {
  StereoBuffer buffer = impulse(9600);
  TapeWow wow({.cents = 20.0, .seed = 1}, kRate);
  wow.process(buffer.all());
  const auto begin = static_cast<std::size_t>(wow.latency());
  EXPECT_NEAR(buffer.all().left[begin], 1.0F, 1e-3F);
}

TEST(TapeWow, IsLinearAndDoesNotDependOnHowTheSoundIsCut) {
  EXPECT_LT(nonlinearity_db([] { return TapeWow({.cents = 20.0, .seed = 2}, kRate); }), -120.0);
  StereoBuffer whole = noise(0.5, 20000);
  StereoBuffer cut = whole;
  TapeWow first({.cents = 20.0, .seed = 2}, kRate);
  first.process(whole.all());
  TapeWow second({.cents = 20.0, .seed = 2}, kRate);
  for (std::size_t at = 0; at < 20000; at += 777) {
    const std::size_t count = std::min<std::size_t>(777, 20000 - at);
    second.process({cut.all().left.subspan(at, count), cut.all().right.subspan(at, count)});
  }
  EXPECT_TRUE(std::equal(whole.all().left.begin(), whole.all().left.end(), cut.all().left.begin()));
}

TEST(TapeWow, ClosesALoop) {
  constexpr std::size_t kLoop = 5 * 48000 + 321;
  // A whole number of periods in a loop: both rounds waver alike, or they would differ.
  StereoBuffer tone_of_loop = made(
      2 * kLoop,
      [](std::size_t i) {
        return std::sin(2.0 * std::numbers::pi * 700.0 * static_cast<double>(i % kLoop) / kLoop);
      },
      [](std::size_t) { return 0.0; });
  TapeWow wow({.cents = 30.0, .seed = 9, .loop_frames = static_cast<std::int64_t>(kLoop)}, kRate);
  wow.process(tone_of_loop.all());
  const auto samples = tone_of_loop.all().left;
  for (std::size_t i = 4000; i + kLoop < 2 * kLoop; i += 97)
    ASSERT_NEAR(samples[i], samples[i + kLoop], 1e-4F) << i;
}

TEST(Vinyl, HissesAtOneAndCracklesAbove) {
  Vinyl vinyl(5, kRate);
  StereoBuffer buffer(10 * 48000);
  vinyl.generate(buffer.all(), Vinyl::Source::kOn);
  std::vector<float> sorted(buffer.all().left.begin(), buffer.all().left.end());
  for (float& sample : sorted) sample = std::abs(sample);
  std::sort(sorted.begin(), sorted.end());
  // The median of a Gaussian noise's magnitude is 0.674 of its root mean square.
  EXPECT_NEAR(sorted[sorted.size() / 2], 0.674F, 0.08F);
  EXPECT_GT(sorted.back(), 6.0F);
  EXPECT_LT(sorted.back(), 80.0F);
}

TEST(Vinyl, IsAnotherForAnotherSeedAndTheSameForTheSame) {
  const auto of = [](std::uint64_t seed) {
    Vinyl vinyl(seed, kRate);
    StereoBuffer buffer(4800);
    vinyl.generate(buffer.all(), Vinyl::Source::kOn);
    return std::vector<float>(buffer.all().left.begin(), buffer.all().left.end());
  };
  EXPECT_EQ(of(1), of(1));
  EXPECT_NE(of(1), of(2));
}

TEST(Vinyl, DiesAwayWhenItStops) {
  Vinyl vinyl(5, kRate);
  StereoBuffer buffer(4800);
  vinyl.generate(buffer.all(), Vinyl::Source::kOn);
  vinyl.generate(buffer.all(), Vinyl::Source::kOff);
  EXPECT_LT(rms(buffer.all().left.last(100)), 1e-6);
}

}  // namespace
}  // namespace undersong::detail
