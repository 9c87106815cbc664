#pragma once
// Where something begins to sound. Goals: a listener that takes blocks as they come, beside the
// pitch network, and keeps so little that hours are fine. Non-goals: what begins there
// (detected_note.h, drum_hits.h).

#include <memory>
#include <span>
#include <vector>

#include "transcribe/band_levels.h"

namespace undersong {

// Hears a recording once, block by block:
//
//   OnsetStrength onsets;
//   while (const std::size_t n = read(block)) onsets.hear(std::span(block).first(n));
//   const BandLevels levels = onsets.finish();
//
// The same samples give the same levels, however they are cut into blocks. The transform is
// kissfft's, in single precision; its result is rounded to 0.375 dB before anything decides by it.
class OnsetStrength {
 public:
  OnsetStrength();
  ~OnsetStrength();
  OnsetStrength(OnsetStrength&&) noexcept;
  OnsetStrength& operator=(OnsetStrength&&) noexcept;

  // Shapes: samples [n], mono at kHeardSampleRate. What is not finite counts as silence.
  // Cost:   a transform of kLevelWindowSamples a frame of kLevelHopSamples.
  void hear(std::span<const float> samples);
  // The frames of all that was heard, 1 + samples / kLevelHopSamples of them (none without
  // samples). Nothing is heard after it.
  BandLevels finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Which bands of the levels; from `first` to before `last`.
struct BandRange {
  int first = 0;
  int last = BandLevels::kBands;
};

// How much begins to sound at each frame: the sum over bands of how much their loudness rose within
// 20 ms, where a band counts against the loudest of its neighbours before, so that vibrato is no
// onset. Loudness is the logarithm of amplitude above 40 dB below the recording's loud frames. A
// click's peak is at its frame, within one.
//
// Shapes: result [levels.frames()], at least 0.
// Source: Böck and Widmer 2013, "Maximum filter vibrato suppression for onset detection".
std::vector<float> onset_curve(const BandLevels& levels, BandRange bands = {});

// The level that one frame in fifty passes in its loudest band; 0 for silence.
int loud_level(const BandLevels& levels);

}  // namespace undersong
