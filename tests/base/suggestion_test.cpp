#include "base/suggestion.h"

#include <gtest/gtest.h>

#include <vector>

namespace undersong {
namespace {

const std::vector<std::string> kVerbs = {"corpus", "train", "generate", "render"};

TEST(Suggestion, CountsASwapOfNeighboursAsOneSlip) {
  EXPECT_EQ(edit_distance("trian", "train"), 1U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("Mozart", "Mozart"), 0U);
}

TEST(Suggestion, NamesWhatWasProbablyMeant) {
  EXPECT_EQ(nearest_name("trian", kVerbs), "train");
  EXPECT_EQ(nearest_name("RENDR", kVerbs), "render");
  EXPECT_EQ(nearest_name("gen", kVerbs), "generate");
}

TEST(Suggestion, DoesNotGuessWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("xyzzy", kVerbs), std::nullopt);
  EXPECT_EQ(nearest_name("train", std::vector<std::string>{}), std::nullopt);
}

TEST(Suggestion, ListsWhatThereIs) {
  EXPECT_EQ(suggestion("trian", kVerbs),
            "; did you mean train? There are: corpus, train, generate, render");
  EXPECT_EQ(suggestion("xyzzy", kVerbs), "; there are: corpus, train, generate, render");
}

}  // namespace
}  // namespace undersong
