#pragma once
// The last step: the right loudness, and no true peak above the ceiling.

#include "audio/audio_buffer.h"

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
  double true_peak_dbtp = 0.0;  // of the result
  double range_lu = 0.0;        // LRA of the result
  double gain_db = 0.0;         // before the limiter
  double reduction_db = 0.0;    // the most that the limiter took, >= 0
  int passes = 0;               // how often the loudness was measured to get there
};

// Brings `audio` to the target by one constant gain and, where that lifts peaks over the ceiling,
// a look-ahead limiter (5 ms, 4x polyphase peak detection, 80 ms release); the gain is corrected
// until the result measures right. Silence stays as it is. Sound shorter than the 400 ms that
// BS.1770 measures is taken as followed by silence up to that length.
//
// Cost: O(samples), in place, with 8 bytes a frame beside it.
// Errors: kUsage for options out of range.
MasteringReport master(AudioBuffer& audio, const MasteringOptions& options);

}  // namespace undersong
