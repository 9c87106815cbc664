#include "midi/text_decoding.h"

#include <iconv.h>

#include <array>
#include <cstddef>
#include <optional>

namespace undersong::detail {
namespace {

using Bytes = std::span<const std::uint8_t>;

bool in_range(std::uint8_t byte, int low, int high) { return byte >= low && byte <= high; }

// Length of the UTF-8 character at the start of `bytes`, 0 when there is none. Source: Unicode
// 15.0, table 3-7.
std::size_t utf8_character(Bytes bytes) {
  const std::uint8_t lead = bytes[0];
  if (lead < 0x80) return 1;
  const std::size_t length = in_range(lead, 0xC2, 0xDF)   ? 2
                             : in_range(lead, 0xE0, 0xEF) ? 3
                             : in_range(lead, 0xF0, 0xF4) ? 4
                                                          : 0;
  if (length == 0 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!in_range(bytes[i], 0x80, 0xBF)) return 0;
  }
  const bool overlong = (lead == 0xE0 && bytes[1] < 0xA0) || (lead == 0xF0 && bytes[1] < 0x90);
  const bool surrogate = lead == 0xED && bytes[1] > 0x9F;
  const bool beyond_unicode = lead == 0xF4 && bytes[1] > 0x8F;
  return overlong || surrogate || beyond_unicode ? 0 : length;
}

// Source: JIS X 0208:1997, appendix 1 (the shifted code).
bool is_clear_shift_jis(Bytes bytes) {
  bool clear = false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::uint8_t lead = bytes[i];
    if (lead < 0x80 || in_range(lead, 0xA1, 0xDF)) continue;  // ASCII, half-width katakana
    if (!in_range(lead, 0x81, 0x9F) && !in_range(lead, 0xE0, 0xEF)) return false;
    if (++i == bytes.size()) return false;
    const std::uint8_t trail = bytes[i];
    if (!in_range(trail, 0x40, 0xFC) || trail == 0x7F) return false;
    const bool kana = (lead == 0x82 && in_range(trail, 0x9F, 0xF1)) ||
                      (lead == 0x83 && in_range(trail, 0x40, 0x96));
    const bool common_kanji = in_range(lead, 0x88, 0x97) && trail >= 0x9F;
    clear = clear || kana || common_kanji;
  }
  return clear;
}

// Empty when the C library cannot (a byte pair without a character, or no such converter).
std::optional<std::string> shift_jis_to_utf8(Bytes bytes) {
  const iconv_t converter = ::iconv_open("UTF-8", "CP932");
  if (converter == iconv_t(-1)) return std::nullopt;
  std::string source(bytes.begin(), bytes.end());
  std::string text(3 * source.size(), '\0');  // a half-width katakana becomes three bytes
  char* in = source.data();
  char* out = text.data();
  std::size_t in_left = source.size();
  std::size_t out_left = text.size();
  const std::size_t result = ::iconv(converter, &in, &in_left, &out, &out_left);
  ::iconv_close(converter);
  if (result == std::size_t(-1) || in_left != 0) return std::nullopt;
  text.resize(text.size() - out_left);
  return text;
}

// Windows-1252 from 80 to 9F; the five bytes without a character stay control characters, as in
// the WHATWG's encoding standard.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

void append_utf8(std::string& text, char16_t character) {
  const auto put = [&](int byte) { text.push_back(static_cast<char>(byte)); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xC0 | (character >> 6));
    put(0x80 | (character & 0x3F));
  } else {
    put(0xE0 | (character >> 12));
    put(0x80 | ((character >> 6) & 0x3F));
    put(0x80 | (character & 0x3F));
  }
}

std::string windows_1252_to_utf8(Bytes bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 4);
  for (const std::uint8_t byte : bytes)
    append_utf8(text, in_range(byte, 0x80, 0x9F) ? kWindows1252[byte - 0x80u] : char16_t{byte});
  return text;
}

}  // namespace

bool is_utf8(Bytes bytes) {
  while (!bytes.empty()) {
    const std::size_t length = utf8_character(bytes);
    if (length == 0) return false;
    bytes = bytes.subspan(length);
  }
  return true;
}

std::string to_utf8(Bytes bytes) {
  while (!bytes.empty() && bytes.back() == 0) bytes = bytes.first(bytes.size() - 1);
  if (is_utf8(bytes)) return std::string(bytes.begin(), bytes.end());
  if (is_clear_shift_jis(bytes)) {
    if (const auto text = shift_jis_to_utf8(bytes)) return *text;
  }
  return windows_1252_to_utf8(bytes);
}

}  // namespace undersong::detail
