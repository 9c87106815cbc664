#pragma once
// True peaks: what the waveform reaches between the samples.
//
// Four times oversampling by a 49-tap Hann-windowed sinc. Source: ITU-R BS.1770-4, annex 2, which
// asks for this rate; the filter is libebur128's, so that both agree. Own code, since the limiter
// needs the peak at every frame, and since it is about ten times faster.

#include <cstddef>
#include <span>
#include <vector>

#include "audio/audio_buffer.h"

namespace undersong {

// The peaks of sound that comes in pieces: for each frame the highest magnitude (linear) over all
// channels from this sample up to the next. Silence is taken to stand before and after.
class TruePeakDetector {
 public:
  explicit TruePeakDetector(int channels);

  // Interleaved, whole frames. Appends to `peaks` for the frames that are decided now: the last six
  // wait for what follows. Cost: O(samples).
  void add(std::span<const float> samples, std::vector<float>& peaks);
  // The frames that still wait.
  void finish(std::vector<float>& peaks);

 private:
  void take(std::span<const float> samples, std::vector<float>& peaks);

  std::size_t channels_;
  std::vector<float> waiting_;  // what the filter still looks at
  std::vector<float> of_samples_;
};

// The same for sound as a whole. Cost: O(samples), one float a frame.
std::vector<float> true_peak_envelope(const AudioBuffer& audio);

// The highest of it; 0 for silence. Cost: O(samples), no allocation that grows with the length.
float true_peak(const AudioBuffer& audio);

// Levels. 0 becomes minus infinity.
double db_from_linear(double linear);
double linear_from_db(double db);

}  // namespace undersong
