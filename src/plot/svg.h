#pragma once
// Pictures as SVG text.
//
// Goals: the few charts that the program shows, readable on light and dark pages, without a
// library; the same input gives the same bytes. Non-goals: interaction, every kind of chart.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace undersong {

// In pixels from the upper left corner.
struct PlotPoint {
  double x = 0.0;
  double y = 0.0;
};

enum class Anchor { kStart, kMiddle, kEnd };

// Colours that tell series and tracks apart; further ones start over.
inline constexpr std::size_t kSeriesColours = 8;

// A horizontal bar: where the middle of its left edge stands, and how long it is.
struct Stroke {
  PlotPoint start;
  double length = 0.0;
};

// Builds one picture. `style` names classes of its style sheet, which knows both light and dark:
// "title", "label", "faint" (text), beside them "halo"; "grid", "axis" (lines); "panel" (areas);
// and "fill-N" and "line-N" for the series colours N = 0…7.
class SvgDocument {
 public:
  // `title` is for screen readers; it is not drawn.
  SvgDocument(double width, double height, std::string_view title);

  void rectangle(PlotPoint corner, double width, double height, std::string_view style,
                 double opacity = 1.0);
  // The frame of a rectangle, `thickness` pixels, drawn inside it; style "line-N" or "axis".
  void outline(PlotPoint corner, double width, double height, std::string_view style,
               double thickness);
  void line(PlotPoint from, PlotPoint to, std::string_view style);
  void polyline(std::span<const PlotPoint> points, std::string_view style);
  // A closed shape.
  void area(std::span<const PlotPoint> corners, std::string_view style, double opacity = 1.0);
  // Many bars of one height in one element, with crisp edges.
  void strokes(std::span<const Stroke> strokes, double height, std::string_view style,
               double opacity = 1.0);
  // A filled circle without a border.
  void dot(PlotPoint centre, double radius, std::string_view style, double opacity = 1.0);
  void circle(PlotPoint centre, double radius, std::string_view style);
  void text(PlotPoint baseline, std::string_view text, std::string_view style,
            Anchor anchor = Anchor::kStart);

  // The whole file. The document is spent afterwards.
  std::string finish();

 private:
  std::string body_;
};

// The <style> element of every picture. A page that holds several takes it out of each and has it
// once (plot/page.h).
std::string_view svg_style_sheet();

// `text` for XML, in content and attributes; control characters, which XML cannot say, are left
// out.
std::string escape_xml(std::string_view text);

// Shortest form with at most two decimals: "12", "0.5", "-3.25".
std::string coordinate(double value);

// Roughly how wide `text` is, in pixels, at a font of `size` pixels.
double text_width(std::string_view text, double size);

// `text`, with its end replaced by an ellipsis when it is longer than `most` characters.
std::string shortened(std::string_view text, std::size_t most);

// "line-3" and the like.
std::string series_style(std::string_view prefix, std::size_t index);

}  // namespace undersong
