#include "base/rng.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace undersong {
namespace {

TEST(Rng, DrawsTheSameNumbersOnEveryMachine) {
  Rng rng(42);
  const std::array<std::uint64_t, 3> drawn = {rng.next_u64(), rng.next_u64(), rng.next_u64()};
  // Reference values: xoshiro256++ 1.0 of the authors, state filled by splitmix64(42).
  EXPECT_EQ(drawn[0], 0xD0764D4F4476689FU);
  EXPECT_EQ(drawn[1], 0x519E4174576F3791U);
  EXPECT_EQ(drawn[2], 0xFBE07CFB0C24ED8CU);
}

TEST(Rng, BelowIsUniform) {
  Rng rng(1);
  std::array<int, 6> seen{};
  constexpr int kDraws = 60000;
  for (int i = 0; i < kDraws; ++i) ++seen[rng.below(6)];
  // Five standard deviations of a binomial with p = 1/6.
  for (const int count : seen) EXPECT_NEAR(count, kDraws / 6, 5 * std::sqrt(kDraws * 5.0 / 36.0));
}

TEST(Rng, WeightedNeverDrawsAWeightOfZero) {
  Rng rng(3);
  const std::array<double, 4> weights = {0.0, 1.0, 3.0, 0.0};
  std::array<int, 4> seen{};
  for (int i = 0; i < 4000; ++i) ++seen[rng.weighted(weights)];
  EXPECT_EQ(seen[0], 0);
  EXPECT_EQ(seen[3], 0);
  EXPECT_NEAR(seen[2], 3000, 140);
}

TEST(Rng, ForksDependOnTheSeedAndTheNameAlone) {
  Rng drawn(7);
  drawn.next_u64();
  EXPECT_EQ(drawn.fork("melody").next_u64(), Rng(7).fork("melody").next_u64());
  EXPECT_NE(Rng(7).fork("melody").next_u64(), Rng(7).fork("bass").next_u64());
  EXPECT_NE(Rng(7).fork("melody").next_u64(), Rng(8).fork("melody").next_u64());
}

TEST(Rng, ShuffleKeepsEveryItem) {
  Rng rng(5);
  std::vector<int> items = {1, 2, 3, 4, 5};
  rng.shuffle(std::span<int>(items));
  int sum = 0;
  for (const int item : items) sum += item;
  EXPECT_EQ(sum, 15);
}

}  // namespace
}  // namespace undersong
