#pragma once
// Which channel of the synthesizer each track's events go to.

#include <array>
#include <cstdint>
#include <vector>

#include "score/score.h"

namespace undersong::detail {

// Sixteen channels as the score numbers them, and beyond those one for each further track that
// shares a channel with a different instrument.
struct ChannelPlan {
  // [track][channel of the score] -> channels of the synthesizer. Notes go to the first, controls
  // to all.
  std::vector<std::array<std::vector<std::uint8_t>, 16>> targets;
  std::vector<bool> is_percussion;  // by channel of the synthesizer; a multiple of 16 long
};

// A channel is split when tracks that have notes on it begin with different programs on it. A track
// that sets controls there without a program of its own speaks for all of them.
ChannelPlan plan_channels(const Score& score);

}  // namespace undersong::detail
