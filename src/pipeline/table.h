#pragma once
// Text in columns, for terminals.

#include <cstdint>
#include <string>
#include <vector>

namespace undersong {

enum class Align : std::uint8_t { kLeft, kRight };

struct Column {
  std::string heading;
  Align align = Align::kLeft;
};

// Columns as wide as their widest cell, two spaces apart. Widths are counted in characters.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // One cell a column.
  void add(std::vector<std::string> cells);

  // The headings and the rows, a line each, without blanks at their ends.
  std::string text() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// "45.0 s", "12 min 3 s", "19 h 8 min".
std::string length_text(double seconds);

}  // namespace undersong
