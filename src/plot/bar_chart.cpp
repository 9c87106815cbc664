#include "plot/bar_chart.h"

#include <algorithm>
#include <cmath>

#include "plot/scale.h"
#include "plot/svg.h"

namespace undersong {
namespace {

constexpr double kMargin = 24.0;
constexpr double kPanelWidth = 320.0;
constexpr double kPanelGap = 28.0;
constexpr double kTop = 116.0;
constexpr double kRow = 20.0;
constexpr double kBarHeight = 13.0;
constexpr double kFontSize = 12.0;
constexpr std::size_t kLongestLabel = 18;

std::string number(double value) {
  return tick_label(value, value == std::floor(value) ? 1.0 : 0.01);
}

void draw_panel(SvgDocument& svg, const BarPanel& panel, std::size_t index) {
  const double left = kMargin + static_cast<double>(index) * (kPanelWidth + kPanelGap);
  svg.text({left, kTop - 32}, panel.heading, "label");
  svg.text({left, kTop - 15}, panel.remark, "faint");

  double widest_label = 0.0;
  double widest_number = 0.0;
  double largest = 0.0;
  for (const auto& bar : panel.bars) {
    widest_label =
        std::max(widest_label, text_width(shortened(bar.label, kLongestLabel), kFontSize));
    widest_number = std::max(widest_number, text_width(number(bar.value), kFontSize));
    largest = std::max(largest, bar.value);
  }
  const double start = left + widest_label + 10.0;
  const double room = left + kPanelWidth - start - widest_number - 8.0;
  for (std::size_t i = 0; i < panel.bars.size(); ++i) {
    const Bar& bar = panel.bars[i];
    const double y = kTop + static_cast<double>(i) * kRow;
    const double length = largest > 0.0 ? std::max(1.0, room * bar.value / largest) : 0.0;
    svg.text({start - 8, y + 11}, shortened(bar.label, kLongestLabel), "label", Anchor::kEnd);
    svg.rectangle({start, y}, length, kBarHeight, series_style("fill", index));
    svg.text({start + length + 6, y + 11}, number(bar.value), "faint");
  }
  if (panel.bars.empty()) svg.text({left, kTop + 11}, "none", "faint");
}

}  // namespace

std::string draw(const BarChart& chart) {
  std::size_t rows = 1;
  for (const auto& panel : chart.panels) rows = std::max(rows, panel.bars.size());
  const auto panels = static_cast<double>(std::max<std::size_t>(1, chart.panels.size()));
  const double width = 2 * kMargin + panels * kPanelWidth + (panels - 1.0) * kPanelGap;
  SvgDocument svg(width, kTop + static_cast<double>(rows) * kRow + kMargin, chart.title);
  svg.text({kMargin, 30}, chart.title, "title");
  svg.text({kMargin, 52}, chart.subtitle, "faint");
  for (std::size_t i = 0; i < chart.panels.size(); ++i) draw_panel(svg, chart.panels[i], i);
  return svg.finish();
}

}  // namespace undersong
