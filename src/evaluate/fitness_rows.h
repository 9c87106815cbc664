#pragma once
// The sums behind fitness.h, by vectors.

#include <cstddef>

namespace undersong::detail {

// Floats that may be read and written beyond a row's end.
inline constexpr std::size_t kRowPadding = 16;
// Columns before the first, which no path comes from: -infinity.
inline constexpr std::size_t kRowMargin = 2;

struct FitnessRows {
  const float* similarity;  // the segment's first column in the first row
  std::size_t similarity_stride;
  // [frames + 2, sums_stride], starting with two rows that no path comes from. Column
  // kRowMargin + c of row kRowMargin + r holds the best sum of a family whose last path is at
  // column c in row r. Margin columns and rows hold -infinity.
  float* sums;
  std::size_t sums_stride;
  float* before_paths;  // [frames + 1]: at r, the best sum of whole paths in rows before r
  std::size_t frames;
  std::size_t length;  // columns of the segment
};

// Fills sums and before_paths; the margins stay as they are.
void accumulate_fitness_rows(const FitnessRows& rows);

}  // namespace undersong::detail
