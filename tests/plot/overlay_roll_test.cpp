#include "plot/overlay_roll.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace undersong {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

OverlayRoll two_bars() {
  OverlayRoll roll;
  roll.title = "a.mid <1>";
  roll.first = "a.mid";
  roll.second = "b.mid";
  roll.end = 8.0;
  roll.bar_lines = {0.0, 4.0, 8.0};
  roll.first_bar = 17;
  roll.notes = {{0.0, 1.0, 60, OverlayPart::kBoth},
                {1.0, 1.0, 62, OverlayPart::kOnlyFirst},
                {1.0, 1.0, 64, OverlayPart::kOnlySecond}};
  return roll;
}

TEST(OverlayRoll, GivesEachPartAShapeOfItsOwn) {
  const std::string svg = draw(two_bars());
  EXPECT_EQ(count(svg, "class=\"fill-6\""), 2U) << "a note and the legend";
  EXPECT_EQ(count(svg, "class=\"fill-0\" fill-opacity"), 2U);
  EXPECT_EQ(count(svg, "fill=\"none\""), 2U);
  EXPECT_THAT(svg, HasSubstr(">only in b.mid</text>"));
  EXPECT_THAT(svg, HasSubstr("a.mid &lt;1&gt;"));
}

TEST(OverlayRoll, NumbersBarsAsThePieceDoes) {
  const std::string svg = draw(two_bars());
  EXPECT_THAT(svg, HasSubstr(">17</text>"));
  EXPECT_THAT(svg, HasSubstr(">18</text>"));
  EXPECT_THAT(svg, Not(HasSubstr(">19</text>"))) << "it begins where the picture ends";
}

TEST(OverlayRoll, CutsNotesAtItsEnds) {
  OverlayRoll roll = two_bars();
  roll.begin = 4.0;
  roll.notes = {{0.0, 1.0, 60, OverlayPart::kBoth}, {7.0, 100.0, 62, OverlayPart::kOnlyFirst}};
  const std::string svg = draw(roll);
  EXPECT_EQ(count(svg, "class=\"fill-6\""), 1U) << "the legend alone";
  // 7 to 8 of 4 … 8 is a quarter of 920 pixels, less the gap.
  EXPECT_THAT(svg, HasSubstr("x=\"746\""));
  EXPECT_THAT(svg, HasSubstr("width=\"229.5\""));
}

TEST(OverlayRoll, DrawsNothingToo) { EXPECT_THAT(draw(OverlayRoll{}), HasSubstr("</svg>")); }

}  // namespace
}  // namespace undersong
