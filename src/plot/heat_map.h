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
};

// An SVG file, as large as its cells. Shades are rounded to kHeatLevels, so that the file stays
// small; of a matrix of more than kMostHeatCells rows or columns blocks of cells are averaged.
inline constexpr int kHeatLevels = 16;
inline constexpr std::size_t kMostHeatCells = 240;
std::string draw(const HeatMap& map);

}  // namespace undersong
