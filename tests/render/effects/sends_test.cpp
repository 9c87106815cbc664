// Chorus, echo and reverb.

#include <gtest/gtest.h>

#include "render/effects/chorus.h"
#include "render/effects/echo.h"
#include "render/effects/resting.h"
#include "render/effects/reverb.h"
#include "signals.h"

namespace undersong::detail {
namespace {

TEST(Sends, AreLinear) {
  EXPECT_LT(nonlinearity_db([] { return Chorus(kRate); }), -120.0);
  EXPECT_LT(nonlinearity_db([] { return Echo({.seconds = 0.05, .feedback = 0.6}, kRate); }),
            -120.0);
  EXPECT_LT(nonlinearity_db([] { return Reverb({}, kRate); }), -120.0);
}

TEST(Chorus, IsAsLoudAsTheSoundAndWavers) {
  StereoBuffer buffer = noise(0.3, 96000);
  const double before = rms(buffer.all().left);
  Chorus chorus(kRate);
  chorus.process(buffer.all());
  EXPECT_NEAR(db(rms(buffer.all().left) / before), 0.0, 1.0);

  // A steady tone spreads to its sides.
  StereoBuffer steady = tone(1000.0, 0.3, 96000);
  Chorus other(kRate);
  other.process(steady.all());
  double wavers = 0.0;
  for (double apart = 0.5; apart < 8.0; apart += 0.5)
    wavers = std::max(wavers, amplitude_at(steady.all().left.subspan(48000), 1000.0 + apart));
  EXPECT_GT(wavers, 0.05);
}

TEST(Echo, ComesInTimeFromSideToSide) {
  constexpr std::size_t kDelay = 4800;
  StereoBuffer buffer = impulse(5 * kDelay);
  Echo echo({.seconds = 0.1, .feedback = 0.5}, kRate);
  echo.process(buffer.all());
  const auto energy = [&](std::span<float> side, std::size_t k) {
    double sum = 0.0;
    for (std::size_t i = k * kDelay; i < (k + 1) * kDelay; ++i)
      sum += static_cast<double>(side[i] * side[i]);
    return sum;
  };
  const StereoBlock all = buffer.all();
  for (std::size_t i = 0; i < kDelay; ++i) ASSERT_EQ(all.left[i], 0.0F);
  EXPECT_GT(std::abs(all.left[kDelay]), 0.1F);
  EXPECT_EQ(energy(all.right, 1), 0.0);
  EXPECT_NEAR(energy(all.left, 2), 0.0, 1e-6);  // what the high-pass still gives
  EXPECT_GT(energy(all.right, 2), 1e-3);
  EXPECT_GT(energy(all.left, 3), 1e-5);
  // Half as high, and a little duller each time.
  EXPECT_LT(energy(all.right, 2), 0.25 * energy(all.left, 1));
  EXPECT_GT(energy(all.right, 2), 0.10 * energy(all.left, 1));
}

// Seconds for 60 dB, from the decay between -5 and -35 dB of the energy that is still to come.
// Source: Schroeder 1965, "New method of measuring reverberation time".
double decay_seconds(std::span<const float> response) {
  std::vector<double> left(response.size());
  double sum = 0.0;
  for (std::size_t i = response.size(); i-- > 0;) {
    sum += static_cast<double>(response[i]) * static_cast<double>(response[i]);
    left[i] = sum;
  }
  const auto first_below = [&](double level_db) {
    std::size_t i = 0;
    while (i + 1 < left.size() && 10.0 * std::log10(left[i] / sum) > level_db) ++i;
    return static_cast<double>(i);
  };
  return 2.0 * (first_below(-35.0) - first_below(-5.0)) / kRate;
}

StereoBuffer room(const ReverbSettings& settings, double seconds) {
  StereoBuffer buffer = impulse(static_cast<std::size_t>(seconds * kRate));
  Reverb reverb(settings, kRate);
  reverb.process(buffer.all());
  return buffer;
}

TEST(Reverb, DecaysInTheTimeThatWasAskedFor) {
  for (const double seconds : {0.4, 1.0, 1.8, 4.0, 8.0}) {
    StereoBuffer buffer = room({.seconds = seconds, .damping_hz = 20000.0}, 1.2 * seconds + 0.2);
    Biquad below(low_pass(2000.0, kRate));
    below.process(buffer.all());
    EXPECT_NEAR(decay_seconds(buffer.all().left) / seconds, 1.0, 0.08) << seconds;
  }
}

TEST(Reverb, DecaysTwiceAsFastAtTheDamping) {
  const ReverbSettings settings{.seconds = 2.0, .damping_hz = 4000.0};
  const auto band = [&](double low, double high) {
    StereoBuffer buffer = room(settings, 2.5);
    for (int i = 0; i < 3; ++i) {
      Biquad above(high_pass(low, kRate));
      Biquad below(low_pass(high, kRate));
      above.process(buffer.all());
      below.process(buffer.all());
    }
    return decay_seconds(buffer.all().left);
  };
  EXPECT_NEAR(band(200.0, 500.0), 2.0, 0.25);
  EXPECT_NEAR(band(3600.0, 4400.0), 1.0, 0.2);
  EXPECT_LT(band(9000.0, 12000.0), 0.7);
}

TEST(Reverb, IsAboutAsLoudAsTheSoundInEveryRoom) {
  for (const double seconds : {0.4, 1.8, 6.0}) {
    StereoBuffer buffer = noise(0.3, static_cast<std::size_t>((seconds + 2.0) * kRate));
    const double before = rms(buffer.all().left);
    Reverb reverb({.seconds = seconds, .damping_hz = 20000.0}, kRate);
    reverb.process(buffer.all());
    EXPECT_NEAR(db(rms(buffer.all().left.last(kRate)) / before), 0.0, 3.0) << seconds;
  }
}

TEST(Reverb, HasTwoSidesWithoutCorrelation) {
  StereoBuffer buffer = room({.seconds = 1.5}, 1.5);
  const StereoBlock all = buffer.all();
  double both = 0.0;
  for (std::size_t i = 0; i < all.frames(); ++i)
    both += static_cast<double>(all.left[i]) * static_cast<double>(all.right[i]);
  both /= static_cast<double>(all.frames()) * rms(all.left) * rms(all.right);
  EXPECT_LT(std::abs(both), 0.2);
}

TEST(Reverb, IsDenseAfterATenthOfASecond) {
  StereoBuffer buffer = room({.seconds = 2.0, .damping_hz = 12000.0}, 0.4);
  const auto part = buffer.all().left.subspan(4800, 9600);
  const double level = rms(part);
  const auto loud = std::count_if(part.begin(), part.end(), [level](float sample) {
    return std::abs(static_cast<double>(sample)) > level;
  });
  // A third of a Gaussian noise lies beyond its root mean square; single echoes would be few.
  // Source: Abel & Huang 2006, "A simple, robust measure of reverberation echo density".
  EXPECT_GT(static_cast<double>(loud) / 9600.0 / 0.3173, 0.75);
}

TEST(Resting, LeavesOutWhatIsSilentAndComesBackFresh) {
  const Echo echo({.seconds = 0.02, .feedback = 0.5}, kRate);
  Resting<Echo> resting(echo, echo.tail());
  StereoBuffer sound = noise(0.5, 2000);
  resting.process(sound.all());
  double heard = 0.0;
  for (int i = 0; i < 20; ++i) {
    StereoBuffer silence(2000);
    resting.process(silence.all());
    heard += rms(silence.all().left);
  }
  EXPECT_GT(heard, 0.0);
  StereoBuffer silence(2000);
  resting.process(silence.all());
  EXPECT_EQ(peak_of(silence.all()), 0.0F);

  StereoBuffer again = noise(0.5, 2000);
  StereoBuffer fresh = noise(0.5, 2000);
  resting.process(again.all());
  Echo other({.seconds = 0.02, .feedback = 0.5}, kRate);
  other.process(fresh.all());
  EXPECT_TRUE(
      std::equal(fresh.all().left.begin(), fresh.all().left.end(), again.all().left.begin()));
}

}  // namespace
}  // namespace undersong::detail
