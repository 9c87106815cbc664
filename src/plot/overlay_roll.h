#pragma once
// Two pieces over each other: where they agree, and where not.

#include <cstdint>
#include <string>
#include <vector>

namespace undersong {

// Whose note it is. Each has a shape of its own, so that the picture works without colours.
enum class OverlayPart : std::uint8_t {
  kOnlyFirst,   // a pale bar
  kOnlySecond,  // a frame
  kBoth         // a full bar
};

struct OverlayNote {
  double onset = 0.0;  // in the unit of the bar lines
  double duration = 0.0;
  int pitch = 60;  // 60 is C4
  OverlayPart part = OverlayPart::kBoth;
};

struct OverlayRoll {
  std::string title;
  std::string subtitle;  // how the second was moved onto the first
  std::string first;     // names for the legend
  std::string second;
  std::string time_label;  // "bars of a.mid"
  std::vector<OverlayNote> notes;
  double begin = 0.0;  // of the picture; notes are cut at both ends
  double end = 1.0;
  std::vector<double> bar_lines;  // onsets of bars, ascending
  std::int64_t first_bar = 1;     // number of the first of bar_lines
};

// An SVG file, 1000 pixels wide and as high as its range of pitches.
std::string draw(const OverlayRoll& roll);

}  // namespace undersong
