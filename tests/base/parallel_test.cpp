#include "base/parallel.h"

#include <gtest/gtest.h>

#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

namespace undersong {
namespace {

TEST(Parallel, DoesEveryTaskOnce) {
  std::vector<int> done(1000, 0);
  for_each_in_parallel(done.size(), [&](std::size_t i) { ++done[i]; });
  EXPECT_EQ(done, std::vector<int>(1000, 1));
}

TEST(Parallel, NothingToDoIsNoTask) {
  for_each_in_parallel(0, [](std::size_t) { FAIL(); });
}

TEST(Parallel, RethrowsWhatATaskThrewAndBeginsNoMore) {
  std::vector<int> done(100000, 0);
  try {
    for_each_in_parallel(done.size(), [&](std::size_t i) {
      if (i == 3) throw std::runtime_error("the third");
      done[i] = 1;
    });
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(std::string(error.what()), "the third");
  }
  EXPECT_EQ(done[3], 0);
}

TEST(Parallel, OfSeveralFailuresTheFirstByIndexIsTold) {
  for (int round = 0; round < 50; ++round) {
    try {
      for_each_in_parallel(2, [](std::size_t i) { throw i; });
      FAIL() << "nothing was thrown";
    } catch (std::size_t index) {
      EXPECT_EQ(index, 0U);
    }
  }
}

}  // namespace
}  // namespace undersong
