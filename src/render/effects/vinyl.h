#pragma once
// The noise of a record: a soft hiss, ticks, and a pop now and then.

#include <array>
#include <cstdint>
#include <vector>

#include "base/rng.h"
#include "render/effects/biquad.h"
#include "render/effects/stereo.h"

namespace undersong::detail {

// The hiss has a root mean square of 1; ticks reach 2 to 12 times that, some seven a second, and
// pops 25 times, one in three seconds. The caller sets the level. Source: levels and rates as
// surveyed in Godsill & Rayner 1998, "Digital Audio Restoration", chapters 1 and 5.
//
// Cost: some 35 ns a frame.
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
