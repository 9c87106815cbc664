#pragma once
// Dry stems in, finished stems and the mix out, block by block.

#include <cstdint>
#include <span>
#include <vector>

#include "render/channel_strip.h"
#include "render/effects/stereo.h"
#include "render/mix_bus.h"
#include "render/production.h"
#include "render/send_effects.h"

namespace undersong::detail {

// The beat and the bass drum of a score. A loop's bass drum goes on after its end and before its
// beginning.
DeskTiming timing_of(const Score& score, const ProductionSettings& settings);

// The mix goes through effects of its own whether stems are kept or not, so it is the same; kept
// stems go through effects of their own beside it, and add up to it but for rounding.
class MixDesk {
 public:
  MixDesk(const DeskTiming& timing, const ProductionSettings& settings, Stems stems,
          std::size_t block_frames);

  // How many frames the sound comes out after it went in.
  std::int64_t latency() const { return main_.bus.latency(); }
  // The longest silence after which sound that went in still comes out, in frames.
  std::int64_t longest_pause() const { return main_.sends.longest_pause(); }

  // The next frames; no more than `block_frames`. `dry` is used up. `mix`, and each of `stems` when
  // they are kept, are overwritten; all are equally long.
  void process(std::span<const StereoBlock> dry, StereoBlock mix,
               std::span<const StereoBlock> stems);

 private:
  // Sends and bus of one output.
  struct Way {
    SendEffects sends;
    MixBus bus;
  };

  std::vector<RoleSound> sounds_;
  std::vector<ChannelStrip> strips_;
  Way main_;
  std::vector<Way> stem_ways_;
  std::int64_t frame_ = 0;
};

}  // namespace undersong::detail
