#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <regex>

#include "plot/bar_chart.h"
#include "plot/line_chart.h"
#include "plot/piano_roll.h"

namespace undersong {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

LineChart losses() {
  LineChart chart;
  chart.title = "LSTM <512>";
  chart.x_label = "epoch";
  chart.y_label = "nats";
  chart.series = {{"train", {{1, 4.0}, {2, 2.0}, {3, 1.0}}}, {"held out", {{1, 4.0}, {3, 3.0}}}};
  chart.marks = {{{3, 3.0}, "best 3.0", 1}};
  return chart;
}

TEST(LineChart, HasALineASeriesAndItsNameInTheLegend) {
  const std::string svg = draw(losses());
  EXPECT_EQ(count(svg, "<polyline"), 2U);
  EXPECT_EQ(count(svg, ">train</text>"), 1U);
  EXPECT_EQ(count(svg, ">held out</text>"), 1U);
  EXPECT_EQ(count(svg, ">best 3.0</text>"), 1U);
  EXPECT_THAT(svg, HasSubstr(">LSTM &lt;512&gt;</text>"));
  EXPECT_THAT(svg, HasSubstr(">epoch</text>"));
}

TEST(LineChart, PutsEqualValuesAtEqualHeights) {
  const std::string svg = draw(losses());
  std::smatch first, second;
  ASSERT_TRUE(std::regex_search(svg, first, std::regex("line-0\" points=\"([0-9.,]+)")));
  ASSERT_TRUE(std::regex_search(svg, second, std::regex("line-1\" points=\"([0-9.,]+)")));
  EXPECT_EQ(first[1], second[1]);
}

TEST(LineChart, LeavesAGapWhereThereIsNoNumber) {
  LineChart chart = losses();
  chart.series = {
      {"a",
       {{1, 1}, {2, 1}, {3, std::numeric_limits<double>::quiet_NaN()}, {4, 1}, {5, 1}, {6, 1}}}};
  EXPECT_EQ(count(draw(chart), "<polyline"), 2U);
  chart.series[0].points[2].y = 0.0;
  EXPECT_EQ(count(draw(chart), "<polyline"), 1U);
  chart.y_scale = ScaleKind::kLogarithmic;
  EXPECT_EQ(count(draw(chart), "<polyline"), 2U) << "0 has no logarithm";
}

TEST(LineChart, DrawsASinglePointAsADot) {
  LineChart chart = losses();
  chart.series = {{"a", {{1, 3.0}}}};
  chart.marks.clear();
  const std::string svg = draw(chart);
  EXPECT_EQ(count(svg, "<circle"), 1U);
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
}

TEST(LineChart, SaysWhenThereIsNothingToShow) {
  LineChart chart = losses();
  chart.series.clear();
  EXPECT_THAT(draw(chart), HasSubstr("nothing to show yet"));
}

TEST(LineChart, ThinsALongSeriesButKeepsItsExtremes) {
  LineChart chart = losses();
  chart.marks.clear();
  chart.series = {{"a", {}}};
  for (int i = 0; i < 100000; ++i)
    chart.series[0].points.push_back({static_cast<double>(i), i == 77777 ? 100.0 : i % 7 * 1.0});
  const std::string svg = draw(chart);
  EXPECT_LT(svg.size(), 60000U);
  const std::size_t start = svg.find(" points=");
  const std::string list = svg.substr(start, svg.find("/>", start) - start);
  // The one high value stands at the top: 5 % of air in a picture from 72 to 396.
  EXPECT_THAT(list, HasSubstr(",87.43"));
}

TEST(BarChart, HasABarAndANumberForEachValue) {
  BarChart chart;
  chart.title = "Symbols";
  chart.panels = {{"Most", "times", {{"C4", 1200.0}, {"D4", 600.0}}},
                  {"Least", "", {{"0.4", 10}}},
                  {"Rare", "", {}}};
  const std::string svg = draw(chart);
  EXPECT_EQ(count(svg, "class=\"fill-0\""), 2U);
  EXPECT_EQ(count(svg, "class=\"fill-1\""), 1U);
  EXPECT_EQ(count(svg, ">1,200</text>"), 1U);
  EXPECT_EQ(count(svg, ">none</text>"), 1U);
}

TEST(BarChart, DrawsLengthsInProportion) {
  BarChart chart;
  chart.panels = {{"", "", {{"a", 1000.0}, {"b", 250.0}}}};
  const std::string svg = draw(chart);
  std::vector<double> widths;
  const std::regex bar("width=\"([0-9.]+)\" height=\"13\" class=\"fill-0\"");
  for (std::sregex_iterator it(svg.begin(), svg.end(), bar), end; it != end; ++it)
    widths.push_back(std::stod((*it)[1]));
  ASSERT_EQ(widths.size(), 2U);
  EXPECT_NEAR(widths[0] / widths[1], 4.0, 0.01);
}

TEST(PianoRoll, HasARectangleANoteInItsTracksColour) {
  PianoRoll roll;
  roll.tracks = {"Piano", "Bass"};
  roll.notes = {{0.0, 1.0, 60, 0, 1.0}, {1.0, 1.0, 64, 0, 0.0}, {0.0, 4.0, 36, 1, 0.5}};
  roll.bar_lines = {0.0, 2.0};
  const std::string svg = draw(roll);
  EXPECT_EQ(count(svg, "class=\"fill-0\""), 3U) << "two notes and the legend";
  EXPECT_EQ(count(svg, "class=\"fill-1\""), 2U);
  EXPECT_EQ(count(svg, ">C4</text>"), 1U);
  EXPECT_THAT(svg, HasSubstr("fill-opacity=\"0.35\""));
}

TEST(PianoRoll, DrawsAnEmptyPiece) { EXPECT_THAT(draw(PianoRoll{}), HasSubstr("</svg>")); }

TEST(Charts, AreTheSameBytesEachTime) { EXPECT_EQ(draw(losses()), draw(losses())); }

}  // namespace
}  // namespace undersong
