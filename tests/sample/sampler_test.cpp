#include "sample/sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace undersong {
namespace {

constexpr float kForbidden = -std::numeric_limits<float>::infinity();

// Probabilities 0.1, 0.2, 0.3, 0.4.
const std::array<float, 4> kLogits = {std::log(0.1F), std::log(0.2F), std::log(0.3F),
                                      std::log(0.4F)};

std::array<double, 4> shares(const SamplingOptions& options) {
  constexpr int kDraws = 20000;
  Sampler sampler(options);
  Rng rng(1);
  std::array<double, 4> seen{};
  for (int i = 0; i < kDraws; ++i)
    seen[static_cast<std::size_t>(sampler.choose(kLogits, rng))] += 1.0 / kDraws;
  return seen;
}

constexpr double kFiveDeviations = 5.0 * 0.5 / 141.0;  // of a share over 20000 draws, at most

TEST(Sampler, DrawsByProbability) {
  const auto seen = shares({});
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_NEAR(seen[i], 0.1 * static_cast<double>(i + 1), kFiveDeviations);
}

TEST(Sampler, SharpensWhenCold) {
  SamplingOptions options;
  options.temperature = 0.5;  // squares the probabilities: 1, 4, 9, 16 of 30
  const auto seen = shares(options);
  EXPECT_NEAR(seen[3], 16.0 / 30.0, kFiveDeviations);
}

TEST(Sampler, KeepsOnlyTheKLikeliest) {
  SamplingOptions options;
  options.top_k = 2;
  const auto seen = shares(options);
  EXPECT_EQ(seen[0] + seen[1], 0.0);
  EXPECT_NEAR(seen[3], 4.0 / 7.0, kFiveDeviations);
}

TEST(Sampler, KeepsTheNucleus) {
  SamplingOptions options;
  options.top_p = 0.65;  // 0.4 + 0.3 reach it
  const auto seen = shares(options);
  EXPECT_EQ(seen[0] + seen[1], 0.0);
  EXPECT_GT(seen[2], 0.0);
}

TEST(Sampler, IsGreedyOnRequestAndTakesTheLowestIdAtATie) {
  SamplingOptions options;
  options.method = SamplingOptions::Method::kGreedy;
  Sampler sampler(options);
  Rng rng(1);
  EXPECT_EQ(sampler.choose(kLogits, rng), 3);
  EXPECT_EQ(sampler.choose(std::array<float, 3>{1.0F, 2.0F, 2.0F}, rng), 1);
}

TEST(Sampler, NeverChoosesWhatIsForbidden) {
  Sampler sampler{SamplingOptions{}};
  Rng rng(9);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(sampler.choose(std::array<float, 3>{kForbidden, 0.0F, kForbidden}, rng), 1);
  }
}

TEST(CheckOptions, NamesTheOptionThatIsOff) {
  const auto message = [](const SamplingOptions& options) {
    try {
      check_options(options);
    } catch (const Error& error) {
      return error.message();
    }
    return std::string("no error");
  };
  SamplingOptions options;
  options.temperature = 0.0;
  EXPECT_THAT(message(options), testing::HasSubstr("--temperature is 0"));
  options.temperature = std::nan("");
  EXPECT_THAT(message(options), testing::HasSubstr("--temperature"));
  options = {};
  options.top_k = -1;
  EXPECT_THAT(message(options), testing::HasSubstr("--top-k is -1"));
  options = {};
  options.top_p = 1.5;
  EXPECT_THAT(message(options), testing::HasSubstr("--top-p is 1.5"));
}

}  // namespace
}  // namespace undersong
