#pragma once
// Notes over time, pitch upwards, a colour a track.

#include <string>
#include <vector>

namespace undersong {

struct RollNote {
  double onset = 0.0;  // in the unit of the time axis, seconds or quarter notes
  double duration = 0.0;
  int pitch = 60;          // 60 is C4
  std::size_t track = 0;   // index into PianoRoll::tracks
  double loudness = 0.75;  // 0 (pale) to 1
};

struct PianoRoll {
  std::string title;
  std::string time_label;  // "seconds"
  std::vector<std::string> tracks;
  std::vector<RollNote> notes;
  std::vector<double> bar_lines;  // onsets of the bars; the numbers of the bars stand on them
};

// An SVG file, 1000 pixels wide and as high as its range of pitches.
std::string draw(const PianoRoll& roll);

}  // namespace undersong
