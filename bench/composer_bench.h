#pragma once
// What the parts of composer_control_bench share.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench_verbs.h"
#include "composer_passages.h"
#include "passage_measures.h"

namespace undersong {

struct ComposerBenchOptions {
  std::filesystem::path weights;
  std::filesystem::path data;
  std::vector<GridStyle> styles;
  std::size_t passages = 2;
  int bars = 16;
  std::uint64_t seed = 1;
  bool all_row_only = false;
  std::filesystem::path midi;  // empty: none
  DrawSettings draw;
};

// Each prints its tables.
void measure_control(const ComposerModel& model, const TrainingFile& file,
                     const ComposerBenchOptions& options);
void measure_pieces(const ComposerModel& model, const TrainingFile& file,
                    const ComposerBenchOptions& options);
void measure_infill(const ComposerModel& model, const TrainingFile& file,
                    const ComposerBenchOptions& options);

// Does nothing where no folder is asked for.
void write_passage(const ComposerBenchOptions& options, std::string_view kind, std::size_t number,
                   const GridPiece& music);

}  // namespace undersong
