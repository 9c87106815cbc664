#pragma once
// The noise of a record: a soft hiss, ticks, and a pop now and then.

#include <array>
#include <cstdint>
#include <vector>

#include "base/rng.h"
#include "render/effects/biquad.h"
#include "render/effects/stereo.h"

namespace undersong::detail {

// The hiss has a root mean square of 1. Ticks begin 4 to 24 times as high before the filters (250
// Hz to 5.5 kHz) take their share, some seven a second, and one in twenty is a pop: 60 times as
// high, and longer. The caller sets the level.
//
// Cost: some 25 ns a frame.
class Vinyl {
 public:
  Vinyl(std::uint64_t seed, int sample_rate);

  // Overwrites the block. Source::kOff is what still sounds after the record has stopped.
  enum class Source : std::uint8_t { kOff, kOn };
  void generate(StereoBlock block, Source source);

 private:
  struct Tick {
    float left = 0.0F;
    float right = 0.0F;
    float decay = 0.0F;  // a frame
  };
  void begin_tick();

  Rng noise_;
  Rng ticks_;
  int sample_rate_;
  double chance_;  // of a tick, in one frame
  float hiss_;
  Tick tick_;
  Biquad thin_;
  Biquad dull_;
};

}  // namespace undersong::detail
