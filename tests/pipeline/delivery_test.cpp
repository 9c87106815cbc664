#include "pipeline/delivery.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace undersong {
namespace {

std::string refusal(std::string_view text) {
  try {
    parse_loudness(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.message();
  }
  return "";
}

TEST(Delivery, PlacesHaveLoudnessAndCeiling) {
  EXPECT_EQ(parse_loudness("youtube").target_lufs, -14.0);
  EXPECT_EQ(parse_loudness("youtube").ceiling_dbtp, -1.0);
  EXPECT_EQ(parse_loudness("bed").target_lufs, -17.0);
  EXPECT_EQ(parse_loudness("Bed").ceiling_dbtp, -1.5);
  EXPECT_EQ(parse_loudness("broadcast").target_lufs, -23.0);
}

TEST(Delivery, ANumberIsLufs) { EXPECT_EQ(parse_loudness("-16.5").target_lufs, -16.5); }

TEST(Delivery, WhatIsNoPlaceGetsASuggestion) {
  EXPECT_NE(refusal("youtub").find("did you mean youtube?"), std::string::npos);
  EXPECT_NE(refusal("-16 LUFS").find("such as -16"), std::string::npos);
  EXPECT_NE(refusal("20"), "");
  EXPECT_NE(refusal("nan"), "");
  EXPECT_NE(refusal(""), "");
}

}  // namespace
}  // namespace undersong
