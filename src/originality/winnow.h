#pragma once
// Runs of eight notes as hashes, and which of them stand for all.
// Source: Schleimer, Wilkerson & Aiken 2003, doi:10.1145/872757.872770.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace undersong {

inline constexpr int kHashBits = 40;

// The hash of each run of kFingerprintNotes in a melodic text, by its first note. Empty for a
// voice of fewer notes.
struct HashedRuns {
  std::vector<std::uint64_t> hashes;
  // Whether the run says nothing of where it is from: a trill, a scale in steps of one size, one
  // note again and again. Such runs stand in every piece.
  std::vector<bool> dull;
};
HashedRuns hash_runs(std::span<const std::uint8_t> text);

// Positions of the hashes to keep, ascending: the least of every `window` in a row, the rightmost
// of equals, but the last one kept while it is among the least ("robust winnowing"). Of fewer than
// `window` hashes one is kept. window >= 1.
std::vector<std::size_t> winnow(std::span<const std::uint64_t> hashes, std::size_t window);

}  // namespace undersong
