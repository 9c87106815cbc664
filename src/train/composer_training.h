#pragma once
// A whole training of the composer: from a training file to a weight file, with a log, held-out
// loss, and checkpoints from which a run goes on that was killed or that stopped because its time
// was over. No type of LibTorch in here.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/progress.h"
#include "corpus/training_file.h"
#include "model/composer_model.h"
#include "train/composer_samples.h"
#include "train/decoder_engine.h"

namespace undersong {

struct ComposerTrainingSettings {
  std::string size = "full";  // of composer_sizes()
  std::filesystem::path from;  // weights to adapt; empty: from nothing, and `size` counts
  int low_rank = 0;            // with `from`: learn products of this rank alone
  SampleOptions samples;
  std::int64_t tokens = 300'000'000;  // to learn from, over all; may be raised while none decayed
  std::int64_t step_tokens = 65536;
  std::int64_t micro_rows = 0;  // rows at once on a device; 0: by device
  double learning_rate = 0.0;   // 0: by size
  double warm_up = 0.02;        // share of the tokens over which the rate rises
  double decay = 0.3;           // share at the end over which it falls to 0, linearly
  double dropout = 0.1;
  std::uint64_t seed = 1;
  Device device = Device::kAuto;
  int threads = 0;
  double evaluate_every = 0.05;    // share of the tokens between two looks at what is held out
  double checkpoint_seconds = 120.0;
  double stop_after_seconds = 0.0;  // then a checkpoint is written and the run ends; 0: never
  bool fresh = false;
};

struct StyleLoss {
  GridStyle style = GridStyle::kOwn;
  double nats = 0.0;          // of all tokens but controls
  double control_nats = 0.0;  // of controls
  std::int64_t notes = 0;

  double per_note() const { return notes == 0 ? 0.0 : nats / static_cast<double>(notes); }
};

struct ComposerOutcome {
  bool finished = false;  // false: stopped by time; the same command goes on
  std::int64_t tokens = 0;
  std::vector<StyleLoss> valid;        // free: no controls told
  std::vector<StyleLoss> test;         // of the kept weights, when finished
  std::vector<StyleLoss> test_given;   // with all controls told
};

// Trains and writes MODEL.safetensors (int8 with scales), MODEL.log.csv and MODEL.losses.svg; meanwhile MODEL.checkpoint.
// The weights with the least held-out loss are kept.
//
// Errors: kUsage for numbers that make no sense, no pieces to learn from, an output that exists;
// kMismatch for a checkpoint of another training, or weights of another vocabulary; kCancelled
// after Ctrl-C, with a checkpoint written.
ComposerOutcome train_composer(const TrainingFile& file, const ComposerTrainingSettings& settings,
                               const std::filesystem::path& output, Overwrite overwrite,
                               Progress& progress);

}  // namespace undersong
