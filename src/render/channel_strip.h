#pragma once
// One stem's way to the mix: everything of RoleSound but the sends.

#include <cstdint>
#include <optional>
#include <vector>

#include "render/effects/biquad.h"
#include "render/effects/placement.h"
#include "render/effects/resting.h"
#include "render/effects/saturation.h"
#include "render/effects/side_chain.h"
#include "style/sound.h"

namespace undersong::detail {

// What the desk knows of the piece's time.
struct DeskTiming {
  double beat_seconds = 0.5;                 // a quarter note, at the beginning
  std::vector<std::int64_t> bass_drum = {};  // onsets in frames, in order
  std::int64_t loop_frames = 0;              // 0: no loop
};

class ChannelStrip {
 public:
  ChannelStrip(const RoleSound& sound, const DeskTiming& timing, int sample_rate);

  // High-pass, low-pass, saturation, width, pan and level, side chain. `first` is the piece's frame
  // at which the block begins.
  void process(std::int64_t first, StereoBlock block);

 private:
  // The part that is left out while the stem is silent.
  struct Inserts {
    std::vector<Biquad> filters;
    std::optional<Saturation> saturation;
    Placement placement;

    void process(StereoBlock block);
    void reset();
  };
  static Inserts make_inserts(const RoleSound& sound, int sample_rate);

  Resting<Inserts> inserts_;
  std::optional<SideChain> side_chain_;
};

}  // namespace undersong::detail
