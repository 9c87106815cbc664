#pragma once
// What the whole mix goes through (MixSound, but for the crackle). Linear: stems that each went
// through it add up to the mix.

#include <cstdint>
#include <optional>
#include <vector>

#include "render/channel_strip.h"
#include "render/effects/biquad.h"
#include "render/effects/placement.h"
#include "render/effects/tape_wow.h"
#include "style/sound.h"

namespace undersong::detail {

class MixBus {
 public:
  MixBus(const MixSound& mix, const DeskTiming& timing, std::uint64_t seed, int sample_rate);

  std::int64_t latency() const { return wow_ ? wow_->latency() : 0; }
  // High-pass, low-pass, width, wow.
  void process(StereoBlock block);

 private:
  std::vector<Biquad> filters_;
  std::optional<Placement> width_;
  std::optional<TapeWow> wow_;
};

}  // namespace undersong::detail
