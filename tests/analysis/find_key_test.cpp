#include "analysis/find_key.h"

#include <gtest/gtest.h>

namespace undersong {
namespace {

TEST(FindKey, OfSilenceIsCMajor) { EXPECT_EQ(find_key(Score{}), (Key{0, Mode::kMajor})); }

TEST(FindKey, KeysMoveTheShortWayToNoSignature) {
  EXPECT_EQ(shift_to_no_signature({2, Mode::kMajor}), -2);
  EXPECT_EQ(shift_to_no_signature({11, Mode::kMinor}), -2);
  EXPECT_EQ(shift_to_no_signature({0, Mode::kMinor}), -3);
  EXPECT_EQ(shift_to_no_signature({6, Mode::kMajor}), 6);
  for (const Mode mode : {Mode::kMajor, Mode::kMinor}) {
    for (int tonic = 0; tonic < 12; ++tonic) {
      const int shift = shift_to_no_signature({tonic, mode});
      EXPECT_GE(shift, -5);
      EXPECT_LE(shift, 6);
      EXPECT_EQ((tonic + shift + 12) % 12, mode == Mode::kMajor ? 0 : 9);
    }
  }
}

}  // namespace
}  // namespace undersong
