#pragma once
// The level that falls at each bass drum and comes back: the pumping of dance music.

#include <cstdint>
#include <span>
#include <vector>

#include "render/effects/stereo.h"

namespace undersong::detail {

struct SideChainSettings {
  double depth_db = 6.0;          // 0-24, at the drum
  double release_seconds = 0.25;  // until the level is back
};

// A curve that is known from the score, not heard from the sound: it is down when the drum begins,
// without the click of an attack. Falls in 8 ms before the onset, holds for 30 ms, and rises along
// a half cosine of decibels.
class SideChain {
 public:
  // `onsets`: frames of the drum, in order.
  SideChain(const SideChainSettings& settings, std::vector<std::int64_t> onsets, int sample_rate);

  // Frames that begin with frame `first` of the piece.
  void process(std::int64_t first, StereoBlock block);

 private:
  std::vector<std::int64_t> onsets_;
  std::vector<float> dip_;  // gain around an onset, from `fall_` frames before it
  std::int64_t fall_;
  std::vector<float> gains_;
};

}  // namespace undersong::detail
