#pragma once
// What is too large to be a MIDI file.

#include <cstddef>

namespace undersong::detail {

// The largest files of the sets that people share have a few MiB. The limit lets every text, made
// UTF-8, and every time be written again: their lengths have 28 bits.
inline constexpr std::size_t kMostFileBytes = std::size_t{64} << 20;

// The header counts chunks with 16 bits, and the conductor track is one of them.
inline constexpr std::size_t kMostTracks = 65534;

}  // namespace undersong::detail
