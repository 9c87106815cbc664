#include "transcribe/pitch_network.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "pitch_golden.h"
#include "random_pitch_weights.h"

namespace undersong {
namespace {

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return 1e9;
  double largest = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  return largest;
}

TEST(PitchNetwork, HearsAWindowAsTheReferenceDoes) {
  const auto input = pitch_golden("window_input.f32");
  if (!input) GTEST_SKIP() << kNoPitchGolden;
  const auto network = installed_pitch_network();
  if (!network) GTEST_SKIP() << kNoPitchWeights;
  const PitchWindow window = network->hear(floats_of(*input));
  constexpr double kTolerance = 1e-4;
  EXPECT_LT(largest_difference(window.contours, floats_of(*pitch_golden("window_contour.f32"))),
            kTolerance);
  EXPECT_LT(largest_difference(window.notes, floats_of(*pitch_golden("window_note.f32"))),
            kTolerance);
  EXPECT_LT(largest_difference(window.onsets, floats_of(*pitch_golden("window_onset.f32"))),
            kTolerance);
}

TEST(PitchNetwork, AnswersSilenceWithLikelihoods) {
  const PitchNetwork network(random_pitch_weights(1));
  const PitchWindow window = network.hear(std::vector<float>(kPitchWindowSamples, 0.0F));
  ASSERT_EQ(window.notes.size(), kPitchWindowFrames * kPitchKeys);
  ASSERT_EQ(window.onsets.size(), kPitchWindowFrames * kPitchKeys);
  ASSERT_EQ(window.contours.size(), kPitchWindowFrames * kPitchContours);
  for (const float value : window.notes) ASSERT_TRUE(value >= 0.0F && value <= 1.0F) << value;
  for (const std::uint8_t level : window.levels) ASSERT_EQ(level, 0);
}

TEST(PitchNetwork, RefusesWeightsOfAnotherNetworkByTheNameOfATensor) {
  WeightFile weights = random_pitch_weights(1);
  weights.tensors["note1.bias"].shape = {31};
  try {
    const PitchNetwork network(weights);
    FAIL() << "the network took them";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kMismatch);
    EXPECT_NE(error.message().find("note1.bias"), std::string::npos) << error.message();
  }
}

}  // namespace
}  // namespace undersong
