#include "plot/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace undersong {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST(SvgDocument, IsAWholeFile) {
  SvgDocument svg(80.0, 40.5, "a < b");
  const std::string file = svg.finish();
  EXPECT_THAT(file, StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"80\" "
                               "height=\"40.5\" viewBox=\"0 0 80 40.5\""));
  EXPECT_THAT(file, HasSubstr("<title>a &lt; b</title>"));
  EXPECT_THAT(file, HasSubstr("@media screen and (prefers-color-scheme:dark)"));
  EXPECT_THAT(file, EndsWith("</svg>\n"));
}

TEST(SvgDocument, DrawsWhatItIsTold) {
  SvgDocument svg(80.0, 40.0, "");
  svg.polyline(std::vector<PlotPoint>{{1, 2}, {3.5, 4.25}}, "line-0");
  svg.text({1, 2}, "\"R&B\"", "label", Anchor::kEnd);
  svg.rectangle({1, 2}, 3, 4, "fill-1", 0.5);
  const std::string file = svg.finish();
  EXPECT_THAT(file, HasSubstr("<polyline class=\"line-0\" points=\"1,2 3.5,4.25\"/>"));
  EXPECT_THAT(file, HasSubstr("text-anchor=\"end\">&quot;R&amp;B&quot;</text>"));
  EXPECT_THAT(file, HasSubstr("class=\"fill-1\" fill-opacity=\"0.5\"/>"));
}

TEST(EscapeXml, LeavesOutWhatXmlCannotSay) {
  EXPECT_EQ(escape_xml(std::string("a\x01\x00z\n", 5)), "az\n");
  EXPECT_EQ(escape_xml("Étude 鋼琴"), "Étude 鋼琴");
}

TEST(Coordinate, IsShort) {
  EXPECT_EQ(coordinate(12.0), "12");
  EXPECT_EQ(coordinate(0.5), "0.5");
  EXPECT_EQ(coordinate(-3.256), "-3.26");
  EXPECT_EQ(coordinate(-0.001), "0");
  EXPECT_EQ(coordinate(100.0), "100");
}

TEST(Shortened, CutsBetweenCharacters) {
  EXPECT_EQ(shortened("Étude", 5), "Étude");
  EXPECT_EQ(shortened("Étude", 3), "Ét…");
  EXPECT_EQ(shortened("鋼琴曲集", 2), "鋼…");
}

TEST(SeriesStyle, StartsOverAfterTheLastColour) {
  EXPECT_EQ(series_style("line", 3), "line-3");
  EXPECT_EQ(series_style("fill", kSeriesColours), "fill-0");
}

}  // namespace
}  // namespace undersong
