#include "originality/vote_count.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/rng.h"

namespace undersong::detail {
namespace {

std::vector<std::pair<std::uint64_t, std::uint32_t>> highest(VoteCount& count, std::size_t most) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> list;
  for (const auto& counted : count.highest(most))
    list.emplace_back(counted.translation, counted.votes);
  return list;
}

using List = std::vector<std::pair<std::uint64_t, std::uint32_t>>;

TEST(VoteCount, SumsOverTheBarsThatItHolds) {
  VoteCount count;
  count.add_bar(3, {{7, 100}, {9, 200}, {7, 101}});
  count.add_bar(5, {{9, 201}, {9, 202}, {4, 300}});
  EXPECT_TRUE(count.has_bar(5));
  EXPECT_FALSE(count.has_bar(4));
  EXPECT_EQ(highest(count, 10), (List{{9, 3}, {7, 2}, {4, 1}}));
  EXPECT_EQ(highest(count, 1), (List{{9, 3}}));
  count.drop_bars_before(5);
  EXPECT_FALSE(count.has_bar(3));
  EXPECT_EQ(highest(count, 10), (List{{9, 2}, {4, 1}}));
  count.drop_bars_before(6);
  EXPECT_EQ(highest(count, 10), List{});
}

TEST(VoteCount, NamesTheFirstPointOfATranslation) {
  VoteCount count;
  count.add_bar(0, {{7, 300}, {7, 100}, {7, 200}});
  EXPECT_EQ(count.highest(1)[0].point, 100U);
}

TEST(VoteCount, FindsTheHighestAmongAHundredThousandVotes) {
  VoteCount count;
  Rng rng(1);
  for (std::int64_t bar = 0; bar < 4; ++bar) {
    std::vector<Vote> votes;
    for (int i = 0; i < 25'000; ++i) votes.push_back({1'000 + rng.below(1U << 30U), 0});
    for (std::uint64_t translation = 0; translation < 20; ++translation)
      votes.push_back({translation, 1});
    count.add_bar(bar, std::move(votes));
  }
  List expected;
  for (std::uint64_t translation = 0; translation < 20; ++translation)
    expected.emplace_back(translation, 4);
  EXPECT_EQ(highest(count, 20), expected);
}

}  // namespace
}  // namespace undersong::detail
