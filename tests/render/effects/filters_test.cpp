// Filters, placement, side chain: the parts of a channel strip.

#include <gtest/gtest.h>

#include "render/effects/biquad.h"
#include "render/effects/placement.h"
#include "render/effects/side_chain.h"
#include "signals.h"

namespace undersong::detail {
namespace {

double gain_db_at(const BiquadCoefficients& coefficients, double hertz) {
  StereoBuffer buffer = tone(hertz, 0.5, 48000);
  Biquad filter(coefficients);
  filter.process(buffer.all());
  return db(amplitude_at(buffer.all().left.subspan(24000), hertz) / 0.5);
}

TEST(Biquad, FallsByThreeDecibelsAtTheCornerAndTwelveAnOctave) {
  EXPECT_NEAR(gain_db_at(low_pass(1000.0, kRate), 1000.0), -3.01, 0.05);
  EXPECT_NEAR(gain_db_at(low_pass(1000.0, kRate), 100.0), 0.0, 0.05);
  EXPECT_NEAR(gain_db_at(low_pass(500.0, kRate), 4000.0), -36.1, 1.5);
  EXPECT_NEAR(gain_db_at(high_pass(1000.0, kRate), 1000.0), -3.01, 0.05);
  EXPECT_NEAR(gain_db_at(high_pass(1000.0, kRate), 10000.0), 0.0, 0.05);
  EXPECT_NEAR(gain_db_at(high_pass(1000.0, kRate), 125.0), -36.1, 1.0);
}

TEST(Biquad, TakesACornerThatTheSampleRateDoesNotHave) {
  StereoBuffer buffer = noise(0.5, 8000);
  Biquad filter(low_pass(20000.0, 16000));
  filter.process(buffer.all());
  EXPECT_LT(peak_of(buffer.all()), 2.0F);
}

TEST(Placement, KeepsThePowerWhereverASoundStands) {
  for (const double pan : {-1.0, -0.4, 0.0, 0.3, 1.0}) {
    StereoBuffer buffer = tone(440.0, 0.5, 4800);
    const double before = rms(buffer.all().left);
    Placement({.pan = pan}).process(buffer.all());
    const double left = rms(buffer.all().left);
    const double right = rms(buffer.all().right);
    EXPECT_NEAR(left * left + right * right, 2.0 * before * before, 1e-6) << pan;
    EXPECT_GE(pan * (right - left), 0.0) << pan;
  }
}

TEST(Placement, MakesMonoAndWide) {
  StereoBuffer mono = noise(0.5, 4800);
  Placement({.width = 0.0}).process(mono.all());
  for (std::size_t i = 0; i < 4800; ++i) ASSERT_EQ(mono.all().left[i], mono.all().right[i]);

  StereoBuffer wide = noise(0.5, 4800);
  const StereoBuffer before = wide;
  Placement({.width = 2.0, .level_db = -6.0206}).process(wide.all());
  StereoBuffer reference = before;
  for (std::size_t i = 0; i < 4800; ++i) {
    const float middle = 0.5F * (reference.all().left[i] + reference.all().right[i]);
    const float side = 0.5F * (reference.all().left[i] - reference.all().right[i]);
    ASSERT_NEAR(wide.all().left[i], 0.5F * (middle + 2.0F * side), 1e-5F);
  }
}

StereoBuffer dipped(std::size_t block) {
  SideChain chain({.depth_db = 12.0, .release_seconds = 0.2}, {-500, 9600, 14400, 40000}, kRate);
  StereoBuffer buffer = made(
      48000, [](std::size_t) { return 1.0; }, [](std::size_t) { return 1.0; });
  for (std::size_t at = 0; at < 48000; at += block) {
    const std::size_t count = std::min(block, 48000 - at);
    chain.process(static_cast<std::int64_t>(at),
                  {buffer.all().left.subspan(at, count), buffer.all().right.subspan(at, count)});
  }
  return buffer;
}

TEST(SideChain, IsDownWhenTheDrumBeginsAndBackAfterTheRelease) {
  StereoBuffer buffer = dipped(48000);
  const auto gain = buffer.all().left;
  EXPECT_NEAR(db(static_cast<double>(gain[9600])), -12.0, 0.01);
  EXPECT_NEAR(db(static_cast<double>(gain[14400])), -12.0, 0.01);
  EXPECT_EQ(gain[14400 + 1440 + 9600], 1.0F);  // held for 30 ms, back after another 200
  EXPECT_LT(gain[14400 + 1440 + 9000], 1.0F);
  EXPECT_LT(gain[0], 1.0F);  // of the drum before the beginning: a loop
  EXPECT_NEAR(db(static_cast<double>(gain[9600 + 1440])), -12.0, 0.01);
  for (std::size_t i = 1; i < gain.size(); ++i)
    ASSERT_LT(std::abs(gain[i] - gain[i - 1]), 0.01F) << i;
}

TEST(SideChain, DoesNotDependOnHowTheSoundIsCut) {
  StereoBuffer whole = dipped(48000);
  for (const std::size_t block : {64U, 1000U, 8192U}) {
    StereoBuffer cut = dipped(block);
    EXPECT_TRUE(
        std::equal(whole.all().left.begin(), whole.all().left.end(), cut.all().left.begin()));
  }
}

}  // namespace
}  // namespace undersong::detail
