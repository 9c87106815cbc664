#pragma once
// Voices as bytes, so that what is transposed or played at another speed reads the same and a
// suffix array finds it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "originality/voices.h"

namespace undersong {

// For notes a b c d …: interval(a,b), ratio of the time b-c to a-b, interval(b,c), ratio, …,
// interval. Intervals, ratios and the end of a voice are disjoint sets of bytes, so a match that
// begins with an interval is aligned. A run of k notes is 2k - 3 bytes, k >= 2.
//
// The ratio is quantised to kRatios classes around the ratios that notation has (1/8 … 8, and the
// dotted and triplet ones between), so that played timing reads as written.
std::vector<std::uint8_t> melodic_text(const Voice& voice);

// The same for the voice played from its last note to its first.
std::vector<std::uint8_t> backwards_text(const Voice& voice);

inline constexpr std::uint8_t kEndOfVoice = 0;
bool is_interval(std::uint8_t byte);

// Notes of a match of `bytes` bytes that begins with an interval.
constexpr std::int64_t notes_of_match(std::size_t bytes) {
  return bytes == 0 ? 0 : static_cast<std::int64_t>((bytes + 3) / 2);
}
// Bytes of a run of `notes` notes, at least 2.
constexpr std::size_t bytes_of_run(std::int64_t notes) {
  return static_cast<std::size_t>(2 * notes - 3);
}

}  // namespace undersong
