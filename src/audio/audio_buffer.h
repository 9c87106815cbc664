#pragma once
// Sound as a value, and (audio_file.h, loudness.h, true_peak.h) what is done with it that knows
// nothing of music. Goals: files in and out with tags, loudness by the broadcast standard.
// Non-goals: synthesis and mastering (`render`).

#include <cstddef>
#include <cstdint>
#include <vector>

namespace undersong {

// Interleaved samples in [-1, 1]: frame i of a stereo buffer is samples[2 * i], samples[2 * i + 1].
// A second of 48 kHz stereo has 48000 frames and 96000 samples.
struct AudioBuffer {
  int sample_rate = 48000;  // Hz
  int channels = 2;
  std::vector<float> samples;

  std::size_t frames() const { return samples.size() / static_cast<std::size_t>(channels); }
  double length_seconds() const { return static_cast<double>(frames()) / sample_rate; }

  bool operator==(const AudioBuffer&) const = default;
};

}  // namespace undersong
