#include "nn/team.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace undersong {
namespace {

TEST(Team, DoesEveryPartOnceAndStagesInOrder) {
  for (const int threads : {1, 2, 3, 7}) {
    Team team(threads);
    const std::size_t parts = team.parts();
    for (int time = 0; time < 50; ++time) {
      constexpr std::size_t kStages = 20;
      std::vector<std::atomic<int>> counts(kStages * parts);
      std::atomic<std::size_t> done{0};
      std::atomic<bool> in_order{true};
      team.run(kStages, [&](std::size_t stage, std::size_t part) {
        // All of the stages before, and no more than the others of this one.
        const std::size_t before = done.load();
        if (before < stage * parts || before >= (stage + 1) * parts) in_order = false;
        ++counts[stage * parts + part];
        ++done;
      });
      EXPECT_TRUE(in_order);
      for (const auto& count : counts) EXPECT_EQ(count, 1);
    }
  }
}

TEST(Team, HasNothingToDoForNoStages) {
  Team team(2);
  team.run(0, [](std::size_t, std::size_t) { FAIL(); });
}

TEST(Team, EndsWhileItSleeps) {
  Team team(3);
  team.run(1, [](std::size_t, std::size_t) {});
}

}  // namespace
}  // namespace undersong
