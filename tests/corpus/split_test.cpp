#include "corpus/split.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/hash.h"

namespace undersong {
namespace {

Piece piece(const std::string& group, int number) {
  Piece made;
  made.id = sha256_hex(group + std::to_string(number));
  made.group = group;
  return made;
}

std::vector<Piece> pieces(const std::string& group, int count) {
  std::vector<Piece> made;
  for (int i = 0; i < count; ++i) made.push_back(piece(group, i));
  return made;
}

using Counts = std::array<int, 3>;

std::map<std::string, Counts> counts_by_group(const std::vector<Piece>& all) {
  std::map<std::string, Counts> counts;
  for (const auto& one : all) {
    if (one.duplicate_of.empty()) ++counts[one.group][static_cast<std::size_t>(one.split)];
  }
  return counts;
}

Counts split_of(int count) {
  auto all = pieces("x", count);
  assign_splits(all, 0);
  return counts_by_group(all)["x"];
}

TEST(AssignSplits, GivesATenthToEachHeldOutSplit) {
  EXPECT_EQ(split_of(1), (Counts{1, 0, 0}));
  EXPECT_EQ(split_of(2), (Counts{2, 0, 0}));
  EXPECT_EQ(split_of(3), (Counts{1, 1, 1}));
  EXPECT_EQ(split_of(10), (Counts{8, 1, 1}));
  EXPECT_EQ(split_of(14), (Counts{12, 1, 1}));
  EXPECT_EQ(split_of(15), (Counts{11, 2, 2}));
  EXPECT_EQ(split_of(200), (Counts{160, 20, 20}));
}

// A random corpus that grows by random batches of random groups.
std::vector<std::vector<Piece>> random_batches() {
  std::vector<std::vector<Piece>> batches(static_cast<std::size_t>(*rc::gen::inRange(1, 6)));
  int number = 0;
  for (auto& batch : batches) {
    const int count = *rc::gen::inRange(1, 40);
    for (int i = 0; i < count; ++i)
      batch.push_back(piece(*rc::gen::element<std::string>("a", "b", "c"), number++));
  }
  return batches;
}

TEST(AssignSplits, NeverMovesAPieceThatWasThere) {
  EXPECT_TRUE(rc::check([] {
    std::vector<Piece> all;
    for (const auto& batch : random_batches()) {
      const auto before = all;
      all.insert(all.end(), batch.begin(), batch.end());
      assign_splits(all, before.size());
      RC_ASSERT(std::equal(before.begin(), before.end(), all.begin()));
    }
  }));
}

TEST(AssignSplits, HoldsBothKindsOutOfEveryGroupOfABatchOfThree) {
  EXPECT_TRUE(rc::check([] {
    auto all = random_batches().front();
    assign_splits(all, 0);
    for (const auto& [group, counts] : counts_by_group(all)) {
      const int n = counts[0] + counts[1] + counts[2];
      RC_ASSERT(counts[1] == counts[2]);
      RC_ASSERT(counts[1] == (n < 3 ? 0 : std::max(1, (n + 5) / 10)));
      RC_ASSERT(n < 3 || counts[0] >= 1);
    }
  }));
}

TEST(AssignSplits, StaysNearTheSharesHoweverTheCorpusGrows) {
  EXPECT_TRUE(rc::check([] {
    std::vector<Piece> all;
    for (const auto& batch : random_batches()) {
      const std::size_t before = all.size();
      all.insert(all.end(), batch.begin(), batch.end());
      assign_splits(all, before);
    }
    for (const auto& [group, counts] : counts_by_group(all)) {
      const int n = counts[0] + counts[1] + counts[2];
      const int share = n < 3 ? 0 : std::max(1, (n + 5) / 10);
      // Of a group that came in by ones and twos, a third piece cannot be on both sides.
      if (n >= 4) RC_ASSERT(counts[1] >= 1 && counts[2] >= 1);
      RC_ASSERT(counts[1] <= share && counts[2] <= share);
      RC_ASSERT(counts[1] >= share - 1 && counts[2] >= share - 1);
    }
  }));
}

TEST(AssignSplits, DoesNotDependOnTheOrderOfABatch) {
  EXPECT_TRUE(rc::check([] {
    auto all = random_batches().front();
    auto reversed = all;
    std::reverse(reversed.begin(), reversed.end());
    assign_splits(all, 0);
    assign_splits(reversed, 0);
    std::reverse(reversed.begin(), reversed.end());
    RC_ASSERT(all == reversed);
  }));
}

TEST(AssignSplits, KeepsADuplicateBesideItsOriginal) {
  EXPECT_TRUE(rc::check([] {
    auto all = random_batches().front();
    const auto originals = all.size();
    for (std::size_t i = 0; i < originals; ++i) {
      if (!*rc::gen::arbitrary<bool>()) continue;
      Piece twin = piece("twins", static_cast<int>(i));
      twin.duplicate_of = all[i].id;
      all.push_back(twin);
    }
    auto alone =
        std::vector<Piece>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(originals));
    assign_splits(all, 0);
    assign_splits(alone, 0);
    RC_ASSERT(std::equal(alone.begin(), alone.end(), all.begin()));
    for (const auto& twin : all) {
      if (twin.duplicate_of.empty()) continue;
      const auto original = std::find_if(
          all.begin(), all.end(), [&](const Piece& one) { return one.id == twin.duplicate_of; });
      RC_ASSERT(twin.split == original->split);
    }
  }));
}

}  // namespace
}  // namespace undersong
