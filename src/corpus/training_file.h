#pragma once
// What the composer learns from, as files that training maps into memory: bars on the grid, ready
// to be cut, moved and told in any layout (docs/formats/training-file.md).
//
// A folder: `training.json` (pieces, styles, terms, splits, losses, energy borders, hashes) and
// shards `bars-000.bin` … of at most so many bytes. Little-endian; opened without copying.

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/progress.h"
#include "corpus/corpus.h"
#include "corpus/style_rules.h"
#include "tokens/composer_grid.h"
#include "tokens/score_grid.h"

namespace undersong {

struct PrepareOptions {
  // Empty: everything is kOwn, and the splits are the corpus' own. With rules, pieces are split by
  // style and group, so that every style has something held out (training_split.h).
  std::vector<StyleRule> rules;
  std::int64_t shard_bytes = 16'000'000;
  std::int64_t fewest_notes = 12;  // shorter pieces are left out
};

struct TrainingPiece {
  std::string path;  // "GROUP/PATH" of the corpus; " (piano part)" stands behind one taken from it
  std::string licence;
  GridStyle style = GridStyle::kOwn;
  Split split = Split::kTrain;
  bool flat_velocity = false;  // at most two velocities: training may vary them
  std::int64_t notes = 0;
  std::int64_t bars = 0;
};

struct LeftOut {
  std::string path;
  std::string reason;
};

struct StyleCount {
  std::int64_t pieces = 0;
  std::int64_t bars = 0;
  std::int64_t notes = 0;
  std::int64_t tokens = 0;
  double seconds = 0.0;
  std::array<std::int64_t, 3> pieces_by_split = {};
  std::array<std::int64_t, 3> notes_by_split = {};
};

struct PrepareReport {
  std::int64_t pieces = 0;
  std::int64_t bars = 0;
  std::int64_t notes = 0;
  std::int64_t tokens = 0;         // of the pieces told whole, with all controls
  std::int64_t bytes = 0;          // of all files
  double seconds = 0.0;            // of music, by the tempo of each bar
  std::vector<StyleCount> styles;  // by the number of the style
  GridLosses losses;
  std::vector<LeftOut> left_out;
};

// Duplicates, pieces that no rule takes, and what has no notes are left out. Energies are ranked
// among the training pieces of each style.
//
// Errors: kUsage when nothing usable is left, when the folder exists and may not be overwritten,
// and when it is something else; kCancelled; those of Corpus::read_piece. The folder appears whole
// or not at all.
PrepareReport prepare_training_file(const Corpus& corpus, const PrepareOptions& options,
                                    const std::filesystem::path& folder, Overwrite overwrite,
                                    Progress& progress);

class TrainingFile {
 public:
  // Errors: kNotFound, kFormat (what is not whole or not ours), kUnsupported (a newer format).
  static TrainingFile open(const std::filesystem::path& folder);

  const std::vector<TrainingPiece>& pieces() const;
  const std::string& corpus() const;
  const std::string& corpus_sha256() const;
  const std::string& sha256() const;  // of everything that learning depends on
  // For each style, by its number: the seven borders of energy; empty without bars.
  const std::vector<std::vector<double>>& energy_borders() const;
  // For each style and role: the share of bars at each density, of bars where the role plays.
  // Shape [style][role][density].
  std::vector<std::vector<std::vector<double>>> density_shares() const;

  // The bars of a piece, [first, last), checked. Shift is 0 and energies are set.
  GridPiece read(std::size_t piece, int first_bar, int last_bar) const;
  GridPiece read(std::size_t piece) const;

 private:
  struct Inside;
  std::shared_ptr<const Inside> inside_;
};

}  // namespace undersong
