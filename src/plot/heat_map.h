#pragma once
// A matrix as cells, the more the darker: similarities, transitions, confusions.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace undersong {

struct HeatMap {
  std::string title;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> values;  // [rows * columns], row after row; not finite: an empty cell

  // Values at and beyond which a cell is empty or full; unset: the extremes of `values`.
  std::optional<double> low;
  std::optional<double> high;
  std::string value_label;  // what the cells show, over the scale of shades: "distance"

  std::string row_axis;                    // "true style"; may be empty
  std::string column_axis;                 // "guessed style"
  std::vector<std::string> row_labels;     // one a row, or none: then the axis has numbers
  std::vector<std::string> column_labels;  // one a column, or none
  double units_per_cell = 1.0;             // of the axes that have numbers: seconds a frame

  std::vector<std::string> texts;  // [rows * columns] written into the cells; may be empty

  // Rows and columns that are drawn at most; of a larger matrix blocks of cells are averaged.
  std::size_t most_cells = 240;
};

// An SVG file, as large as its cells. Shades are rounded to kHeatLevels, so that the file stays
// small: at its largest some 200 KB, if every cell differs from its neighbours.
inline constexpr int kHeatLevels = 16;
std::string draw(const HeatMap& map);

}  // namespace undersong
