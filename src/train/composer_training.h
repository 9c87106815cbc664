#pragma once
// A whole training of the composer: from a training file to a weight file, with a log, held-out
// loss, and checkpoints from which a run goes on that was killed or that stopped because its time
// was over. No type of LibTorch in here.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/progress.h"
#include "corpus/training_file.h"
#include "model/composer_weights.h"
#include "train/composer_evaluation.h"
#include "train/composer_samples.h"
#include "train/decoder_engine.h"

namespace undersong {

struct ComposerTrainingSettings {
  std::string size;            // of composer_sizes(); empty: "full" on CUDA, "small" on a CPU
  std::filesystem::path from;  // weights to adapt, which decide the size; empty: from nothing
  int low_rank = 0;            // with `from`: learn products of this rank alone
  // Its context: at most that of `from`; 0: 1024, or that of `from`.
  SampleOptions samples = {.context = 0};
  // To learn from, over all; 0: 300 million on CUDA, 30 million on a CPU, 400,000 with `from`. May
  // be raised for a run that goes on while the rate has not begun to fall.
  std::int64_t tokens = 0;
  std::int64_t step_tokens = 0;   // of one step; 0: 65536 on CUDA, else 4096
  double learning_rate = 0.0;     // 0: by size
  double warm_up = 0.02;          // share of the tokens over which the rate rises
  double decay = 0.3;             // share at the end over which it falls to 0, linearly
  std::optional<double> dropout;  // of what each layer adds; unset: 0.1 from width 512 on, else 0
  std::uint64_t seed = 1;
  Device device = Device::kAuto;
  int threads = 0;
  double evaluate_every = 0.05;   // share of the tokens between two looks at what is held out
  int evaluated_windows = 60;     // of those looks, evenly over the styles; 0: all
  std::int64_t test_windows = 0;  // at the end, for each way of telling; 0: all
  double checkpoint_seconds = 120.0;
  double stop_after_seconds = 0.0;  // then a checkpoint is written and the run ends; 0: never
  bool fresh = false;
};

struct ComposerOutcome {
  bool finished = false;  // false: stopped by time; the same command goes on
  std::int64_t tokens = 0;
  std::int64_t wanted_tokens = 0;
  std::vector<StyleLoss> valid;       // of `evaluated_windows`, free: no controls told
  std::vector<StyleLoss> test;        // of the kept weights as written, when finished
  std::vector<StyleLoss> test_given;  // with all controls told
};

// Says early what train_composer would say late, before hours of preparing music: whether the
// settings make sense, `from` can be adapted, and `output` can be written. Errors: those of
// train_composer.
void check_composer_training(const ComposerTrainingSettings& settings,
                             const std::filesystem::path& output, Overwrite overwrite);

// Trains and writes MODEL.safetensors (int8 with scales), MODEL.log.csv and MODEL.losses.svg;
// meanwhile MODEL.safetensors.checkpoint. The weights with the least held-out loss are kept. The
// same settings, data and numbers of threads and processes give the same bytes, interrupted or not;
// a run that goes on with other numbers of those says that they will differ.
//
// Errors: kUsage for wishes that make no sense, no pieces to learn from, an output that exists;
// kMismatch for a checkpoint of another training, or weights of another vocabulary; kCancelled
// after Ctrl-C, with a checkpoint written.
ComposerOutcome train_composer(const TrainingFile& file, const ComposerTrainingSettings& settings,
                               const std::filesystem::path& output, Overwrite overwrite,
                               Progress& progress);

}  // namespace undersong
