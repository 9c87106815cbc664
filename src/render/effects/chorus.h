#pragma once
// Copies of the sound whose pitch wavers: several players in place of one.

#include <array>
#include <cstdint>

#include "render/effects/delay_line.h"
#include "render/effects/stereo.h"

namespace undersong::detail {

// Two copies for each channel, 9 to 20 ms late, each wavering by some 8 cents at its own pace, left
// and right against each other. What comes out is the copies alone, as loud as the sound. Linear.
//
// Cost: some 25 ns a frame.
// Source: Dattorro 1997, "Effect design, part 2: delay-line modulation and chorus", J. Audio Eng.
// Soc. 45(10).
class Chorus {
 public:
  explicit Chorus(int sample_rate);

  void process(StereoBlock block);
  void reset();
  // Frames that sound after the last that went in.
  std::int64_t tail() const { return tail_; }

 private:
  static constexpr std::size_t kCopies = 2;  // of each channel

  struct Copy {
    double turns_per_step;
    double turns;
    double centre;  // frames
    double depth;   // frames
    float delay;    // at the end of the step before
  };

  void step(std::span<float> samples, DelayLine& line, std::span<Copy, kCopies> copies);

  std::array<DelayLine, 2> lines_;
  std::array<std::array<Copy, kCopies>, 2> copies_{};
  int sample_rate_;
  std::int64_t tail_;
};

}  // namespace undersong::detail
