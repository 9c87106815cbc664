#include "midi/text_decoding.h"

#include <gtest/gtest.h>

#include <string_view>

namespace undersong::detail {
namespace {

std::string decoded(std::string_view bytes) {
  return to_utf8({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

TEST(ToUtf8, LeavesUtf8AsItIs) {
  EXPECT_EQ(decoded("Für Elise"), "Für Elise");
  EXPECT_EQ(decoded("月光 🎹"), "月光 🎹");
  EXPECT_EQ(decoded(""), "");
}

TEST(ToUtf8, ReadsWindows1252) {
  EXPECT_EQ(decoded("F\xFCr Elise"), "Für Elise");
  EXPECT_EQ(decoded("Pr\xE9lude"), "Prélude");
  EXPECT_EQ(decoded("it\x92s \x80 5"), "it’s € 5");
  EXPECT_EQ(decoded("\x81"), "\xC2\x81");
}

TEST(ToUtf8, ReadsClearShiftJis) {
  EXPECT_EQ(decoded("\x83\x73\x83\x41\x83\x6D"), "ピアノ");
  EXPECT_EQ(decoded("\x8C\x8E\x8C\xF5"), "月光");
  EXPECT_EQ(decoded("\x82\xB3\x82\xAD\x82\xE7 1"), "さくら 1");
}

TEST(ToUtf8, DoesNotTakeWesternLettersForJapanese) {
  EXPECT_EQ(decoded("\xC0\xC9\xD6"), "ÀÉÖ");           // half-width katakana in Shift-JIS
  EXPECT_EQ(decoded("\xE9tude \xE0 4"), "étude à 4");  // E9 74 is a rare kanji
}

TEST(ToUtf8, DropsNulsAtTheEnd) {
  EXPECT_EQ(decoded({"Bass\0\0", 6}), "Bass");
  EXPECT_EQ(decoded({"a\0b", 3}), std::string("a\0b", 3));
  EXPECT_EQ(decoded({"\0", 1}), "");
}

TEST(ToUtf8, RefusesWhatUnicodeForbids) {
  EXPECT_EQ(decoded("\xC0\x80"), "À€");            // overlong
  EXPECT_EQ(decoded("\xED\xA0\x80"), "í\u00A0€");  // a surrogate
  EXPECT_EQ(decoded("\xE2\x82"), "â‚");            // cut short
}

TEST(ToUtf8, GivesUtf8ForAnyTwoBytes) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string pair = {static_cast<char>(first), static_cast<char>(second)};
      const std::string text = decoded(pair);
      EXPECT_TRUE(is_utf8({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}))
          << first << ' ' << second;
      EXPECT_EQ(decoded(text), text);
    }
  }
}

}  // namespace
}  // namespace undersong::detail
