#pragma once
// Which pieces are learned from (train), watched while learning (valid) and kept for the verdict
// (test).

#include <span>
#include <string>
#include <vector>

#include "corpus/manifest.h"

namespace undersong {

// Sets the split of the pieces from `first_new` on; earlier ones keep theirs for good, so that a
// piece that was once held out is never learned from.
//
// Per group, of n originals a tenth each (rounded) goes to valid and to test, but at least one
// each once n >= 3. The new ones take, in the order of their ids, the split that lacks most of its
// share (train before valid before test). A duplicate takes its original's split and does not
// count: the same music on both sides would be a leak. Depends on ids and groups alone, not on the
// order in which a batch comes in.
void assign_splits(std::vector<Piece>& pieces, std::size_t first_new);

}  // namespace undersong
