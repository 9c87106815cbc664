#pragma once
// What of a training file is learned from, watched and kept for the verdict.

#include <cstdint>
#include <string>
#include <vector>

#include "corpus/manifest.h"

namespace undersong {

// Pieces that must not be parted: one file and what was taken from it, or the files of a folder.
struct SplitUnit {
  std::string stratum;  // style and group
  std::string id;       // decides the order: the same units are split alike on every machine
  std::int64_t notes = 0;
};

// Of each stratum of three units or more, `share` of the notes goes to valid and as much to test, a
// unit at least each: in the order of the ids' hashes, passing over units that would make it more
// than half too much. The rest is train, as are strata of one or two units.
// Why not the corpus' own split: that is by group alone, and leaves styles without a test piece.
std::vector<Split> split_by_stratum(const std::vector<SplitUnit>& units, double share);

}  // namespace undersong
