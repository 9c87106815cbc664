#pragma once
// True peaks: what the waveform reaches between the samples.
//
// Four times oversampling by a 49-tap Hann-windowed sinc. Source: ITU-R BS.1770-4, annex 2, which
// asks for this rate; the filter is libebur128's, so that both agree. Own code, since the limiter
// needs the peak at every frame, and since it is about ten times faster.

#include <vector>

#include "audio/audio_buffer.h"

namespace undersong {

// For each frame the highest magnitude (linear) over all channels from this sample up to the next.
// Cost: O(samples), one float a frame.
std::vector<float> true_peak_envelope(const AudioBuffer& audio);

// Linear; 0 for silence. Cost: O(samples), no allocation that grows with the length.
float true_peak(const AudioBuffer& audio);

// Levels. 0 becomes minus infinity.
double db_from_linear(double linear);
double linear_from_db(double db);

}  // namespace undersong
