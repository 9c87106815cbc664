#include "style/mood.h"

#include <gtest/gtest.h>

#include "support/thrown_error.h"

namespace undersong {
namespace {

TEST(Mood, NamesReadBackInAnyCase) {
  for (const Mood mood : kMoods) EXPECT_EQ(parse_mood(name_of(mood)), mood);
  EXPECT_EQ(parse_mood("EPIC"), Mood::kEpic);
  EXPECT_EQ(thrown_error([] { parse_mood("hapy"); }).kind(), ErrorKind::kUsage);
  EXPECT_TRUE(thrown_error([] { parse_mood("hapy"); })
                  .message()
                  .starts_with("there is no mood 'hapy'; did you mean happy? There are: neutral,"));
}

TEST(Mood, LiesWhereTheWordDoes) {
  for (const Mood mood : kMoods) {
    const Affect affect = affect_of(mood);
    EXPECT_GE(affect.valence, -1.0);
    EXPECT_LE(affect.valence, 1.0);
    EXPECT_GE(affect.arousal, 0.0);
    EXPECT_LE(affect.arousal, 1.0);
  }
  EXPECT_GT(affect_of(Mood::kHappy).valence, affect_of(Mood::kSad).valence);
  EXPECT_GT(affect_of(Mood::kEpic).arousal, affect_of(Mood::kCalm).arousal);
}

}  // namespace
}  // namespace undersong
