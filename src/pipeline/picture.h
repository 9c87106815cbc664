#pragma once
// Music that can be looked at.

#include <string>

#include "score/score.h"

namespace undersong {

// A piano roll as SVG: seconds to the right, pitch upwards, a colour a track, loud notes darker, a
// line at each bar.
std::string piano_roll_svg(const Score& score, const std::string& title);

}  // namespace undersong
