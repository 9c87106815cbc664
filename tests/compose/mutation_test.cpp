#include "compose/mutation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/test_style.h"

namespace undersong {
namespace {

const std::string kKickSteps = "X..o..x.X.?...o.";

TEST(Mutation, KeepsAccentsAndWhatIsOnTheBeat) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::string steps = mutate_voice(kKickSteps, 36, {4, 4}, Mutation::kPiece, Rng(seed));
    ASSERT_EQ(steps.size(), kKickSteps.size());
    for (std::size_t i = 0; i < steps.size(); i += 4) EXPECT_EQ(steps[i], kKickSteps[i]) << steps;
  }
}

TEST(Mutation, LeavesTheBackbeatAlone) {
  const std::string backbeat = "....X..g....x..g";
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::string steps = mutate_voice(backbeat, 38, {4, 4}, Mutation::kPiece, Rng(seed));
    EXPECT_EQ(steps[4], 'X');
    EXPECT_EQ(steps[12], 'x');
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (i != 4 && i != 12) {
        EXPECT_TRUE(steps[i] == '.' || steps[i] == 'g') << steps;
      }
    }
  }
}

TEST(Mutation, LeavesFourOnTheFloorNearlyAlone) {
  const std::string floor = "X...X...X...X...";
  std::set<std::string> forms;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const std::string steps = mutate_voice(floor, 36, {4, 4}, Mutation::kPiece, Rng(seed));
    forms.insert(steps);
    EXPECT_LE(16 - std::count(steps.begin(), steps.end(), '.'), 5) << steps;
    EXPECT_EQ(mutate_voice(floor, 36, {4, 4}, Mutation::kSection, Rng(seed)), floor);
  }
  EXPECT_TRUE(forms.contains(floor));
}

TEST(Mutation, GivesSeedsTheirOwnGrooves) {
  const Style style = make_test_style();
  const Groove& groove = style.role(Role::kDrums)->grooves[1];
  std::set<std::string> forms;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::string all;
    for (const Groove::Voice& voice : mutate_groove(groove, 4, Mutation::kPiece, Rng(seed)).voices)
      all += voice.steps + "|";
    forms.insert(all);
  }
  EXPECT_GE(forms.size(), 48U);
}

TEST(Mutation, MakesTwoBarsOfOne) {
  const Style style = make_test_style();
  const Groove groove =
      mutate_groove(style.role(Role::kDrums)->grooves[0], 4, Mutation::kPiece, Rng(3));
  for (const Groove::Voice& voice : groove.voices) EXPECT_EQ(voice.steps.size(), 32U);
}

TEST(Mutation, KeepsABassPatternsDownbeatAndBeats) {
  const StepPattern pattern = {"", "R---....5-..R-A-", 4, {}, 1.0};
  std::set<std::string> forms;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::string steps = mutate_bass(pattern, 4, Mutation::kPiece, Rng(seed)).steps;
    ASSERT_EQ(steps.size(), 32U);
    EXPECT_EQ(steps[0], 'R');
    EXPECT_EQ(steps[16], 'R');
    for (const std::size_t beat : {8U, 12U, 24U, 28U})
      EXPECT_TRUE(steps[beat] != '.' && steps[beat] != '-') << steps;
    EXPECT_EQ(steps.find_first_not_of("R3567 8LAWKg.-"), std::string::npos) << steps;
    forms.insert(steps);
  }
  EXPECT_GE(forms.size(), 150U);
}

}  // namespace
}  // namespace undersong
