#pragma once
// A room, as a network of eight delays that feed each other.

#include <array>
#include <cstdint>
#include <vector>

#include "render/effects/biquad.h"
#include "render/effects/delay_line.h"
#include "render/effects/stereo.h"

namespace undersong::detail {

struct ReverbSettings {
  double seconds = 1.8;        // 0.2-12: until the low and middle partials have fallen by 60 dB
  double damping_hz = 6000.0;  // 500-20000: here it takes half that time, higher up less
};

// Each delay loses as much in its length as the room does, by a gain and a one-pole filter, and an
// orthogonal matrix mixes them, so the decay time holds for every path. Four all-passes for each
// channel thicken the beginning; below 120 Hz nothing goes in, which keeps the bass clear. Longer
// rooms have longer delays. What comes out is the room alone, about as loud as the sound, left and
// right without correlation. Linear.
//
// Cost: some 50 ns a frame.
// Source: Jot & Chaigne 1991, "Digital delay networks for designing artificial reverberators", AES
// convention paper 3030; the all-pass: Schroeder 1962, "Natural sounding artificial
// reverberation", J. Audio Eng. Soc. 10(3).
class Reverb {
 public:
  Reverb(const ReverbSettings& settings, int sample_rate);

  void process(StereoBlock block);
  void reset();
  // Frames until the room has fallen by 100 dB.
  std::int64_t tail() const { return tail_; }

 private:
  static constexpr std::size_t kLines = 8;
  static constexpr std::size_t kDiffusers = 4;  // of each channel

  struct Line {
    DelayLine delay;
    std::size_t length;
    float gain;  // what the filter passes at 0 Hz, times 1 - pole
    float pole;
    float memory = 0.0F;
  };
  struct Diffuser {
    DelayLine delay;
    std::size_t length;
    float pass(float sample);
  };

  Biquad thin_;
  std::vector<Line> lines_;          // kLines
  std::vector<Diffuser> diffusers_;  // of the left, then of the right
  DelayLine before_left_;
  DelayLine before_right_;
  std::size_t before_frames_;
  float level_;
  std::int64_t tail_;
};

}  // namespace undersong::detail
