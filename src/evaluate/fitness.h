#pragma once
// How well does one segment explain a piece by its repetitions? Source: Mueller, Grosche & Jiang
// 2011, "A segment-based fitness measure for capturing repetitive structures of music recordings"
// (ISMIR 2011).

#include <cstddef>
#include <vector>

#include "evaluate/structure.h"

namespace undersong {

// Finds the fitness of segments of one self-similarity matrix whose values are at most 1 and 1 on
// the diagonal.
//
// A path relates the whole segment (columns) to a stretch of the piece (rows) by steps (1,1), (2,1)
// and (1,2); a family is paths whose stretches do not overlap. Of the family with the highest sum
// of similarities: score = (sum - length) / cells, coverage = (rows covered - length) / frames,
// where `length` takes away what the segment says of itself; fitness = their harmonic mean, 0 … 1.
//
// Where families tie, the one is taken that libfmp's program finds: it reads from the end, prefers
// the step (1,1), then (2,1), then (1,2), to end a path at the last frame rather than none, and
// none rather than a path elsewhere. That program also lets a path begin in the segment's second
// column while it sums, which the paper does not; ours is the paper's.
//
// Cost: a segment takes frames * length additions; vectors, the same bits on every machine.
class FitnessFinder {
 public:
  explicit FitnessFinder(const SimilarityMatrix& similarity);

  // Fitness of the segment, or anything at most `floor` when it is not above `floor`; that saves
  // reading most families back. Needs length >= 1 and start + length <= frames.
  double fitness(std::size_t start, std::size_t length, double floor = -1.0);

 private:
  struct Family {
    std::size_t cells = 0;
    std::size_t rows = 0;
  };
  Family best_family(std::size_t length) const;

  std::size_t frames_;
  std::size_t row_floats_;           // of similarity_
  std::vector<float> similarity_;    // [frames, row_floats_], padded by a vector
  std::vector<float> sums_;          // [frames + 2, row of the segment], see fitness_rows.h
  std::vector<float> before_paths_;  // [frames + 1]: the best sum of families of the rows above
};

}  // namespace undersong
