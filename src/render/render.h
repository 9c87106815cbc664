#pragma once
// Score -> sound, by FluidSynth (this module is its only user).
//
// Goals: every note at its time (at most 64 frames late, 1.33 ms at 48 kHz, never early); the same
// sound on every run with one FluidSynth build; a natural end. Non-goals: playing live, system
// exclusive messages (a score's are ignored).

#include <filesystem>

#include "audio/audio_buffer.h"
#include "base/progress.h"
#include "score/score.h"

namespace undersong {

// The longest piece that is rendered: sound is held in memory whole, 23 MB a minute.
inline constexpr double kLongestRenderSeconds = 2 * 3600.0;

struct RenderOptions {
  std::filesystem::path soundfont;  // empty: find_soundfont() chooses
  int sample_rate = 48000;          // Hz, 8000-96000
  double gain = 0.2;                // FluidSynth's synth.gain, 0-10; mastering sets the level later
  double longest_tail_seconds = 8.0;  // how long the last notes may ring; then they fade
};

// Plays `score` from tick 0 and lets it ring out: until no voice sounds and the reverb is 90 dB
// below the loudest sample, at most `longest_tail_seconds`; the end is faded, so that it never
// clicks.
//
// Channels: a track's notes play on the channel that they carry; channel 9 is percussion. When
// tracks share a channel and set different programs on it, each plays with its own.
// Cost: O(length * sounding voices). Looks for cancellation several times a second of music.
// Errors: kUsage for a score without notes, longer than kLongestRenderSeconds, or options out of
// range; kNotFound and kFormat for the SoundFont.
AudioBuffer render(const Score& score, const RenderOptions& options, Progress& progress);

}  // namespace undersong
