#include "transcribe/pitch_activations.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/cancel.h"
#include "base/error.h"
#include "base/rng.h"
#include "random_pitch_weights.h"

namespace undersong {
namespace {

std::vector<float> noise(std::size_t samples) {
  Rng rng(5);
  std::vector<float> values(samples);
  for (float& value : values) value = static_cast<float>(rng.uniform() - 0.5);
  return values;
}

// Gives `samples` in blocks of at most `block`.
SampleReader reader_of(std::vector<float> samples, std::size_t block) {
  return [samples = std::move(samples), block, at = std::size_t{0}](std::span<float> to) mutable {
    const std::size_t n = std::min({block, to.size(), samples.size() - at});
    std::copy_n(samples.begin() + static_cast<std::ptrdiff_t>(at), n, to.begin());
    at += n;
    return n;
  };
}

const PitchNetwork& drawn_network() {
  static const PitchNetwork network(random_pitch_weights(3));
  return network;
}

void expect_equal(const PitchActivations& a, const PitchActivations& b) {
  ASSERT_EQ(a.frames(), b.frames());
  for (std::size_t i = 0; i < a.frames(); ++i) {
    const auto same = [](const auto& x, const auto& y) {
      return std::equal(x.begin(), x.end(), y.begin(), y.end());
    };
    ASSERT_TRUE(same(a.notes.row(i), b.notes.row(i))) << "frame " << i;
    ASSERT_TRUE(same(a.onsets.row(i), b.onsets.row(i))) << "frame " << i;
    ASSERT_TRUE(same(a.levels.row(i), b.levels.row(i))) << "frame " << i;
  }
}

TEST(PitchActivations, AreTheSameWhateverTheReadersBlocks) {
  const std::vector<float> samples = noise(100'000);
  const PitchActivations whole = hear_pitches(drawn_network(), reader_of(samples, 100'000));
  EXPECT_EQ(whole.frames(), 390U);  // floor(100,000 * 86 / 22,050)
  EXPECT_NEAR(whole.length_seconds, 4.535, 0.001);
  expect_equal(whole, hear_pitches(drawn_network(), reader_of(samples, 777)));
}

TEST(PitchActivations, AreThoseOfTheirWindows) {
  const std::vector<float> samples = noise(60'000);
  const PitchActivations heard = hear_pitches(drawn_network(), reader_of(samples, 4096),
                                              {.contours = Contours::kKeep, .length_seconds = {}});
  std::vector<float> second(kPitchWindowSamples, 0.0F);  // from 36,164 - 3,840 on
  std::copy(samples.begin() + 32'324, samples.end(), second.begin());
  const PitchWindow window = drawn_network().hear(second);
  ASSERT_EQ(heard.frames(), 234U);
  for (std::size_t i = 142; i < heard.frames(); ++i) {
    const auto row = heard.notes.row(i);
    ASSERT_TRUE(
        std::equal(row.begin(), row.end(),
                   window.notes.begin() + static_cast<std::ptrdiff_t>((i - 142 + 15) * kPitchKeys)))
        << "frame " << i;
    ASSERT_EQ(heard.contours.row(i).size(), kPitchContours);
  }
}

TEST(PitchActivations, NothingAndAlmostNothingHaveNoFrames) {
  EXPECT_EQ(hear_pitches(drawn_network(), reader_of({}, 100)).frames(), 0U);
  EXPECT_EQ(hear_pitches(drawn_network(), reader_of({0.5F}, 100)).frames(), 0U);
}

TEST(PitchActivations, WhatIsNotFiniteIsSilence) {
  std::vector<float> samples = noise(30'000);
  std::vector<float> broken = samples;
  for (const std::size_t at : {100U, 20'000U}) {
    samples[at] = 0.0F;
    broken[at] = at == 100 ? std::numeric_limits<float>::infinity() : std::nanf("");
  }
  expect_equal(hear_pitches(drawn_network(), reader_of(samples, 4096)),
               hear_pitches(drawn_network(), reader_of(broken, 4096)));
}

TEST(PitchActivations, FramesLieWhereTheirWindowsDo) {
  EXPECT_EQ(pitch_frame_seconds(0), 0.0);
  EXPECT_DOUBLE_EQ(pitch_frame_seconds(141), 141 * 256 / 22050.0);
  EXPECT_DOUBLE_EQ(pitch_frame_seconds(142), 36164 / 22050.0);
  EXPECT_DOUBLE_EQ(pitch_frame_seconds(285), (2 * 36164 + 256) / 22050.0);
}

TEST(PitchActivations, HearingStopsWhenAskedTo) {
  request_cancel();
  try {
    hear_pitches(drawn_network(), reader_of(noise(50'000), 4096));
    ADD_FAILURE() << "it went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
  }
  clear_cancel();
}

}  // namespace
}  // namespace undersong
