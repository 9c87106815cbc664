#pragma once
// Where numbers lie: smooth curves over one axis, or every number as a dot with its quartiles.

#include <string>
#include <vector>

namespace undersong {

struct DensityCurve {
  std::string name;
  double low = 0.0;  // of the first value's place on the axis
  double high = 1.0;
  std::vector<double> values;  // evenly from low to high; not negative
};

struct DensityChart {
  std::string title;
  std::string x_label;  // "distance"
  std::vector<DensityCurve> curves;
};

// An SVG file, 480 by 260 pixels. Curves of one value or none are named in the legend alone.
std::string draw(const DensityChart& chart);

struct DotRow {
  std::string name;
  std::vector<double> values;  // those that are not finite are left out
};

struct DotChart {
  std::string title;
  std::string x_label;
  std::vector<DotRow> rows;
};

// An SVG file, 480 pixels wide: a row a set, with a dot a number, a box from the first quartile to
// the third and a line at the median. Of more than 400 numbers of a row 400 are drawn, evenly.
std::string draw(const DotChart& chart);

}  // namespace undersong
