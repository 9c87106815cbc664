#pragma once
// An effect that costs nothing while nothing sounds.

#include <cstdint>
#include <utility>

#include "render/effects/stereo.h"

namespace undersong::detail {

// Leaves the effect out, and forgets what it holds, once its input has been silent (below -300 dB)
// for longer than the effect can sound on: `tail` frames. That saves the work, and the numbers next
// to 0 that processors are slow with.
template <typename Effect>
class Resting {
 public:
  Resting(Effect effect, std::int64_t tail) : effect_(std::move(effect)), tail_(tail) {}

  void process(StereoBlock block) {
    constexpr float kSilence = 1e-15F;
    if (peak_of(block) > kSilence) {
      silent_frames_ = 0;
    } else {
      clear(block);
      if (silent_frames_ > tail_) return;
      silent_frames_ += static_cast<std::int64_t>(block.frames());
      if (silent_frames_ > tail_) {
        effect_.reset();
        return;
      }
    }
    effect_.process(block);
  }

 private:
  Effect effect_;
  std::int64_t tail_;
  std::int64_t silent_frames_ = tail_ + 1;
};

}  // namespace undersong::detail
