#include "plot/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace undersong {
namespace {

constexpr std::string_view kFont = "system-ui, 'Helvetica Neue', Arial, sans-serif";

// Both palettes keep their hues apart for colour-blind readers and 3:1 from their background.
constexpr std::array<std::string_view, kSeriesColours> kOnLight = {
    "#2a78d6", "#d95f22", "#12906a", "#b07a00", "#c2447f", "#4f7d12", "#5a49b8", "#cf3a3a"};
constexpr std::array<std::string_view, kSeriesColours> kOnDark = {
    "#5a9cf0", "#f08a52", "#35bd8f", "#e0ab3a", "#e884b0", "#93bf4a", "#a99cf5", "#f07a7a"};

std::string series_rules(const std::array<std::string_view, kSeriesColours>& colours) {
  std::string rules;
  for (std::size_t i = 0; i < colours.size(); ++i) {
    rules += fmt::format(".fill-{0}{{fill:{1}}}.line-{0}{{stroke:{1}}}", i, colours[i]);
  }
  return rules;
}

std::string style_sheet() {
  return fmt::format(
      "<style>text{{font-family:{}}}"
      ".page{{fill:#ffffff}}.panel{{fill:#f1f3f5}}"
      ".title{{font-size:16px;font-weight:600;fill:#1a1c1f}}"
      ".label{{font-size:12px;fill:#33373c}}.faint{{font-size:12px;fill:#62676d}}"
      // Keeps text readable where it crosses a line.
      ".halo{{stroke:#ffffff;stroke-width:4px;paint-order:stroke;stroke-linejoin:round}}"
      ".grid{{stroke:#e1e4e8;stroke-width:1}}.axis{{stroke:#8a9097;stroke-width:1}}"
      "polyline{{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}}"
      "circle{{stroke-width:2}}{}"
      // On paper light, whatever the reader's screen.
      "@media screen and (prefers-color-scheme:dark){{.page{{fill:#15171a}}.panel{{fill:#23262b}}"
      ".title{{fill:#f2f4f6}}.label{{fill:#d3d7dc}}.faint{{fill:#9aa1a9}}"
      ".halo{{stroke:#15171a}}"
      ".grid{{stroke:#2d3238}}.axis{{stroke:#6d747c}}{}}}</style>\n",
      kFont, series_rules(kOnLight), series_rules(kOnDark));
}

bool starts_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

std::size_t character_count(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += starts_character(c) ? 1U : 0U;
  return count;
}

}  // namespace

SvgDocument::SvgDocument(double width, double height, std::string_view title) {
  body_ = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
      "viewBox=\"0 0 {0} {1}\" role=\"img\">\n<title>{2}</title>\n{3}",
      coordinate(width), coordinate(height), escape_xml(title), svg_style_sheet());
  rectangle({0, 0}, width, height, "page");
}

void SvgDocument::rectangle(PlotPoint corner, double width, double height, std::string_view style,
                            double opacity) {
  body_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" class=\"{}\"",
                       coordinate(corner.x), coordinate(corner.y), coordinate(width),
                       coordinate(height), style);
  if (opacity < 1.0) body_ += fmt::format(" fill-opacity=\"{}\"", coordinate(opacity));
  body_ += "/>\n";
}

void SvgDocument::outline(PlotPoint corner, double width, double height, std::string_view style,
                          double thickness) {
  body_ += fmt::format(
      "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\" stroke-width=\"{}\" "
      "class=\"{}\"/>\n",
      coordinate(corner.x + thickness / 2), coordinate(corner.y + thickness / 2),
      coordinate(std::max(0.0, width - thickness)), coordinate(std::max(0.0, height - thickness)),
      coordinate(thickness), style);
}

void SvgDocument::line(PlotPoint from, PlotPoint to, std::string_view style) {
  body_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" class=\"{}\"/>\n",
                       coordinate(from.x), coordinate(from.y), coordinate(to.x), coordinate(to.y),
                       style);
}

void SvgDocument::polyline(std::span<const PlotPoint> points, std::string_view style) {
  body_ += fmt::format("<polyline class=\"{}\" points=\"", style);
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i > 0) body_ += ' ';
    body_ += coordinate(points[i].x) + "," + coordinate(points[i].y);
  }
  body_ += "\"/>\n";
}

void SvgDocument::area(std::span<const PlotPoint> corners, std::string_view style, double opacity) {
  body_ += fmt::format("<polygon class=\"{}\" fill-opacity=\"{}\" points=\"", style,
                       coordinate(opacity));
  for (std::size_t i = 0; i < corners.size(); ++i) {
    if (i > 0) body_ += ' ';
    body_ += coordinate(corners[i].x) + "," + coordinate(corners[i].y);
  }
  body_ += "\"/>\n";
}

void SvgDocument::strokes(std::span<const Stroke> strokes, double height, std::string_view style,
                          double opacity) {
  if (strokes.empty()) return;
  body_ += fmt::format(
      "<path class=\"{}\" stroke-width=\"{}\" stroke-opacity=\"{}\" "
      "shape-rendering=\"crispEdges\" d=\"",
      style, coordinate(height), coordinate(opacity));
  for (const Stroke& stroke : strokes) {
    body_ += "M" + coordinate(stroke.start.x) + " " + coordinate(stroke.start.y) + "h" +
             coordinate(stroke.length);
  }
  body_ += "\"/>\n";
}

void SvgDocument::dot(PlotPoint centre, double radius, std::string_view style, double opacity) {
  body_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" class=\"{}\" fill-opacity=\"{}\"/>\n",
                       coordinate(centre.x), coordinate(centre.y), coordinate(radius), style,
                       coordinate(opacity));
}

void SvgDocument::circle(PlotPoint centre, double radius, std::string_view style) {
  body_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" class=\"{}\"/>\n",
                       coordinate(centre.x), coordinate(centre.y), coordinate(radius), style);
}

void SvgDocument::text(PlotPoint baseline, std::string_view text, std::string_view style,
                       Anchor anchor) {
  constexpr std::array<std::string_view, 3> kAnchors = {"start", "middle", "end"};
  body_ += fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\" text-anchor=\"{}\">{}</text>\n",
                       coordinate(baseline.x), coordinate(baseline.y), style,
                       kAnchors[static_cast<std::size_t>(anchor)], escape_xml(text));
}

std::string SvgDocument::finish() { return std::move(body_) + "</svg>\n"; }

std::string_view svg_style_sheet() {
  static const std::string kSheet = style_sheet();
  return kSheet;
}

std::string escape_xml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default:
        if (static_cast<unsigned char>(c) >= ' ' || c == '\n' || c == '\t') escaped += c;
    }
  }
  return escaped;
}

std::string coordinate(double value) {
  std::string text = fmt::format("{:.2f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

double text_width(std::string_view text, double size) {
  // The mean advance of digits and lower-case letters in the fonts named above.
  constexpr double kWidthPerSize = 0.56;
  return kWidthPerSize * size * static_cast<double>(character_count(text));
}

std::string shortened(std::string_view text, std::size_t most) {
  if (character_count(text) <= most || most == 0) return std::string(text);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (starts_character(text[i]) && kept++ == most - 1)
      return std::string(text.substr(0, i)) + "…";
  }
  return std::string(text);
}

std::string series_style(std::string_view prefix, std::size_t index) {
  return fmt::format("{}-{}", prefix, index % kSeriesColours);
}

}  // namespace undersong
