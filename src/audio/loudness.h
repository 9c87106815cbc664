#pragma once
// Loudness by EBU R 128 (ITU-R BS.1770-4), measured by libebur128.

#include <memory>
#include <span>

#include "audio/audio_buffer.h"

namespace undersong {

struct Loudness {
  double integrated_lufs = 0.0;  // minus infinity: shorter than 400 ms, or all below -70 LUFS
  double true_peak_dbtp = 0.0;   // minus infinity for silence
  double range_lu = 0.0;         // LRA (EBU Tech 3342); 0 for less than a few seconds
};

Loudness measure_loudness(const AudioBuffer& audio);

// The same for sound that comes in pieces: feed it all, then ask.
class LoudnessMeter {
 public:
  LoudnessMeter(int sample_rate, int channels);
  ~LoudnessMeter();
  LoudnessMeter(const LoudnessMeter&) = delete;
  LoudnessMeter& operator=(const LoudnessMeter&) = delete;

  // Interleaved, whole frames.
  void add(std::span<const float> samples);
  double integrated_lufs() const;
  double range_lu() const;

 private:
  struct State;  // libebur128's; its header stays out of ours
  std::unique_ptr<State> state_;
};

}  // namespace undersong
