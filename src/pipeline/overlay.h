#pragma once
// The picture of a match: a track, and the learned piece moved onto it.

#include <string>

#include "pipeline/comparison.h"
#include "score/score.h"

namespace undersong {

// The bars of `track` around its nearest match, at most 16 of them, as SVG. The learned piece is
// transposed, slowed down and shifted such that most notes lie on each other; where this machine
// does not have its music, or nothing matches, the track stands alone and the picture says why.
std::string overlay_svg(const Score& track, const std::string& name, const OpenReference& reference,
                        const Comparison& comparison);

}  // namespace undersong
