#pragma once
// What transcription hears, before there are bars and ticks: a note in seconds.

#include <vector>

namespace undersong {

struct DetectedNote {
  double onset_seconds = 0.0;   // from the beginning of the recording
  double offset_seconds = 0.0;  // later than the onset
  int pitch = 60;               // MIDI, 60 is middle C
  int velocity = 64;            // 1 to 127
  double confidence = 0.0;      // in [0, 1]: how sure the network was of it

  bool operator==(const DetectedNote&) const = default;
};

// By onset, then pitch, then offset.
void sort_notes(std::vector<DetectedNote>& notes);

}  // namespace undersong
