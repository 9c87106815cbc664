#include "plot/page.h"

#include <fmt/format.h>

#include "base/check.h"
#include "plot/svg.h"

namespace undersong {
namespace {

// The colours are those of the pictures. On paper everything is dark on white, tables and pictures
// stay whole, and what is folded is shown.
constexpr std::string_view kStyle =
    "*{box-sizing:border-box}"
    "body{margin:0 auto;padding:2rem 1.25rem 4rem;max-width:68rem;"
    "font:16px/1.5 system-ui,'Helvetica Neue',Arial,sans-serif;color:#1a1c1f;background:#ffffff}"
    "h1{font-size:1.9rem;line-height:1.2;margin:0 0 .3rem}"
    "h2{font-size:1.35rem;line-height:1.25;margin:2.8rem 0 .6rem;padding-top:1rem;"
    "border-top:1px solid #e1e4e8}"
    "h3{font-size:1.05rem;margin:1.8rem 0 .4rem}"
    "p,ul{margin:.5rem 0;max-width:46rem}"
    ".remark,figcaption,caption{color:#62676d;font-size:.875rem}"
    "a{color:#2a78d6;text-decoration:none}a:hover{text-decoration:underline}"
    "nav{margin:1.4rem 0;padding:.8rem 1.1rem;background:#f1f3f5;border-radius:6px}"
    "nav ol{margin:0;padding-left:1.4rem;columns:18rem auto}"
    ".wide{overflow-x:auto;margin:.9rem 0}"
    "table{border-collapse:collapse;font-size:.875rem;line-height:1.35}"
    "caption{text-align:left;padding-bottom:.35rem}"
    "th,td{padding:.28rem .8rem .28rem 0;text-align:left;vertical-align:top;"
    "border-bottom:1px solid #e1e4e8}"
    "th{font-weight:600;vertical-align:bottom;border-bottom-color:#8a9097}"
    "th.number,td.number{text-align:right;padding-left:.8rem;padding-right:0;"
    "font-variant-numeric:tabular-nums;white-space:nowrap}"
    "th.number{white-space:normal}"
    "th.number+th:not(.number),td.number+td:not(.number){padding-left:1.6rem}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.2rem;margin:.8rem 0}"
    "dt{color:#62676d}dd{margin:0;overflow-wrap:anywhere}"
    "figure{margin:1rem 0}figure svg{display:block;max-width:100%;height:auto}"
    ".grid-of-figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));"
    "gap:0 1.4rem;align-items:start}"
    "details{margin:.8rem 0;padding:.1rem 0}"
    "summary{cursor:pointer;font-weight:600;padding:.25rem 0}"
    "@media screen and (prefers-color-scheme:dark){"
    "body{color:#f2f4f6;background:#15171a}h2,th,td{border-color:#2d3238}"
    "th{border-bottom-color:#6d747c}.remark,figcaption,caption,dt{color:#9aa1a9}"
    "a{color:#5a9cf0}nav{background:#23262b}}"
    "@media print{body{max-width:none;padding:0;font-size:10.5pt}"
    "nav{background:none;padding:0}h2{break-before:page;border:0}h2,h3{break-after:avoid}"
    "figure,tr,dl{break-inside:avoid}.wide{overflow:visible}"
    "details::details-content{display:block;content-visibility:visible}}"
    "@page{margin:16mm}";

constexpr std::string_view kNumberClass = " class=\"number\"";

// A picture as part of a page, whose style sheet holds the pictures' once: a sheet inside a picture
// would apply to the whole page, and every picture would bring it again. In HTML an <svg> needs no
// namespace.
std::string inline_svg(std::string svg) {
  const auto remove = [&svg](std::string_view part) {
    const std::size_t at = svg.find(part);
    if (at != std::string::npos) svg.erase(at, part.size());
  };
  remove(svg_style_sheet());
  remove(" xmlns=\"http://www.w3.org/2000/svg\"");
  return svg;
}

std::string figure_html(const Figure& figure) {
  std::string html = "<figure>\n" + inline_svg(figure.svg);
  if (!figure.caption.empty())
    html += "<figcaption>" + escape_xml(figure.caption) + "</figcaption>\n";
  return html + "</figure>\n";
}

std::string contents_html(const std::vector<std::string>& sections) {
  std::string html = "<nav aria-label=\"Contents\">\n<ol>\n";
  for (std::size_t i = 0; i < sections.size(); ++i)
    html += fmt::format("<li><a href=\"#section-{}\">{}</a></li>\n", i + 1, sections[i]);
  return html + "</ol>\n</nav>\n";
}

}  // namespace

Page::Page(std::string_view title, std::string_view remark)
    : title_(escape_xml(title)), remark_(escape_xml(remark)) {}

void Page::section(std::string_view heading) {
  sections_.push_back(escape_xml(heading));
  body_ += fmt::format("<h2 id=\"section-{}\">{}</h2>\n", sections_.size(), sections_.back());
}

void Page::subsection(std::string_view heading) {
  body_ += "<h3>" + escape_xml(heading) + "</h3>\n";
}

void Page::paragraph(std::string_view text) { body_ += "<p>" + escape_xml(text) + "</p>\n"; }

void Page::remark(std::string_view text) {
  body_ += "<p class=\"remark\">" + escape_xml(text) + "</p>\n";
}

void Page::list(std::span<const std::string> items) {
  if (items.empty()) return;
  body_ += "<ul>\n";
  for (const auto& item : items) body_ += "<li>" + escape_xml(item) + "</li>\n";
  body_ += "</ul>\n";
}

void Page::facts(std::span<const std::pair<std::string, std::string>> facts) {
  if (facts.empty()) return;
  body_ += "<dl>\n";
  for (const auto& [name, value] : facts)
    body_ += "<dt>" + escape_xml(name) + "</dt><dd>" + escape_xml(value) + "</dd>\n";
  body_ += "</dl>\n";
}

void Page::table(const PageTable& table) {
  const auto add_row = [&](const std::vector<std::string>& cells, std::string_view tag) {
    UNDERSONG_CHECK(cells.size() == table.columns.size());
    body_ += "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      body_ += fmt::format("<{0}{1}>{2}</{0}>", tag,
                           table.columns[i].kind == CellKind::kNumber ? kNumberClass : "",
                           escape_xml(cells[i]));
    }
    body_ += "</tr>\n";
  };
  body_ += "<div class=\"wide\">\n<table>\n";
  if (!table.caption.empty()) body_ += "<caption>" + escape_xml(table.caption) + "</caption>\n";
  std::vector<std::string> headings;
  for (const auto& column : table.columns) headings.push_back(column.heading);
  body_ += "<thead>\n";
  add_row(headings, "th");
  body_ += "</thead>\n<tbody>\n";
  for (const auto& row : table.rows) add_row(row, "td");
  body_ += "</tbody>\n</table>\n</div>\n";
}

void Page::figure(const Figure& figure) { body_ += figure_html(figure); }

void Page::figures(std::span<const Figure> figures) {
  if (figures.empty()) return;
  body_ += "<div class=\"grid-of-figures\">\n";
  for (const auto& figure : figures) body_ += figure_html(figure);
  body_ += "</div>\n";
}

void Page::begin_details(std::string_view summary) {
  body_ += "<details>\n<summary>" + escape_xml(summary) + "</summary>\n";
  ++open_details_;
}

void Page::end_details() {
  UNDERSONG_CHECK(open_details_ > 0);
  body_ += "</details>\n";
  --open_details_;
}

std::string Page::finish() {
  UNDERSONG_CHECK(open_details_ == 0);
  std::string svg_style(svg_style_sheet());
  // The page's own sheet comes last.
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"/>\n"
      "<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>{}</title>\n{}<style>{}"
      "</style>\n</head>\n<body>\n<header>\n<h1>{}</h1>\n",
      title_, svg_style, kStyle, title_);
  if (!remark_.empty()) html += "<p class=\"remark\">" + remark_ + "</p>\n";
  html += "</header>\n";
  if (sections_.size() > 1) html += contents_html(sections_);
  return std::move(html) + "<main>\n" + std::move(body_) + "</main>\n</body>\n</html>\n";
}

}  // namespace undersong
