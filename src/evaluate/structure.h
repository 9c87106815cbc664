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
// transpositions, the upper quarter kept and spread over 0 … 1, -2 elsewhere, 1 on the diagonal.
// Longer pieces have fewer frames a second, at most kMostFrames in all. Empty (size 0) without
// pitched notes; percussion and pedals do not count.
//
// As the authors' programs do: a frame hears 1.1 seconds around its middle, silence sounds like all
// pitch classes at once, and similarities are averaged over 10 seconds of music along each tempo
// ratio, forward and backward. Theirs hear a recording, through statistics that flatten loud
// tones; ours reads the notes. What equals the lowest value kept is kept too, so that more than a
// quarter is kept of music that repeats more than a quarter of itself exactly.
inline constexpr std::size_t kMostFrames = 240;
SimilarityMatrix self_similarity(const Score& score);

// The largest fitness (fitness.h) of all segments of 3-8, 8-15 and 15 or more seconds, both ends
// included. 0 … 1. Unset where the piece is shorter than the range, or its frames are so long that
// the range holds no segment of kFewestSegmentFrames: at 240 frames, the short term of pieces above
// 8 minutes, the middle term above 15; the long term of any piece counts segments of at least as
// many frames. The authors' programs say 0 for a piece that is too short.
struct Structureness {
  std::optional<double> short_term;
  std::optional<double> mid_term;
  std::optional<double> long_term;
};
inline constexpr std::size_t kFewestSegmentFrames = 4;
Structureness measure_structure(const SimilarityMatrix& similarity);

}  // namespace undersong
