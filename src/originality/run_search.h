#pragma once
// The longest run from every note of a voice that stands in the index too.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "originality/index_file.h"

namespace undersong::detail {

struct RunMatch {
  std::int64_t notes = 0;         // 0 or at least 2
  std::size_t text_position = 0;  // in the index
};

// For the melodic text of a voice of k notes its k - 1 matches, by the note that they begin with,
// outside the pieces of `except`. Exact.
//
// A match that is dropped by its first note still matches, so the ends of the matches never go
// back. Where the first and the last note of a stretch have matches of one end, those between need
// no search: a copied piece costs a handful of searches, each O(log n) and the length of its match.
// Errors: kCancelled.
std::vector<RunMatch> longest_matches(const IndexTables& tables, std::span<const std::uint8_t> text,
                                      const PieceList& except);

// For each note the distinctive notes (distinctive.h) of the match that begins there.
// Cost: O(notes), however long the matches are.
std::vector<std::int64_t> distinctive_of_matches(std::span<const std::uint8_t> text,
                                                 std::span<const RunMatch> matches);

}  // namespace undersong::detail
