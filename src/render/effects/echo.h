#pragma once
// Echoes in the time of the music, from side to side.

#include <array>
#include <cstdint>

#include "render/effects/delay_line.h"
#include "render/effects/stereo.h"

namespace undersong::detail {

struct EchoSettings {
  double seconds = 0.375;  // between two echoes; 0.01-20
  double feedback = 0.35;  // 0-0.85: each echo is so much quieter than the one before
};

// Both channels together sound again on the left, then on the right, and so on, each time a little
// duller and thinner: the loop has a low-pass at 4.5 kHz and a high-pass at 160 Hz, one pole each.
// What comes out is the echoes alone, the first as loud as the sound. Linear.
//
// Cost: some 5 ns a frame.
class Echo {
 public:
  Echo(const EchoSettings& settings, int sample_rate);

  void process(StereoBlock block);
  void reset();
  // Frames until the echoes have fallen by 100 dB.
  std::int64_t tail() const { return tail_; }

 private:
  struct Tone {  // of one side
    float low = 0.0F;
    float rumble = 0.0F;
  };
  float darken(float sample, Tone& tone) const;

  std::size_t delay_;
  float feedback_;
  float low_step_;  // one-pole coefficients
  float rumble_step_;
  std::int64_t tail_;
  std::array<DelayLine, 2> lines_;
  std::array<Tone, 2> tones_{};
};

}  // namespace undersong::detail
