#pragma once
// The wavering pitch of a tape that does not run evenly.

#include <array>
#include <cstdint>

#include "render/effects/delay_line.h"
#include "render/effects/stereo.h"

namespace undersong::detail {

struct TapeWowSettings {
  double cents = 7.0;      // 0-50: the furthest that the pitch strays, both movements together
  std::uint64_t seed = 0;  // of the two paces
  std::int64_t loop_frames = 0;  // not 0: both movements end where they began after so many frames
};

// Four fifths of it slow (0.5 to 0.9 Hz: wow), one fifth quick (6 to 9 Hz: flutter). A delay that
// moves around `latency()` and stands there at the beginning, so events keep their times on
// average: at 7 cents they stray by 1 ms, at 50 by 8 ms. Linear, though it changes with time.
//
// Cost: some 12 ns a frame. Source of the terms: IEC 60386.
class TapeWow {
 public:
  TapeWow(const TapeWowSettings& settings, int sample_rate);

  std::int64_t latency() const { return latency_; }
  void process(StereoBlock block);

 private:
  struct Movement {
    double turns_per_frame = 0.0;
    double depth = 0.0;  // frames
  };
  // At a frame of what comes out.
  double delay_at(std::int64_t frame) const;

  std::array<Movement, 2> movements_{};
  std::int64_t latency_ = 0;
  std::int64_t frame_ = 0;  // of what goes in
  std::array<DelayLine, 2> lines_;
};

}  // namespace undersong::detail
