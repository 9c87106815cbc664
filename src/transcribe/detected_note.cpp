#include "transcribe/detected_note.h"

#include <algorithm>
#include <tuple>

namespace undersong {

void sort_notes(std::vector<DetectedNote>& notes) {
  std::stable_sort(notes.begin(), notes.end(), [](const DetectedNote& a, const DetectedNote& b) {
    return std::tie(a.onset_seconds, a.pitch, a.offset_seconds) <
           std::tie(b.onset_seconds, b.pitch, b.offset_seconds);
  });
}

}  // namespace undersong
