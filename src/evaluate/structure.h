#pragma once
// Does the piece repeat itself, and over which spans? Source: Wu & Yang 2020, arXiv:2008.01307,
// section 5.4, on Mueller, Grosche & Jiang 2011 (fitness scape plots).

#include <cstddef>
#include <optional>
#include <vector>

#include "score/score.h"

namespace undersong {

// A square matrix, row after row.
struct SimilarityMatrix {
  std::size_t size = 0;  // frames
  double frames_per_second = 2.0;
  std::vector<float> values;  // [size * size]

  float at(std::size_t row, std::size_t column) const { return values[row * size + column]; }
};

// From the sounding pitch classes twice a second, enhanced over 7 tempo ratios (0.5-2) and all 12
// transpositions, the upper quarter kept, -2 elsewhere, 1 on the diagonal. Longer pieces have fewer
// frames a second, at most kMostFrames in all.
inline constexpr std::size_t kMostFrames = 240;
SimilarityMatrix self_similarity(const Score& score);

// The largest fitness of all segments of 3-8, 8-15 and 15 or more seconds. 0 … 1.
struct Structureness {
  std::optional<double> short_term;
  std::optional<double> mid_term;
  std::optional<double> long_term;
};
Structureness measure_structure(const SimilarityMatrix& similarity);

}  // namespace undersong
