#include "plot/heat_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"
#include "plot/scale.h"
#include "plot/svg.h"

namespace undersong {
namespace {

constexpr double kMargin = 24.0;
constexpr double kFontSize = 12.0;
constexpr double kMostPixels = 480.0;  // of the cells in one direction
constexpr double kWidestCell = 44.0;
constexpr double kLegend = 96.0;
constexpr std::size_t kLongestLabel = 28;
// Text in a cell is read against its shade.
constexpr double kShadeUnderText = 0.6;

// Means of square blocks, where the matrix is too large to be seen cell by cell.
HeatMap reduced(const HeatMap& map) {
  const std::size_t block = (std::max(map.rows, map.columns) + map.most_cells - 1) / map.most_cells;
  if (block <= 1) return map;
  HeatMap small = map;
  small.rows = (map.rows + block - 1) / block;
  small.columns = (map.columns + block - 1) / block;
  small.values.assign(small.rows * small.columns, 0.0);
  std::vector<double> cells(small.values.size(), 0.0);
  for (std::size_t row = 0; row < map.rows; ++row) {
    for (std::size_t column = 0; column < map.columns; ++column) {
      const double value = map.values[row * map.columns + column];
      if (!std::isfinite(value)) continue;
      const std::size_t to = row / block * small.columns + column / block;
      small.values[to] += value;
      cells[to] += 1.0;
    }
  }
  // 0 / 0 is not finite: an empty cell, as wanted.
  for (std::size_t i = 0; i < cells.size(); ++i) small.values[i] /= cells[i];
  small.units_per_cell *= static_cast<double>(block);
  small.row_labels.clear();
  small.column_labels.clear();
  small.texts.clear();
  return small;
}

struct Range {
  double low = 0.0;
  double high = 1.0;
};

Range range_of(const HeatMap& map) {
  Range range{INFINITY, -INFINITY};
  for (const double value : map.values) {
    if (!std::isfinite(value)) continue;
    range = {std::min(range.low, value), std::max(range.high, value)};
  }
  if (range.low > range.high) range = {0.0, 1.0};
  return {map.low.value_or(range.low), map.high.value_or(range.high)};
}

// Draws one matrix that is small enough.
class HeatDrawing {
 public:
  explicit HeatDrawing(const HeatMap& map)
      : map_(map),
        range_(range_of(map)),
        cell_(cell_size(map)),
        columns_have_names_(labels_fit(map, cell_)),
        left_(left_margin()),
        top_(map.column_axis.empty() ? 72.0 : 92.0),
        right_(left_ + cell_ * static_cast<double>(map.columns)),
        bottom_(top_ + cell_ * static_cast<double>(map.rows)),
        svg_(std::max(right_ + kLegend, kMargin + text_width(map.title, 16.0) + kMargin),
             bottom_ + kMargin, map.title) {}

  std::string draw() {
    svg_.text({kMargin, 30}, map_.title, "title");
    draw_frame();
    draw_cells();
    draw_texts();
    draw_row_axis();
    draw_column_axis();
    if (map_.texts.empty()) draw_legend();
    return svg_.finish();
  }

 private:
  // A whole number of pixels, and even where there is room, so that the middle of a cell is one
  // too.
  static double cell_size(const HeatMap& map) {
    const auto most = static_cast<double>(std::max<std::size_t>({1, map.rows, map.columns}));
    const double size = std::clamp(std::floor(kMostPixels / most), 1.0, kWidestCell);
    return size > 2.0 ? std::floor(size / 2.0) * 2.0 : size;
  }

  static bool labels_fit(const HeatMap& map, double cell) {
    return std::all_of(map.column_labels.begin(), map.column_labels.end(), [&](const auto& label) {
      return text_width(label, kFontSize) < cell - 2.0;
    });
  }

  // Columns whose names do not fit are numbered, and so are the rows that explain them.
  std::string row_label(std::size_t row) const {
    const std::string label = shortened(map_.row_labels[row], kLongestLabel);
    return columns_have_names_ ? label : fmt::format("{}  {}", label, row + 1);
  }

  double left_margin() const {
    double widest = text_width("1,000", kFontSize);
    for (std::size_t row = 0; row < map_.row_labels.size(); ++row)
      widest = std::max(widest, text_width(row_label(row), kFontSize));
    return kMargin + widest + 10.0;
  }

  double x_of(double column) const { return left_ + cell_ * column; }
  double y_of(double row) const { return top_ + cell_ * row; }

  void draw_frame() { svg_.rectangle({left_, top_}, right_ - left_, bottom_ - top_, "panel"); }

  int level_of(double value) const {
    if (!std::isfinite(value)) return 0;
    if (range_.high <= range_.low) return value > 0.0 ? kHeatLevels - 1 : 0;
    const double share = std::clamp((value - range_.low) / (range_.high - range_.low), 0.0, 1.0);
    return static_cast<int>(std::lround(share * (kHeatLevels - 1)));
  }

  double opacity_of(int level) const {
    const double share = static_cast<double>(level) / (kHeatLevels - 1);
    return map_.texts.empty() ? share : kShadeUnderText * share;
  }

  // One element a shade, neighbours of a row in one stroke.
  void draw_cells() {
    std::array<std::vector<Stroke>, kHeatLevels> strokes;
    for (std::size_t row = 0; row < map_.rows; ++row) {
      const double* values = &map_.values[row * map_.columns];
      for (std::size_t begin = 0; begin < map_.columns;) {
        const int level = level_of(values[begin]);
        std::size_t end = begin + 1;
        while (end < map_.columns && level_of(values[end]) == level) ++end;
        strokes[static_cast<std::size_t>(level)].push_back(
            {{x_of(static_cast<double>(begin)), y_of(static_cast<double>(row) + 0.5)},
             cell_ * static_cast<double>(end - begin)});
        begin = end;
      }
    }
    for (int level = 1; level < kHeatLevels; ++level) {
      svg_.strokes(strokes[static_cast<std::size_t>(level)], cell_, series_style("line", 0),
                   opacity_of(level));
    }
  }

  void draw_texts() {
    for (std::size_t i = 0; i < map_.texts.size(); ++i) {
      const std::size_t row = i / map_.columns;
      const std::size_t column = i % map_.columns;
      svg_.text(
          {x_of(static_cast<double>(column) + 0.5), y_of(static_cast<double>(row) + 0.5) + 4.0},
          map_.texts[i], "label", Anchor::kMiddle);
    }
  }

  void draw_row_axis() {
    svg_.text({kMargin, top_ - 8.0}, map_.row_axis, "faint");
    for (std::size_t row = 0; row < map_.row_labels.size(); ++row) {
      svg_.text({left_ - 8.0, y_of(static_cast<double>(row) + 0.5) + 4.0}, row_label(row), "label",
                Anchor::kEnd);
    }
    if (!map_.row_labels.empty()) return;
    for (const auto& tick : ticks(map_.rows)) {
      const double y = y_of(tick.value / map_.units_per_cell);
      svg_.line({left_ - 5.0, y}, {left_, y}, "axis");
      svg_.text({left_ - 8.0, y + 4.0}, tick.label, "faint", Anchor::kEnd);
    }
  }

  void draw_column_axis() {
    svg_.text({(left_ + right_) / 2.0, top_ - 28.0}, map_.column_axis, "faint", Anchor::kMiddle);
    for (std::size_t column = 0; column < map_.column_labels.size(); ++column) {
      svg_.text({x_of(static_cast<double>(column) + 0.5), top_ - 8.0},
                columns_have_names_ ? map_.column_labels[column] : std::to_string(column + 1),
                "label", Anchor::kMiddle);
    }
    if (!map_.column_labels.empty()) return;
    for (const auto& tick : ticks(map_.columns)) {
      const double x = x_of(tick.value / map_.units_per_cell);
      svg_.line({x, top_ - 5.0}, {x, top_}, "axis");
      svg_.text({x, top_ - 9.0}, tick.label, "faint", Anchor::kMiddle);
    }
  }

  std::vector<Tick> ticks(std::size_t cells) const {
    const double end = static_cast<double>(cells) * map_.units_per_cell;
    return Scale(ScaleKind::kLinear, 0.0, end, 0.0, 1.0).ticks(6);
  }

  void draw_legend() {
    const double x = right_ + 18.0;
    const double height = std::min(bottom_ - top_, 160.0);
    const double step = height / kHeatLevels;
    svg_.text({x, top_ - 8.0}, map_.value_label, "faint");
    svg_.rectangle({x, top_}, 12.0, height, "panel");
    for (int level = 1; level < kHeatLevels; ++level) {
      svg_.rectangle({x, top_ + height - step * (level + 1)}, 12.0, step, series_style("fill", 0),
                     opacity_of(level));
    }
    const double unit = range_.high > range_.low ? round_step(range_.high - range_.low, 20) : 1.0;
    svg_.text({x + 18.0, top_ + 10.0}, tick_label(range_.high, unit), "faint");
    svg_.text({x + 18.0, top_ + height}, tick_label(range_.low, unit), "faint");
  }

  const HeatMap& map_;
  Range range_;
  double cell_;
  bool columns_have_names_;
  double left_;
  double top_;
  double right_;
  double bottom_;
  SvgDocument svg_;
};

}  // namespace

std::string draw(const HeatMap& map) {
  UNDERSONG_CHECK(map.values.size() == map.rows * map.columns);
  UNDERSONG_CHECK(map.row_labels.empty() || map.row_labels.size() == map.rows);
  UNDERSONG_CHECK(map.column_labels.empty() || map.column_labels.size() == map.columns);
  UNDERSONG_CHECK(map.texts.empty() || map.texts.size() == map.values.size());
  return HeatDrawing(reduced(map)).draw();
}

}  // namespace undersong
