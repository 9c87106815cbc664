#pragma once
// Dry stems in, finished stems and the mix out, block by block.

#include <cstdint>
#include <span>
#include <vector>

#include "render/effects/stereo.h"
#include "render/production.h"

namespace undersong::detail {

class MixDesk {
 public:
  MixDesk(const Score& score, const ProductionSettings& settings, Stems stems);

  // How many frames the sound comes out after it went in.
  std::int64_t latency() const { return 0; }

  // The longest silence after which sound that went in still comes out, in frames.
  std::int64_t longest_pause() const { return 0; }

  // The next frames. `dry` is used up. `mix`, and each of `stems` when they are kept, are
  // overwritten; all are equally long.
  void process(std::span<const StereoBlock> dry, StereoBlock mix,
               std::span<const StereoBlock> stems);

 private:
  std::vector<float> levels_;
};

}  // namespace undersong::detail
