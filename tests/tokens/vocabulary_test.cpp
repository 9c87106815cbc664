#include "tokens/vocabulary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace undersong {
namespace {

using testing::ElementsAre;

TEST(Vocabulary, CountsSortsAndDropsRareSymbols) {
  const std::vector<std::vector<std::string>> pieces = {{"C4", "0.4.7", "C4"},
                                                        {"C4", "E4", "0.4.7"}};
  const Vocabulary vocabulary = Vocabulary::count(pieces, 2);
  ASSERT_EQ(vocabulary.size(), 2);
  EXPECT_EQ(vocabulary.symbol(0), "0.4.7");
  EXPECT_EQ(vocabulary.count_of(1), 3);
  EXPECT_FALSE(vocabulary.id_of("E4").has_value());
}

TEST(Vocabulary, EncodesWhatItKnows) {
  const Vocabulary vocabulary({"A4", "B4"}, {1, 1});
  const std::vector<std::string> symbols = {"B4", "C4", "A4"};
  EXPECT_THAT(vocabulary.encode(symbols), ElementsAre(1, 0));
}

TEST(Vocabulary, SurvivesJson) {
  const Vocabulary vocabulary({"C#4", "9.0.4"}, {10, 12});
  EXPECT_EQ(Vocabulary::from_json(vocabulary.to_json()), vocabulary);
}

TEST(Vocabulary, RefusesDoublesAndBrokenJson) {
  EXPECT_THROW(Vocabulary({"A4", "A4"}, {1, 1}), Error);
  EXPECT_THROW(Vocabulary({"A4"}, {}), Error);
  EXPECT_THROW(Vocabulary::from_json("{"), Error);
  EXPECT_THROW(Vocabulary::from_json("{\"symbols\": [1], \"counts\": [1]}"), Error);
}

}  // namespace
}  // namespace undersong
