#pragma once
// A report as one HTML file that opens anywhere: no scripts, no fonts, no pictures from elsewhere.
//
// Goals: headings, text, tables and the pictures of this module in one style, light and dark,
// readable on paper; the same input gives the same bytes. Non-goals: layout beyond one column and
// a grid of pictures, interaction beyond folding.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace undersong {

enum class CellKind : std::uint8_t {
  kText,    // left
  kNumber,  // right, digits of one width
};

struct PageColumn {
  std::string heading;
  CellKind kind = CellKind::kText;
};

struct PageTable {
  std::string caption;  // may be empty
  std::vector<PageColumn> columns;
  std::vector<std::vector<std::string>> rows;  // one cell a column
};

struct Figure {
  std::string svg;  // a whole file, as draw() gives it
  std::string caption;
};

// Builds one page from top to bottom. All text is escaped.
class Page {
 public:
  // `remark` stands under the title; may be empty.
  Page(std::string_view title, std::string_view remark);

  // Sections stand in the table of contents, subsections do not.
  void section(std::string_view heading);
  void subsection(std::string_view heading);

  void paragraph(std::string_view text);
  // Smaller and paler: what a number means.
  void remark(std::string_view text);
  void list(std::span<const std::string> items);
  // Names with their values, a line each.
  void facts(std::span<const std::pair<std::string, std::string>> facts);
  void table(const PageTable& table);
  void figure(const Figure& figure);
  // Side by side as far as the window is wide.
  void figures(std::span<const Figure> figures);

  // What is between stands folded until somebody opens it; paper shows it. May be nested.
  void begin_details(std::string_view summary);
  void end_details();

  // The whole file. The page is spent afterwards.
  std::string finish();

 private:
  std::string title_;
  std::string remark_;
  std::string body_;
  std::vector<std::string> sections_;
  int open_details_ = 0;
};

}  // namespace undersong
