#include "corpus/suggestion.h"

#include <gtest/gtest.h>

#include <vector>

namespace undersong {
namespace {

TEST(EditDistance, CountsSlipsOfTheFinger) {
  EXPECT_EQ(edit_distance("chopin", "chopin"), 0U);
  EXPECT_EQ(edit_distance("chopn", "chopin"), 1U);
  EXPECT_EQ(edit_distance("chpoin", "chopin"), 1U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Suggestion, NamesTheNearestAndAll) {
  const std::vector<std::string> names = {"Albeniz", "Chopin", "Schumann"};
  EXPECT_EQ(suggestion("shopin", names),
            "; did you mean Chopin? There are: Albeniz, Chopin, Schumann");
  EXPECT_EQ(suggestion("schu", names),
            "; did you mean Schumann? There are: Albeniz, Chopin, Schumann");
}

TEST(Suggestion, GuessesNothingFarFetched) {
  const std::vector<std::string> names = {"Albeniz", "Chopin"};
  EXPECT_EQ(suggestion("Madonna", names), "; there are: Albeniz, Chopin");
  EXPECT_EQ(suggestion("Madonna", {}), "");
}

}  // namespace
}  // namespace undersong
