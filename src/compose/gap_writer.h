#pragma once
// Writes some bars of any piece anew, with what stands before and behind them heard: music that has
// no plan, a person's own file for one.
//
// Goals: what is not asked for stays note for note; the new bars join. Non-goals: form, and how
// notes are played (compose/rewrite.h has both, for pieces with a plan).

#include <optional>
#include <vector>

#include "base/progress.h"
#include "base/rng.h"
#include "compose/neural_drafts.h"
#include "tokens/composer_grid.h"

namespace undersong {

struct GapRequest {
  BarSpan bars;        // of the piece
  RoleSet roles = {};  // empty: those that play in the gap or in the four bars on either side
  int drafts = 4;  // of which the one that joins best and is woven most like real parts is taken
};

// The piece with other notes for the roles in the gap, written one role after another, from the
// bass up, the tune last. Each is as dense as it was, and where it was silent as around the gap.
// Errors: kUsage when the gap is not inside the piece, when nobody plays in it or around it, or
// when it needs more context than the network has; kCancelled.
GridPiece rewrite_gap(GridPiece piece, const GapRequest& request, const DraftSource& source,
                      const Rng& rng, Progress& progress);

}  // namespace undersong
