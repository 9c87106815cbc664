#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <regex>

#include "plot/density_chart.h"
#include "plot/heat_map.h"
#include "support/well_formed.h"

namespace undersong {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

HeatMap square(std::size_t size) {
  HeatMap map;
  map.title = "Similarity";
  map.rows = map.columns = size;
  map.values.assign(size * size, 0.0);
  for (std::size_t i = 0; i < size; ++i) map.values[i * size + i] = 1.0;
  return map;
}

TEST(HeatMap, DrawsEqualNeighboursInOneStroke) {
  HeatMap map = square(2);
  map.values = {1.0, 1.0, 0.0, 1.0};
  const std::string svg = draw(map);
  // Cells of 44 pixels: a row of both, then the right one of the second row.
  EXPECT_EQ(count(svg, "<path"), 1U);
  const std::regex strokes("d=\"M([0-9.]+) [0-9.]+h88M([0-9.]+) [0-9.]+h44\"");
  std::smatch found;
  ASSERT_TRUE(std::regex_search(svg, found, strokes)) << svg;
  EXPECT_NEAR(std::stod(found[2]) - std::stod(found[1]), 44.0, 0.01);
}

TEST(HeatMap, IsPaleWhereThereIsLittle) {
  HeatMap map = square(3);
  map.values = {0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 2.0, -2.0, 0.0};
  map.low = 0.0;
  map.high = 1.0;
  const std::string svg = draw(map);
  for (const char* opacity : {"0.2", "0.4", "0.6", "0.8", "1"})
    EXPECT_EQ(count(svg, "stroke-opacity=\"" + std::string(opacity) + "\""), 1U) << opacity;
}

TEST(HeatMap, NamesItsRowsAndColumns) {
  HeatMap map = square(2);
  map.row_labels = map.column_labels = {"C", "D<"};
  map.texts = {"7", "0", "1", "9"};
  const std::string svg = draw(map);
  EXPECT_EQ(count(svg, ">C</text>"), 2U);
  EXPECT_EQ(count(svg, ">D&lt;</text>"), 2U);
  EXPECT_EQ(count(svg, ">9</text>"), 1U);
}

TEST(HeatMap, NumbersColumnsWhoseNamesDoNotFit) {
  HeatMap map = square(2);
  map.row_labels = map.column_labels = {"Franz Schubert", "Mozart"};
  const std::string svg = draw(map);
  EXPECT_EQ(count(svg, ">Franz Schubert  1</text>"), 1U);
  EXPECT_EQ(count(svg, ">2</text>"), 1U);
}

TEST(HeatMap, StaysSmallAtItsLargest) {
  HeatMap map = square(240);
  // A quarter of the cells in no order: worse than music.
  std::uint32_t state = 1;
  for (double& value : map.values) {
    state = state * 1664525U + 1013904223U;
    value = state >> 30U == 0 ? static_cast<double>(state % 1000U) / 1000.0 : -2.0;
  }
  map.low = 0.0;
  EXPECT_LT(draw(map).size(), 250'000U);
}

TEST(HeatMap, AveragesWhatIsTooLargeToSee) {
  HeatMap map = square(1000);
  const std::string svg = draw(map);
  EXPECT_LT(svg.size(), 20'000U);
  EXPECT_THAT(svg, HasSubstr(">1,000</text>")) << "the axis still counts cells";
}

TEST(HeatMap, LeavesCellsWithoutANumberEmpty) {
  HeatMap map = square(2);
  map.values.assign(4, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(count(draw(map), "<path"), 0U);
  EXPECT_THAT(draw(HeatMap{}), HasSubstr("</svg>"));
}

TEST(DensityChart, HasAnAreaALineAndANameForEachCurve) {
  DensityChart chart;
  chart.title = "pitch count";
  chart.curves = {{"within a", 0.0, 2.0, {0.0, 1.0, 0.0}},
                  {"between", 1.0, 4.0, {0.0, 0.5, 0.0}},
                  {"within b", 0.0, 0.0, {}}};
  const std::string svg = draw(chart);
  EXPECT_EQ(count(svg, "<polygon"), 2U);
  EXPECT_EQ(count(svg, "<polyline"), 2U);
  EXPECT_EQ(count(svg, ">within b</text>"), 1U);
  EXPECT_EQ(nesting_problem(svg), std::nullopt);
}

TEST(DensityChart, PutsCurvesOnOneAxis) {
  DensityChart chart;
  chart.curves = {{"a", 0.0, 4.0, {1.0, 1.0}}, {"b", 1.0, 3.0, {1.0, 1.0}}};
  // 440 pixels from 0 to 4.
  EXPECT_THAT(draw(chart), HasSubstr("class=\"line-1\" points=\"130,64 350,64\""));
}

TEST(DensityChart, SaysWhenThereIsNothingToShow) {
  EXPECT_THAT(draw(DensityChart{}), HasSubstr("nothing to show"));
  EXPECT_THAT(draw(DotChart{}), HasSubstr("nothing to show"));
}

TEST(DotChart, HasADotANumberAndALineAtTheMedian) {
  DotChart chart;
  chart.rows = {{"a", {0.0, 1.0, 10.0, std::numeric_limits<double>::infinity()}}, {"b", {}}};
  const std::string svg = draw(chart);
  EXPECT_EQ(count(svg, "<circle"), 3U);
  EXPECT_THAT(svg, HasSubstr("no track has it"));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
  // The axis runs from -0.2 to 10.2 over 440 pixels from 20; the line is two pixels wide.
  const double median = 20.0 + 440.0 * 1.2 / 10.4 - 1.0;
  std::smatch found;
  ASSERT_TRUE(
      std::regex_search(svg, found, std::regex("x=\"([0-9.]+)\" y=\"[0-9.]+\" width=\"2\"")));
  EXPECT_NEAR(std::stod(found[1]), median, 0.01);
}

TEST(DotChart, ThinsManyNumbers) {
  DotChart chart;
  chart.rows = {{"a", {}}};
  for (int i = 0; i < 10000; ++i) chart.rows[0].values.push_back(i);
  EXPECT_EQ(count(draw(chart), "<circle"), 400U);
}

}  // namespace
}  // namespace undersong
