#pragma once
// Lines over a common axis: losses by epoch.

#include <string>
#include <vector>

#include "plot/scale.h"
#include "plot/svg.h"

namespace undersong {

struct Series {
  std::string name;
  std::vector<PlotPoint> points;  // in the units of the axes, ascending in x
};

// A point that is told beside the lines: "best: 3.01 at epoch 20".
struct Mark {
  PlotPoint at;
  std::string text;
  std::size_t series = 0;  // whose colour it takes
};

struct LineChart {
  std::string title;
  std::string x_label;  // "epoch"
  std::string y_label;  // "nats per symbol"
  ScaleKind y_scale = ScaleKind::kLinear;
  std::vector<Series> series;
  std::vector<Mark> marks;
};

// An SVG file, 800 by 450 pixels. Points that no axis can show (not finite, or not positive on a
// logarithmic axis) leave a gap. Series longer than the picture is wide are thinned to the extremes
// of each pixel.
std::string draw(const LineChart& chart);

}  // namespace undersong
