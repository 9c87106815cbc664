#pragma once
// The last step: the right loudness, and no true peak above the ceiling.

#include <cstdint>
#include <functional>
#include <span>

#include "audio/audio_buffer.h"
#include "render/limiter.h"

namespace undersong {

struct MasteringOptions {
  double target_lufs = -14.0;       // integrated; what YouTube plays at. -70…-5
  double ceiling_dbtp = -1.0;       // -20…0
  double tolerance_lu = 0.05;       // how close the loudness is brought to the target
  double most_reduction_db = 15.0;  // peaks are pressed down no further than this: rather too quiet
                                    // than crushed
};

// Errors: kUsage for a number out of range. master() does this too; call it before long work.
void check_options(const MasteringOptions& options);

struct MasteringReport {
  double loudness_lufs = 0.0;   // of the result; minus infinity for silence
  double target_lufs = -14.0;   // what was asked for
  double true_peak_dbtp = 0.0;  // of the result
  double range_lu = 0.0;        // LRA of the result
  double gain_db = 0.0;         // before the limiter
  double reduction_db = 0.0;    // the most that the limiter took, >= 0
  int passes = 0;               // how often the loudness was measured to get there
};

// Sound that can be read again and again, wherever it lies.
struct SoundSource {
  int sample_rate = 48000;
  int channels = 2;
  std::int64_t frames = 0;
  // kLoop: the end goes on at the beginning, so the limiter's gain has to go on there too.
  enum class End : std::uint8_t { kSilence, kLoop };
  End end = End::kSilence;
  // Fills `samples`, interleaved, from frame `first` on. Errors: the source's.
  std::function<void(std::int64_t first, std::span<float> samples)> read = nullptr;
};

// What mastering does to a sound: one gain, and the limiter's curve.
struct Mastered {
  float gain = 1.0F;  // linear
  detail::GainCurve curve;
  MasteringReport report;

  // To interleaved frames that begin with the sound's frame `first`. The same for every part of a
  // sum as for the sum.
  void apply(std::int64_t first, int channels, std::span<float> samples) const;
};

// Brings the sound to the target by one constant gain and, where that lifts peaks over the ceiling,
// a look-ahead limiter (5 ms, 4x polyphase peak detection, 80 ms release); the gain is corrected
// until the result measures right. Silence stays as it is. Sound shorter than the 400 ms that
// BS.1770 measures is taken as followed by silence up to that length.
//
// Cost: O(frames): the source is read once, and again for each measurement (mostly one). A
// sixteenth
//       of a float for each sample, and a few blocks.
// Errors: kUsage for options out of range; the source's; kCancelled.
Mastered find_mastering(const SoundSource& source, const MasteringOptions& options);

// The same, in place.
MasteringReport master(AudioBuffer& audio, const MasteringOptions& options);

}  // namespace undersong
