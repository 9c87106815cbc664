#pragma once
// A whole training: from a corpus to a weight file, with a log, early stopping, and checkpoints
// from which a run that was killed goes on to the same weights as one that was not. No type of
// LibTorch in here.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/progress.h"
#include "corpus/dataset.h"
#include "model/architecture.h"
#include "train/engine.h"

namespace undersong {

// How what is held out is chosen.
enum class HoldOut {
  kPieces,   // whole pieces, as the corpus (or a list) splits them
  kWindows,  // the seed's way: a fifth of all windows at random. Neighbouring windows share all but
             // one symbol, so this loss says little of unseen music; it is here to compare.
};

// Which epoch's weights are written.
enum class Keep {
  kBest,  // the one that foretold best what was held out, and training stops soon after it
  kLast,  // the seed's way: all epochs, whatever was held out says. Such a network recites.
};

struct TrainingSettings {
  int epochs = 0;  // 0, here and below: the architecture's default
  int batch = 0;
  double learning_rate = 0.0;
  int window = 0;
  int patience = 0;
  int transpose = -1;     // semitones; negative: the architecture's default
  double dropout = -1.0;  // of every dropout layer; negative: the architecture's own
  std::uint64_t seed = 1;
  HoldOut hold_out = HoldOut::kPieces;
  Keep keep = Keep::kBest;
  Device device = Device::kAuto;
  int threads = 0;  // 0: one a processor

  // Trains twice, the second time in the seed's way, so that the weights can name both losses.
  bool report_both = false;

  double checkpoint_seconds = 60.0;
  bool fresh = false;  // ignore a checkpoint
};

struct TrainingOutcome {
  int epochs = 0;      // that were trained
  int best_epoch = 0;  // with the least held-out loss; from 1
  int kept_epoch = 0;  // whose weights were written
  bool resumed = false;
  LossSum train;  // of the kept weights, without dropout
  LossSum valid;
  LossSum test;       // of pieces that decided nothing; empty where the split has none
  LossSum frequency;  // of a table of frequencies, on what `valid` counts
};

// Trains `architecture` on `data` and writes MODEL.safetensors (`output`), MODEL.log.csv and the
// picture MODEL.losses.svg; meanwhile MODEL.safetensors.checkpoint.
//
// The same settings, data and number of threads give the same bytes, interrupted or not.
// Errors: kUsage for numbers that make no sense, a corpus smaller than a window, a loss that is no
// longer a number, an output that exists; kMismatch for a checkpoint of another training;
// kCancelled after Ctrl-C, with a checkpoint written.
TrainingOutcome train_model(const Architecture& architecture, const Dataset& data,
                            const TrainingSettings& settings, const std::filesystem::path& output,
                            Overwrite overwrite, Progress& progress);

}  // namespace undersong
