#include "render/mastering.h"

#include <ebur128.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "audio/loudness.h"
#include "audio/true_peak.h"
#include "base/rng.h"
#include "render/limiter.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

double libebur128_true_peak_db(const AudioBuffer& audio) {
  ebur128_state* state = ebur128_init(2, 48000, EBUR128_MODE_TRUE_PEAK);
  ebur128_add_frames_float(state, audio.samples.data(), audio.frames());
  const std::vector<float> silence(128, 0.0F);
  ebur128_add_frames_float(state, silence.data(), 64);
  double left = 0.0;
  double right = 0.0;
  ebur128_true_peak(state, 0, &left);
  ebur128_true_peak(state, 1, &right);
  ebur128_destroy(&state);
  return db_from_linear(std::max(left, right));
}

// Both channels of frame i from `sample(i)`, at 48 kHz.
template <typename Sample>
AudioBuffer made(double seconds, const Sample& sample) {
  AudioBuffer audio;
  for (int i = 0; i < static_cast<int>(seconds * 48000.0); ++i) {
    const auto value = static_cast<float>(sample(i));
    audio.samples.push_back(value);
    audio.samples.push_back(-0.7F * value);
  }
  return audio;
}

double tone(int i, double hertz) { return std::sin(2.0 * std::numbers::pi * hertz * i / 48000.0); }

// A soft tone with a loud decaying stroke every half second: peaks stand far above the rest.
AudioBuffer struck(double seconds) {
  return made(seconds, [](int i) {
    const int since = i % 24000;
    return 0.06 * tone(i, 330.0) + 0.5 * std::exp(-since / 600.0) * tone(since, 900.0);
  });
}

void expect_mastered(AudioBuffer audio, const MasteringOptions& options) {
  const MasteringReport report = master(audio, options);
  const Loudness measured = measure_loudness(audio);
  EXPECT_NEAR(measured.integrated_lufs, options.target_lufs, 0.1);
  EXPECT_LE(measured.true_peak_dbtp, options.ceiling_dbtp + 1e-4);
  EXPECT_LE(libebur128_true_peak_db(audio), options.ceiling_dbtp + 1e-3);
  EXPECT_NEAR(report.loudness_lufs, measured.integrated_lufs, 0.01);
  EXPECT_NEAR(report.true_peak_dbtp, measured.true_peak_dbtp, 0.001);
  EXPECT_NEAR(report.range_lu, measured.range_lu, 0.1);
}

TEST(Mastering, ReachesTheTargetWithoutTheLimiterWherePeaksAllow) {
  AudioBuffer audio = made(5.0, [](int i) { return 0.01 * tone(i, 440.0); });
  const AudioBuffer before = audio;
  const MasteringReport report = master(audio, {});
  EXPECT_NEAR(measure_loudness(audio).integrated_lufs, -14.0, 0.05);
  EXPECT_NEAR(report.reduction_db, 0.0, 1e-9);
  const auto gain = static_cast<float>(linear_from_db(report.gain_db));
  for (std::size_t i = 0; i < audio.samples.size(); ++i)
    ASSERT_NEAR(audio.samples[i], before.samples[i] * gain, 1e-6F);
}

TEST(Mastering, PressesPeaksDownWhereTheyAreInTheWay) {
  AudioBuffer audio = struck(5.0);
  EXPECT_GT(master(audio, {}).reduction_db, 3.0);
  expect_mastered(struck(5.0), {});
}

TEST(Mastering, ReachesEveryTarget) {
  for (const double target : {-11.0, -14.0, -17.0, -23.0, -40.0})
    expect_mastered(struck(3.0), {.target_lufs = target});
  expect_mastered(struck(3.0), {.target_lufs = -17.0, .ceiling_dbtp = -4.0});
}

TEST(Mastering, BringsDownWhatIsTooLoud) {
  expect_mastered(made(3.0, [](int i) { return 4.0 * tone(i, 200.0); }), {});
}

TEST(Mastering, LiftsWhatIsTooQuietToBeMeasured) {
  expect_mastered(made(3.0, [](int i) { return 1e-5 * tone(i, 500.0); }), {});
}

TEST(Mastering, TakesSoundShorterThanALoudnessBlock) {
  AudioBuffer audio = made(0.1, [](int i) { return 0.3 * tone(i, 500.0); });
  const MasteringReport report = master(audio, {});
  EXPECT_EQ(audio.frames(), 4800U);
  EXPECT_TRUE(std::isfinite(report.loudness_lufs));
  EXPECT_LE(true_peak(audio), static_cast<float>(linear_from_db(-1.0)));
  EXPECT_GT(true_peak(audio), 0.1F);
}

TEST(Mastering, LeavesSilenceAndNothingAlone) {
  AudioBuffer silence = made(1.0, [](int) { return 0.0; });
  const AudioBuffer before = silence;
  EXPECT_TRUE(std::isinf(master(silence, {}).loudness_lufs));
  EXPECT_TRUE(silence == before);
  AudioBuffer nothing;
  EXPECT_TRUE(std::isinf(master(nothing, {}).true_peak_dbtp));
}

TEST(Mastering, StaysQuieterRatherThanCrushing) {
  AudioBuffer clicks = made(3.0, [](int i) { return i % 24000 == 100 ? 0.9 : 0.0; });
  const MasteringReport report = master(clicks, {.most_reduction_db = 6.0});
  EXPECT_LT(report.loudness_lufs, -20.0);
  EXPECT_EQ(report.target_lufs, -14.0);  // so that the difference can be told
  EXPECT_LE(report.reduction_db, 6.1);
  EXPECT_LE(report.true_peak_dbtp, -1.0);
}

TEST(Mastering, GivesTheSameSamplesTwice) {
  AudioBuffer first = struck(2.0);
  AudioBuffer second = struck(2.0);
  master(first, {});
  master(second, {});
  EXPECT_TRUE(first == second);
}

// A stroke at the beginning of a loop is held down from before the end on.
TEST(Mastering, GoesOnFromTheEndOfALoopToItsBeginning) {
  const AudioBuffer audio = struck(2.0);
  SoundSource source{.frames = static_cast<std::int64_t>(audio.frames()),
                     .end = SoundSource::End::kLoop};
  source.read = [&](std::int64_t first, std::span<float> samples) {
    std::copy_n(audio.samples.begin() + static_cast<std::ptrdiff_t>(2 * first), samples.size(),
                samples.begin());
  };
  const auto loop = find_mastering(source, {}).curve.at_bounds;
  EXPECT_LT(loop.front(), 0.7F);
  EXPECT_NEAR(loop.front(), loop.back(), 1e-4F);
  source.end = SoundSource::End::kSilence;
  EXPECT_GT(find_mastering(source, {}).curve.at_bounds.back(), 0.95F);
}

TEST(Mastering, RefusesAbsurdTargets) {
  AudioBuffer audio = struck(0.1);
  EXPECT_EQ(thrown_error([&] { master(audio, {.target_lufs = 3.0}); }).message(),
            "a loudness target of 3 is out of range: give -70 to -5 LUFS");
  EXPECT_EQ(thrown_error([&] { master(audio, {.ceiling_dbtp = 1.0}); }).message(),
            "a peak ceiling of 1 is out of range: give -20 to 0 dBTP");
}

// Bursts of noise, clicks, square waves and tones near half the sample rate, at random levels.
AudioBuffer adversary(Rng& rng) {
  AudioBuffer audio = made(0.6, [](int) { return 0.0; });
  const auto bursts = 1 + rng.below(20);
  for (std::uint64_t burst = 0; burst < bursts; ++burst) {
    const auto kind = rng.below(4);
    const auto start = rng.below(audio.frames());
    const auto length = kind == 3 ? 1 : rng.below(8000);
    const double level = std::pow(10.0, -3.0 * rng.uniform());
    const double turn = rng.uniform() * std::numbers::pi;
    for (std::uint64_t i = start; i < std::min(audio.frames(), start + length); ++i) {
      const double phase = turn * static_cast<double>(i - start);
      double value = level;
      if (kind == 0) value *= 2.0 * rng.uniform() - 1.0;
      if (kind == 1) value *= std::sin(phase);
      if (kind == 2) value *= std::sin(phase) > 0.0 ? 1.0 : -1.0;
      audio.samples[2 * i] += static_cast<float>(value);
      audio.samples[2 * i + 1] -= static_cast<float>(0.5 * value);
    }
  }
  return audio;
}

RC_GTEST_PROP(Mastering, NeverPassesTheCeiling, ()) {
  Rng rng(*rc::gen::arbitrary<std::uint32_t>());
  AudioBuffer audio = adversary(rng);
  const double ceiling = -6.0 * rng.uniform();
  const MasteringReport report =
      master(audio, {.target_lufs = -5.0 - 15.0 * rng.uniform(), .ceiling_dbtp = ceiling});
  RC_ASSERT(db_from_linear(static_cast<double>(true_peak(audio))) <= ceiling + 1e-4);
  RC_ASSERT(libebur128_true_peak_db(audio) <= ceiling + 1e-3);
  RC_ASSERT(report.passes <= 10);
}

RC_GTEST_PROP(Limiter, HoldsEveryPeakAndNeverJumps, ()) {
  Rng rng(*rc::gen::arbitrary<std::uint32_t>());
  const auto cells = *rc::gen::inRange<std::size_t>(1, 4000);
  std::vector<float> peaks(cells);
  for (float& peak : peaks) {
    const double spike = rng.uniform() < 0.01 ? 10.0 : 0.1;
    peak = static_cast<float>(spike * rng.uniform());
  }
  detail::Limiter limiter(peaks, 1500.0);
  const auto curve = limiter.curve(2.0, 0.5);
  RC_ASSERT(curve.size() == cells + 1);
  for (std::size_t i = 0; i < cells; ++i) {
    RC_ASSERT(2.0F * std::max(curve[i], curve[i + 1]) * peaks[i] <= 0.5F * 1.00001F);
    RC_ASSERT(curve[i] > 0.0F && curve[i] <= 1.0F);
    // Two smoothings of 9 cells: no step is larger than the whole way over that length.
    RC_ASSERT(std::abs(curve[i + 1] - curve[i]) <= 1.001F / 9.0F);
  }
}

TEST(GainCurve, GoesInStraightLinesWhereverItIsCut) {
  const detail::GainCurve curve{.at_bounds = {1.0F, 0.5F, 1.0F}, .cell_frames = 4};
  std::vector<float> whole(16, 1.0F);
  curve.apply(0, 2, 2.0F, whole);
  const std::vector<float> expected = {2.0F, 1.75F, 1.5F, 1.25F, 1.0F, 1.25F, 1.5F, 1.75F};
  for (std::size_t i = 0; i < 16; ++i) EXPECT_FLOAT_EQ(whole[i], expected[i / 2]);
  for (std::size_t cut = 1; cut < 8; ++cut) {
    std::vector<float> parts(16, 1.0F);
    curve.apply(0, 2, 2.0F, std::span(parts).first(2 * cut));
    curve.apply(cut, 2, 2.0F, std::span(parts).subspan(2 * cut));
    EXPECT_EQ(parts, whole);
  }
}

}  // namespace
}  // namespace undersong
