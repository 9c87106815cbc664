#include "plot/density_chart.h"

#include <algorithm>
#include <cmath>

#include "base/quantile.h"
#include "plot/scale.h"
#include "plot/svg.h"

namespace undersong {
namespace {

constexpr double kWidth = 480.0;
constexpr double kLeft = 20.0;
constexpr double kRight = kWidth - 20.0;
constexpr double kFontSize = 12.0;

// The axis under both charts.
void draw_axis(SvgDocument& svg, const Scale& x, double bottom, const std::string& label) {
  for (const auto& tick : x.ticks(6)) {
    const double at = x.pixel(tick.value);
    svg.line({at, bottom}, {at, bottom + 5}, "axis");
    svg.text({at, bottom + 19}, tick.label, "faint", Anchor::kMiddle);
  }
  svg.line({x.pixel(x.low()), bottom}, {x.pixel(x.high()), bottom}, "axis");
  svg.text({(kLeft + kRight) / 2, bottom + 38}, label, "label", Anchor::kMiddle);
}

void draw_legend(SvgDocument& svg, const std::vector<DensityCurve>& curves) {
  double x = kLeft;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const std::string name = shortened(curves[i].name, 26);
    svg.rectangle({x, 45}, 14, 4, series_style("fill", i));
    svg.text({x + 20, 51}, name, "label");
    x += 20 + text_width(name, kFontSize) + 16;
  }
}

bool is_curve(const DensityCurve& curve) {
  return curve.values.size() > 1 && curve.low < curve.high;
}

void draw_curve(SvgDocument& svg, const DensityCurve& curve, const Scale& x, const Scale& y,
                std::size_t index) {
  std::vector<PlotPoint> points;
  for (std::size_t i = 0; i < curve.values.size(); ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(curve.values.size() - 1);
    points.push_back(
        {x.pixel(curve.low + share * (curve.high - curve.low)), y.pixel(curve.values[i])});
  }
  std::vector<PlotPoint> area = points;
  area.push_back({points.back().x, y.pixel(0.0)});
  area.push_back({points.front().x, y.pixel(0.0)});
  svg.area(area, series_style("fill", index), 0.14);
  svg.polyline(points, series_style("line", index));
}

struct Extent {
  double low = INFINITY;
  double high = -INFINITY;

  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool empty() const { return low > high; }
};

std::string nothing_to_show(const std::string& title, double height) {
  SvgDocument svg(kWidth, height, title);
  svg.text({kLeft, 28}, title, "title");
  svg.text({kWidth / 2, height / 2}, "nothing to show", "faint", Anchor::kMiddle);
  return svg.finish();
}

// Sorted, finite ones alone.
std::vector<double> shown_values(const DotRow& row) {
  std::vector<double> values;
  std::copy_if(row.values.begin(), row.values.end(), std::back_inserter(values),
               [](double value) { return std::isfinite(value); });
  std::sort(values.begin(), values.end());
  return values;
}

constexpr double kRowHeight = 46.0;
constexpr double kDotTop = 44.0;
constexpr std::size_t kMostDots = 400;

void draw_dots(SvgDocument& svg, const std::vector<double>& values, const Scale& x, double y,
               std::size_t index) {
  const std::size_t dots = std::min(values.size(), kMostDots);
  for (std::size_t i = 0; i < dots; ++i) {
    const double value = values[i * values.size() / dots];
    // Three lanes, so that neighbours do not hide each other.
    svg.dot({x.pixel(value), y + 4.0 * (static_cast<double>(i % 3) - 1.0)}, 2.0,
            series_style("fill", index), 0.45);
  }
}

void draw_row(SvgDocument& svg, const DotRow& row, const Scale& x, std::size_t index) {
  const double top = kDotTop + kRowHeight * static_cast<double>(index);
  const auto values = shown_values(row);
  svg.text({kLeft, top + 12.0}, shortened(row.name, 60), "label");
  const double middle = top + 29.0;
  if (values.empty()) {
    svg.text({kLeft, middle + 4.0}, "no track has it", "faint");
    return;
  }
  const double first = x.pixel(quantile(values, 0.25));
  const double third = x.pixel(quantile(values, 0.75));
  svg.rectangle({first, middle - 9.0}, std::max(1.0, third - first), 18.0,
                series_style("fill", index), 0.16);
  draw_dots(svg, values, x, middle, index);
  const double median = x.pixel(quantile(values, 0.5));
  svg.rectangle({median - 1.0, middle - 11.0}, 2.0, 22.0, series_style("fill", index));
}

}  // namespace

std::string draw(const DensityChart& chart) {
  constexpr double kHeight = 260.0;
  constexpr double kBottom = 208.0;
  Extent x_extent, y_extent;
  for (const auto& curve : chart.curves) {
    if (!is_curve(curve)) continue;
    x_extent.include(curve.low);
    x_extent.include(curve.high);
    for (const double value : curve.values) y_extent.include(value);
  }
  if (x_extent.empty() || !(y_extent.high > 0.0) || !std::isfinite(y_extent.high))
    return nothing_to_show(chart.title, kHeight);
  SvgDocument svg(kWidth, kHeight, chart.title);
  svg.text({kLeft, 28}, chart.title, "title");
  draw_legend(svg, chart.curves);
  const Scale x(ScaleKind::kLinear, x_extent.low, x_extent.high, kLeft, kRight);
  const Scale y(ScaleKind::kLinear, 0.0, y_extent.high, kBottom, 64.0);
  for (std::size_t i = 0; i < chart.curves.size(); ++i) {
    if (is_curve(chart.curves[i])) draw_curve(svg, chart.curves[i], x, y, i);
  }
  draw_axis(svg, x, kBottom, chart.x_label);
  return svg.finish();
}

std::string draw(const DotChart& chart) {
  Extent extent;
  for (const auto& row : chart.rows) {
    for (const double value : shown_values(row)) extent.include(value);
  }
  const double bottom = kDotTop + kRowHeight * static_cast<double>(chart.rows.size()) + 6.0;
  if (extent.empty()) return nothing_to_show(chart.title, bottom + 48.0);
  SvgDocument svg(kWidth, bottom + 48.0, chart.title);
  svg.text({kLeft, 28}, chart.title, "title");
  const double air = 0.02 * (extent.high - extent.low);
  const Scale x(ScaleKind::kLinear, extent.low - air, extent.high + air, kLeft, kRight);
  for (std::size_t i = 0; i < chart.rows.size(); ++i) draw_row(svg, chart.rows[i], x, i);
  draw_axis(svg, x, bottom, chart.x_label);
  return svg.finish();
}

}  // namespace undersong
