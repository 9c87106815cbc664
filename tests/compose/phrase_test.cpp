#include "compose/phrase.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace undersong {
namespace {

RC_GTEST_PROP(Phrase, UnitsFillTheSectionWithoutGaps, ()) {
  const auto phrases =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 9)));
  const int motif_bars = *rc::gen::element(1, 2, 4);
  const auto units = plan_phrases(phrases, motif_bars, Rng(*rc::gen::arbitrary<std::uint64_t>()));
  int bar = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    RC_ASSERT(units[i].first_bar == bar);
    RC_ASSERT(units[i].bars >= 1 && units[i].bars <= motif_bars);
    RC_ASSERT(units[i].like < static_cast<int>(i));
    if (units[i].like >= 0)
      RC_ASSERT(units[static_cast<std::size_t>(units[i].like)].bars == units[i].bars);
    RC_ASSERT(units[i].motif == 0 || units[i].motif == 1);
    bar += units[i].bars;
  }
  RC_ASSERT(bar == std::accumulate(phrases.begin(), phrases.end(), 0));
}

RC_GTEST_PROP(Phrase, EveryPhraseEndsAndTheLastOneCloses, ()) {
  const auto phrases =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 9)));
  const auto units = plan_phrases(phrases, 2, Rng(*rc::gen::arbitrary<std::uint64_t>()));
  for (std::size_t i = 0; i < units.size(); ++i) {
    const bool last = i + 1 == units.size() || units[i + 1].phrase != units[i].phrase;
    RC_ASSERT(last == (units[i].end != UnitEnd::kGoesOn));
  }
  RC_ASSERT(units.back().end == UnitEnd::kClosed);
}

RC_GTEST_PROP(Phrase, HasOneClimaxPastTheMiddle, ()) {
  const std::vector<int> phrases(*rc::gen::inRange<std::size_t>(1, 5), 4);
  const auto units = plan_phrases(phrases, 1, Rng(*rc::gen::arbitrary<std::uint64_t>()));
  const auto is_climax = [](const PhraseUnit& unit) { return unit.climax; };
  RC_ASSERT(std::count_if(units.begin(), units.end(), is_climax) == 1);
  const auto at = std::find_if(units.begin(), units.end(), is_climax) - units.begin();
  RC_ASSERT(static_cast<std::size_t>(at) * 2 + 2 >= units.size());
}

TEST(Phrase, TheAnswerBeginsAsTheQuestionDoes) {
  const std::vector<int> phrases = {4, 4};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto units = plan_phrases(phrases, 1, Rng(seed));
    ASSERT_EQ(units.size(), 8U);
    EXPECT_EQ(units[4].like, 0);
    EXPECT_EQ(units[5].like, 1);
    EXPECT_EQ(units[3].end, UnitEnd::kOpen);
    EXPECT_EQ(units[7].end, UnitEnd::kClosed);
  }
}

TEST(Phrase, OfFourTheThirdContrasts) {
  const std::vector<int> phrases = {4, 4, 4, 4};
  const auto units = plan_phrases(phrases, 2, Rng(3));
  EXPECT_EQ(units[4].phrase, 2);
  EXPECT_EQ(units[4].motif, 1);
  EXPECT_EQ(units[6].like, 0);
}

TEST(Phrase, SeedsChooseDifferentForms) {
  const std::vector<int> phrases = {4, 4};
  const auto first = plan_phrases(phrases, 1, Rng(0));
  int same = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed)
    same += plan_phrases(phrases, 1, Rng(seed)) == first ? 1 : 0;
  EXPECT_LT(same, 20);
}

}  // namespace
}  // namespace undersong
