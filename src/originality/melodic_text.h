#pragma once
// Voices as bytes, so that what is transposed or played at another speed reads the same and a
// suffix array finds it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "originality/voices.h"

namespace undersong {

// Intervals are clamped to five octaves and a third, so that intervals, ratios and the end of a
// voice fit disjoint sets of bytes: 1-127 and 128-140.
inline constexpr int kMostInterval = 63;
// 1/8 1/6 1/4 1/3 1/2 2/3 1 3/2 2 3 4 6 8: what dotted notes and triplets make, with boundaries at
// the geometric means, so that played timing reads as written. What is beyond 8 is 8.
inline constexpr int kRatioClasses = 13;

// For notes a b c d …: interval(a,b), ratio of the time b-c to a-b, interval(b,c), ratio, …,
// interval, without an end. A match that begins with an interval is aligned. A run of k notes is
// 2k - 3 bytes, k >= 2. Two notes are one interval; one note is no text.
std::vector<std::uint8_t> melodic_text(const Voice& voice);

// melodic_text(backwards(voice)).
std::vector<std::uint8_t> backwards_text(const Voice& voice);

inline constexpr std::uint8_t kEndOfVoice = 0;
// From here on bytes are those of symbols (symbol_text.h): intervals, and from kFirstShapeByte on
// what a symbol is. So no voice is taken for a row of symbols.
inline constexpr std::uint8_t kFirstSymbolByte = 141;
inline constexpr std::uint8_t kFirstShapeByte = 190;
// Of a voice or of symbols.
constexpr bool is_interval(std::uint8_t byte) {
  return (byte != kEndOfVoice && byte <= 2 * kMostInterval + 1) ||
         (byte >= kFirstSymbolByte && byte < kFirstShapeByte);
}

// Notes of a match of `bytes` bytes that begins with an interval.
constexpr std::int64_t notes_of_match(std::size_t bytes) {
  return bytes == 0 ? 0 : static_cast<std::int64_t>((bytes + 3) / 2);
}
// Bytes of a run of `notes` notes, at least 2.
constexpr std::size_t bytes_of_run(std::int64_t notes) {
  return static_cast<std::size_t>(2 * notes - 3);
}

}  // namespace undersong
