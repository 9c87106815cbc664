#pragma once
// Counts as horizontal bars, in panels side by side.

#include <string>
#include <vector>

namespace undersong {

struct Bar {
  std::string label;
  double value = 0.0;  // not negative
};

// Each panel has a scale of its own, since the most and the least frequent would not fit on one;
// every bar carries its number.
struct BarPanel {
  std::string heading;
  std::string remark;  // under the heading; may be empty
  std::vector<Bar> bars;
};

struct BarChart {
  std::string title;
  std::string subtitle;
  std::vector<BarPanel> panels;
};

// An SVG file, as wide as its panels (320 pixels each) and as high as the longest.
std::string draw(const BarChart& chart);

}  // namespace undersong
