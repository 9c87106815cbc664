#pragma once
// Text of MIDI files, whose encoding no file names, as UTF-8.

#include <cstdint>
#include <span>
#include <string>

namespace undersong::detail {

// Returns `bytes` as UTF-8, without NULs at the end. Valid UTF-8 stays as it is. What else is clear
// Shift-JIS is read as that: every byte belongs to a character of the code, and among them is a
// kana, or a common kanji of two bytes above ASCII. The rest is Windows-1252, where every byte is a
// character, so that nothing is lost.
//
// A short Western text can look like Japanese: the rule asks for pairs that start with 82, 83 or
// 88-97, which are rare punctuation in Windows-1252, while its letters start at C0.
std::string to_utf8(std::span<const std::uint8_t> bytes);

bool is_utf8(std::span<const std::uint8_t> bytes);

}  // namespace undersong::detail
