#include "plot/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "plot/line_chart.h"
#include "plot/svg.h"
#include "support/well_formed.h"

namespace undersong {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

std::string whole_page() {
  Page page("Lieder <& more>", "50 tracks");
  page.section("Texture \"H1\"");
  page.paragraph("a < b");
  page.remark("what it says");
  page.list(std::vector<std::string>{"one", "two & three"});
  page.facts(std::vector<std::pair<std::string, std::string>>{{"seed", "7"}});
  page.table({"Means", {{"track"}, {"H1", CellKind::kNumber}}, {{"<a>", "2.81"}, {"b", "–"}}});
  page.section("Pictures");
  page.subsection("Losses");
  page.figure({draw(LineChart{}), "by epoch"});
  page.begin_details("All of them");
  page.figures(std::vector<Figure>{{draw(LineChart{}), ""}, {draw(LineChart{}), "again"}});
  page.end_details();
  return page.finish();
}

TEST(Page, IsOneWholeFileWhoseTagsAllClose) {
  const std::string html = whole_page();
  EXPECT_THAT(html, StartsWith("<!DOCTYPE html>\n<html lang=\"en\">"));
  EXPECT_THAT(html, EndsWith("</html>\n"));
  EXPECT_EQ(nesting_problem(html), std::nullopt);
}

TEST(Page, EscapesWhatItIsTold) {
  const std::string html = whole_page();
  EXPECT_EQ(count(html, "Lieder &lt;&amp; more&gt;"), 2U) << "its title and its heading";
  EXPECT_THAT(html, HasSubstr("<p>a &lt; b</p>"));
  EXPECT_THAT(html, HasSubstr("<td>&lt;a&gt;</td>"));
  EXPECT_THAT(html, HasSubstr("<li>two &amp; three</li>"));
}

TEST(Page, NeedsNothingFromElsewhere) {
  const std::string html = whole_page();
  EXPECT_THAT(html, Not(HasSubstr("http")));
  EXPECT_THAT(html, Not(HasSubstr("src=")));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("url(")));
}

TEST(Page, HasTheStyleSheetOfItsPicturesOnce) {
  const std::string html = whole_page();
  EXPECT_EQ(count(html, "<svg"), 3U);
  EXPECT_EQ(count(html, "<style>"), 2U) << "the pictures' and the page's";
  EXPECT_EQ(count(html, std::string(svg_style_sheet())), 1U);
}

TEST(Page, LinksItsSections) {
  const std::string html = whole_page();
  EXPECT_THAT(html, HasSubstr("<a href=\"#section-1\">Texture &quot;H1&quot;</a>"));
  EXPECT_THAT(html, HasSubstr("<h2 id=\"section-2\">Pictures</h2>"));
  EXPECT_THAT(html, Not(HasSubstr("#section-3")));
}

TEST(Page, PutsNumbersToTheRight) {
  const std::string html = whole_page();
  EXPECT_THAT(html, HasSubstr("<th>track</th><th class=\"number\">H1</th>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"number\">2.81</td>"));
}

TEST(Page, KnowsDarkAndPaper) {
  const std::string html = whole_page();
  EXPECT_EQ(count(html, "@media screen and (prefers-color-scheme:dark)"), 2U);
  EXPECT_THAT(html, HasSubstr("@media print"));
}

TEST(Page, RefusesWhatIsFoldedWithoutAnEnd) {
  Page page("", "");
  EXPECT_THROW(page.end_details(), std::logic_error);
  page.begin_details("more");
  EXPECT_THROW(page.finish(), std::logic_error);
}

TEST(NestingProblem, FindsWhatIsWrong) {
  EXPECT_EQ(nesting_problem("<a><b/><c d=\"e\">x</c></a>"), std::nullopt);
  EXPECT_TRUE(nesting_problem("<a><b></a></b>"));
  EXPECT_TRUE(nesting_problem("<a>"));
  EXPECT_TRUE(nesting_problem("</a>"));
  EXPECT_TRUE(nesting_problem("<a"));
}

}  // namespace
}  // namespace undersong
