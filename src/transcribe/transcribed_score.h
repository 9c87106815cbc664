#pragma once
// What was heard, as music: notes in seconds become notes in bars.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "score/score.h"
#include "transcribe/beat_grid.h"
#include "transcribe/detected_note.h"

namespace undersong {

// Of a drum; `key` is General MIDI's, 36 for a kick.
struct DetectedHit {
  double seconds = 0.0;
  int key = 36;
  int velocity = 64;  // 1 to 127
  double confidence = 0.0;

  bool operator==(const DetectedHit&) const = default;
};

struct ScoreOptions {
  bool quantise = false;  // onsets and ends on the likeliest grid of each beat
  int program = 0;        // General MIDI, 0-127
  std::string name = "Transcription";
};

struct TranscribedScore {
  Score score;
  // By how much the score begins before the recording, so that its first bar is whole: 0 where the
  // music begins late enough. Tick 0 lies so long before the recording's beginning.
  double lead_in_seconds = 0.0;
};

// Bars begin at downbeats, 480 ticks a quarter. Beats are quarter notes, in compound meters (6/8)
// dotted ones. Tempo changes stand where the tempo leaves the one before it by enough to move a
// note 10 ms, so that a steady recording has few. Without a beat: 120 BPM and 4/4.
//
// Unquantised, every note begins and ends within 10 ms of where it was heard. Quantised, each beat
// has halves, quarters, thirds or sixths, whichever fits what begins in it and beside it; notes of
// one pitch that meet share the place one after the other. No note is lost, and none is empty.
TranscribedScore to_score(std::span<const DetectedNote> notes, std::span<const DetectedHit> hits,
                          const BeatGrid& grid, const ScoreOptions& options);

// How many equal parts each beat from the first to the last has: 4 or 6 (2 and 3 lie on these), or
// 1 where nothing begins. By beats of `onsets` (beat_at of what begins), sorted.
std::vector<int> parts_of_beats(std::span<const double> onsets, int parts_of_meter, int beats);

}  // namespace undersong
