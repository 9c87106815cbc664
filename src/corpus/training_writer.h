#pragma once
// Pieces on the grid -> the folder of a training file.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "corpus/training_file.h"

namespace undersong {

// What a folder is written from. `about.notes`, `about.bars`, `about.style` and `flat_velocity` are
// taken from `bars`.
struct TrainingEntry {
  TrainingPiece about;
  GridPiece bars;
};

struct TrainingContents {
  std::string corpus;
  std::string corpus_sha256;
  std::vector<TrainingEntry> entries;               // each with a bar at least
  std::vector<std::vector<double>> energy_borders;  // [kGridStyleCount]; empty where there are none
  GridLosses losses;
  std::vector<LeftOut> left_out;
};

// Says early what write_training_file would say late. Errors: kUsage when the folder exists and may
// not be overwritten, or is something else than a training file or an empty folder.
void check_training_output(const std::filesystem::path& folder, Overwrite overwrite);

// The folder appears whole or not at all; an old one stays until then. Returns the bytes of all
// files. Errors: those of check_training_output, kIo, kCancelled.
std::int64_t write_training_file(const TrainingContents& contents, std::int64_t shard_bytes,
                                 const std::filesystem::path& folder, Overwrite overwrite);

// At most two velocities among the pitched notes, or among all where none is pitched: a score
// without dynamics.
bool is_flat(const GridPiece& piece);

}  // namespace undersong
