#include "corpus/training_split.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <map>

namespace undersong {
namespace {

using Sums = std::array<double, 3>;

std::map<std::string, Sums> notes_of(const std::vector<SplitUnit>& units,
                                     const std::vector<Split>& splits) {
  std::map<std::string, Sums> sums;
  for (std::size_t i = 0; i < units.size(); ++i)
    sums[units[i].stratum][static_cast<std::size_t>(splits[i])] +=
        static_cast<double>(units[i].notes);
  return sums;
}

std::vector<SplitUnit> random_units() {
  std::vector<SplitUnit> units;
  for (int i = *rc::gen::inRange(0, 200); i > 0; --i) {
    units.push_back({std::string(1, *rc::gen::element('a', 'b', 'c')), std::to_string(i),
                     *rc::gen::inRange(1, 2000)});
  }
  return units;
}

TEST(TrainingSplit, EveryStratumOfThreeHoldsSomethingOut) {
  rc::check([] {
    const auto units = random_units();
    const auto sums = notes_of(units, split_by_stratum(units, 0.06));
    for (const auto& [stratum, notes] : sums) {
      const auto count = std::count_if(units.begin(), units.end(),
                                       [&](const auto& unit) { return unit.stratum == stratum; });
      RC_ASSERT(notes[0] > 0);
      RC_ASSERT((notes[1] > 0) == (count >= 3));
      RC_ASSERT((notes[2] > 0) == (count >= 3));
    }
  });
}

TEST(TrainingSplit, HoldsOutAboutItsShare) {
  std::vector<SplitUnit> units;
  for (int i = 0; i < 300; ++i) units.push_back({"lied", std::to_string(i), 100 + i % 7 * 100});
  const auto notes = notes_of(units, split_by_stratum(units, 0.06)).at("lied");
  const double all = notes[0] + notes[1] + notes[2];
  for (const std::size_t held_out : {1U, 2U}) {
    EXPECT_GE(notes[held_out], 0.06 * all);
    EXPECT_LE(notes[held_out], 0.09 * all);
  }
}

TEST(TrainingSplit, TakesNoHalfOfAStratumAtOnce) {
  std::vector<SplitUnit> units;
  for (int i = 0; i < 20; ++i) units.push_back({"x", std::to_string(i), i == 7 ? 100'000 : 1000});
  EXPECT_EQ(split_by_stratum(units, 0.06)[7], Split::kTrain);
}

TEST(TrainingSplit, TheOrderOfTheUnitsDoesNotMatter) {
  rc::check([] {
    auto units = random_units();
    const auto splits = split_by_stratum(units, 0.06);
    std::reverse(units.begin(), units.end());
    auto again = split_by_stratum(units, 0.06);
    std::reverse(again.begin(), again.end());
    RC_ASSERT(again == splits);
  });
}

}  // namespace
}  // namespace undersong
