#include "plot/line_chart.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace undersong {
namespace {

constexpr double kWidth = 800.0;
constexpr double kHeight = 450.0;
constexpr double kTop = 72.0;
constexpr double kBottom = 396.0;
constexpr double kRight = 776.0;
constexpr double kFontSize = 12.0;

struct Bounds {
  PlotPoint low;
  PlotPoint high;
};

bool is_shown(const PlotPoint& point, ScaleKind y_scale) {
  return std::isfinite(point.x) && std::isfinite(point.y) &&
         (y_scale == ScaleKind::kLinear || point.y > 0.0);
}

std::optional<Bounds> bounds_of(const LineChart& chart) {
  std::optional<Bounds> bounds;
  for (const auto& series : chart.series) {
    for (const auto& point : series.points) {
      if (!is_shown(point, chart.y_scale)) continue;
      if (!bounds) bounds = Bounds{point, point};
      bounds->low = {std::min(bounds->low.x, point.x), std::min(bounds->low.y, point.y)};
      bounds->high = {std::max(bounds->high.x, point.x), std::max(bounds->high.y, point.y)};
    }
  }
  return bounds;
}

// A little air above and below; a linear axis that nearly reaches 0 starts there.
Bounds with_air(Bounds bounds, ScaleKind y_scale) {
  if (y_scale == ScaleKind::kLogarithmic) {
    const double factor = std::pow(bounds.high.y / bounds.low.y, 0.05);
    bounds.low.y /= factor;
    bounds.high.y *= factor;
    return bounds;
  }
  const double span = bounds.high.y - bounds.low.y;
  const bool is_near_zero = bounds.low.y >= 0.0 && bounds.low.y < 0.5 * bounds.high.y;
  bounds.low.y = is_near_zero ? 0.0 : bounds.low.y - 0.05 * span;
  bounds.high.y += 0.05 * span;
  return bounds;
}

// Draws one chart that has something to show.
class LineDrawing {
 public:
  LineDrawing(const LineChart& chart, const Bounds& bounds)
      : chart_(chart),
        svg_(kWidth, kHeight, chart.title),
        y_(chart.y_scale, bounds.low.y, bounds.high.y, kBottom, kTop),
        x_(ScaleKind::kLinear, bounds.low.x, bounds.high.x, left_margin(), kRight) {}

  std::string draw() {
    svg_.text({24, 30}, chart_.title, "title");
    draw_axes();
    draw_legend();
    for (std::size_t i = 0; i < chart_.series.size(); ++i) draw_series(i);
    for (const auto& mark : chart_.marks) draw_mark(mark);
    return svg_.finish();
  }

 private:
  double left_margin() const {
    double widest = 0.0;
    for (const auto& tick : y_.ticks(6))
      widest = std::max(widest, text_width(tick.label, kFontSize));
    return 34.0 + widest;
  }

  void draw_axes() {
    const double left = x_.pixel(x_.low());
    for (const auto& tick : y_.ticks(6)) {
      const double y = y_.pixel(tick.value);
      svg_.line({left, y}, {kRight, y}, "grid");
      svg_.text({left - 8, y + 4}, tick.label, "faint", Anchor::kEnd);
    }
    for (const auto& tick : x_.ticks(8)) {
      const double x = x_.pixel(tick.value);
      svg_.line({x, kBottom}, {x, kBottom + 5}, "axis");
      svg_.text({x, kBottom + 20}, tick.label, "faint", Anchor::kMiddle);
    }
    svg_.line({left, kBottom}, {kRight, kBottom}, "axis");
    svg_.text({(left + kRight) / 2, kHeight - 12}, chart_.x_label, "label", Anchor::kMiddle);
  }

  // On the line of the y axis' name: that stands left, the series from the right.
  void draw_legend() {
    svg_.text({24, 54}, chart_.y_label, "label");
    const double start = 24.0 + text_width(chart_.y_label, kFontSize) + 20.0;
    const auto share =
        (kRight - start) / static_cast<double>(std::max<std::size_t>(1, chart_.series.size()));
    const auto longest =
        static_cast<std::size_t>(std::max(4.0, (share - 44.0) / text_width("x", kFontSize)));
    double right = kRight;
    for (std::size_t i = chart_.series.size(); i-- > 0;) {
      const std::string name = shortened(chart_.series[i].name, longest);
      right -= text_width(name, kFontSize);
      svg_.text({right, 54}, name, "label");
      svg_.rectangle({right - 24, 49}, 18, 3, series_style("fill", i));
      right -= 44;
    }
  }

  void draw_series(std::size_t index) {
    std::vector<PlotPoint> run;
    for (const auto& point : chart_.series[index].points) {
      if (is_shown(point, chart_.y_scale)) {
        run.push_back({x_.pixel(point.x), y_.pixel(point.y)});
      } else {
        draw_run(run, index);
        run.clear();
      }
    }
    draw_run(run, index);
  }

  void draw_run(const std::vector<PlotPoint>& run, std::size_t index) {
    if (run.size() == 1) svg_.circle(run[0], 2.5, series_style("fill", index));
    if (run.size() > 1) svg_.polyline(thinned(run), series_style("line", index));
  }

  // At most four points a pixel column: its first, its extremes and its last.
  static std::vector<PlotPoint> thinned(const std::vector<PlotPoint>& run) {
    if (run.size() <= static_cast<std::size_t>(kWidth)) return run;
    std::vector<PlotPoint> kept;
    for (std::size_t begin = 0; begin < run.size();) {
      std::size_t end = begin, lowest = begin, highest = begin;
      for (; end < run.size() && std::floor(run[end].x) == std::floor(run[begin].x); ++end) {
        if (run[end].y < run[lowest].y) lowest = end;
        if (run[end].y > run[highest].y) highest = end;
      }
      std::vector<std::size_t> wanted = {begin, lowest, highest, end - 1};
      std::sort(wanted.begin(), wanted.end());
      wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
      for (const std::size_t i : wanted) kept.push_back(run[i]);
      begin = end;
    }
    return kept;
  }

  void draw_mark(const Mark& mark) {
    if (!is_shown(mark.at, chart_.y_scale)) return;
    const PlotPoint at = {x_.pixel(mark.at.x), y_.pixel(mark.at.y)};
    svg_.circle(at, 4.5, series_style("line", mark.series) + " page");
    const bool is_right = at.x > kWidth * 0.6;
    // Above the line, except where the text would leave the picture.
    const double y = at.y - 12 < kTop ? at.y + 20 : at.y - 12;
    svg_.text({at.x + (is_right ? 6 : -6), y}, mark.text, "label halo",
              is_right ? Anchor::kEnd : Anchor::kStart);
  }

  const LineChart& chart_;
  SvgDocument svg_;
  Scale y_;
  Scale x_;
};

}  // namespace

std::string draw(const LineChart& chart) {
  const auto bounds = bounds_of(chart);
  if (bounds) return LineDrawing(chart, with_air(*bounds, chart.y_scale)).draw();
  SvgDocument svg(kWidth, kHeight, chart.title);
  svg.text({24, 30}, chart.title, "title");
  svg.text({kWidth / 2, kHeight / 2}, "nothing to show yet", "faint", Anchor::kMiddle);
  return svg.finish();
}

}  // namespace undersong
