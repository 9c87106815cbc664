#include "originality/winnow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "originality/fingerprints.h"
#include "originality/melodic_text.h"
#include "scores.h"

namespace undersong {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Winnow, KeepsTheLeastOfEveryFourInARow) {
  // The example of the paper's figure 2, with windows of four; its kept hashes are 17, 17, 8, 39,
  // 17.
  const std::vector<std::uint64_t> hashes = {77, 74, 42, 17, 98, 50, 17, 98, 8,
                                             88, 67, 39, 77, 74, 42, 17, 98};
  std::vector<std::uint64_t> kept;
  for (const std::size_t position : winnow(hashes, 4)) kept.push_back(hashes[position]);
  EXPECT_THAT(kept, ElementsAre(17, 17, 8, 39, 17));
}

TEST(Winnow, KeepsOneOfFew) {
  EXPECT_THAT(winnow(std::vector<std::uint64_t>{5, 3, 4}, 4), ElementsAre(1));
  EXPECT_THAT(winnow(std::vector<std::uint64_t>{5}, 4), ElementsAre(0));
  EXPECT_THAT(winnow({}, 4), IsEmpty());
}

TEST(Winnow, KeepsFewOfEquals) {
  EXPECT_THAT(winnow(std::vector<std::uint64_t>(12, 7), 4), ElementsAre(3, 7, 11));
}

TEST(Winnow, FindsWhatTwoTextsShareOnceItIsLongEnough) {
  EXPECT_TRUE(rc::check([] {
    const auto any_hashes = [](int size) {
      std::vector<std::uint64_t> hashes;
      for (int i = 0; i < size; ++i)
        hashes.push_back(static_cast<std::uint64_t>(*rc::gen::inRange(0, 1000000)));
      return hashes;
    };
    const auto shared = any_hashes(kWinnow);
    const auto kept_among_shared = [&shared](const std::vector<std::uint64_t>& before,
                                             const std::vector<std::uint64_t>& after) {
      std::vector<std::uint64_t> all = before;
      all.insert(all.end(), shared.begin(), shared.end());
      all.insert(all.end(), after.begin(), after.end());
      for (const std::size_t position : winnow(all, kWinnow)) {
        if (position >= before.size() && position < before.size() + shared.size()) return true;
      }
      return false;
    };
    RC_ASSERT(kept_among_shared(any_hashes(*rc::gen::inRange(0, 9)),
                                any_hashes(*rc::gen::inRange(0, 9))));
  }));
}

TEST(HashRuns, AreOneForEachNoteButTheLastSeven) {
  const auto runs = hash_runs(melodic_text(line_of({60, 62, 65, 64, 60, 67, 66, 70, 61})));
  ASSERT_EQ(runs.hashes.size(), 2U);
  EXPECT_NE(runs.hashes[0], runs.hashes[1]);
  EXPECT_THAT(runs.dull, ElementsAre(false, false));
  for (const std::uint64_t hash : runs.hashes) EXPECT_LT(hash, std::uint64_t{1} << kHashBits);
  EXPECT_THAT(hash_runs(melodic_text(line_of({60, 62, 65, 64, 60, 67, 66}))).hashes, IsEmpty());
}

TEST(HashRuns, CallTrillsAndChromaticScalesDull) {
  EXPECT_THAT(hash_runs(melodic_text(line_of({60, 62, 60, 62, 60, 62, 60, 62}))).dull,
              ElementsAre(true));
  EXPECT_THAT(hash_runs(melodic_text(line_of({60, 61, 62, 63, 64, 65, 66, 67}))).dull,
              ElementsAre(true));
  EXPECT_THAT(hash_runs(melodic_text(line_of({48, 55, 52, 55, 48, 55, 52, 55}))).dull,
              ElementsAre(false));
}

}  // namespace
}  // namespace undersong
