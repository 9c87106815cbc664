#pragma once
// Where the beats of a recording lie and how they make bars.

#include <span>
#include <vector>

#include "transcribe/detected_note.h"

namespace undersong {

struct BeatGrid {
  std::vector<double> beats;  // seconds, ascending; empty where no beat can be told
  int beats_per_bar = 4;      // 2, 3 or 4
  int first_position = 0;     // of beats[0] in its bar, from 0
  int parts = 2;              // of a beat: 2, or 3 for compound meters (6/8, 9/8, 12/8)
  double bpm = 120.0;         // beats a minute, median
  double confidence = 0.0;    // how alike the recording is to itself a beat later, 0-1

  bool has_beat() const { return !beats.empty(); }
};

// Beats by dynamic programming over time and period, so that the tempo may drift; of the tempo and
// its multiples that explain the onsets the one nearest to what people tap. Bars from where basses
// and long notes begin and where the harmony changes.
//
// `onsets`: how much begins to sound, every kLevelFrameSeconds (onset_curve of onset_strength.h);
// may be empty. `notes`: sorted; may be empty. Both have the same zero of time.
// Cost: some 150 steps a frame and candidate; 13 bytes a frame.
// Source: Ellis 2007, "Beat tracking by dynamic programming"; the period as a second state as in
// Krebs, Böck and Widmer 2015, "An efficient state space model for joint tempo and meter tracking".
BeatGrid find_beats(std::span<const float> onsets, std::span<const DetectedNote> notes);

// Sets beats_per_bar, first_position and parts from the notes. Precondition: has_beat().
void find_bars(std::span<const DetectedNote> notes, BeatGrid& grid);

// Where a time lies, in beats from beats[0]; beyond the ends the outermost periods go on.
// Precondition: at least two beats.
double beat_at(const BeatGrid& grid, double seconds);
// The way back.
double seconds_of_beat(const BeatGrid& grid, double beat);

}  // namespace undersong
