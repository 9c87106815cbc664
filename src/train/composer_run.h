#pragma once
// The loop of a composer's training: rows, steps, looks at what is held out, checkpoints.
// train/composer_training.h puts it to use.

#include <filesystem>
#include <vector>

#include "base/progress.h"
#include "train/checkpoint.h"
#include "train/composer_evaluation.h"
#include "train/composer_samples.h"
#include "train/decoder_engine.h"
#include "train/process_group.h"

namespace undersong {

// The learning rate of a step: it rises linearly, stays, and falls linearly to 0. Since only its
// end depends on the number of tokens, a training may be made longer until it begins to fall.
// Source: Hu et al. 2024, arXiv:2404.06395, section 4.
struct RateSchedule {
  double highest = 0.0;
  std::int64_t steps = 0;
  std::int64_t rising = 0;   // steps
  std::int64_t falling = 0;  // steps

  double rate_of(std::int64_t step) const;
};

struct ComposerRunPlan {
  std::int64_t rows = 0;  // of a step, over all processes
  int context = 0;
  std::uint64_t seed = 1;
  RateSchedule schedule;
  std::int64_t steps_between_looks = 0;
  std::vector<MeasuredWindow> valid;  // for those looks

  std::filesystem::path checkpoint;
  double checkpoint_seconds = 120.0;
  double stop_after_seconds = 0.0;  // of this run; 0: never
  TrainingIdentity identity;
  TrainingIdentity machine;   // TrainingState::machine
  std::filesystem::path log;  // CSV
};

enum class RunEnd { kFinished, kTimeOver };

struct ComposerRunResult {
  RunEnd end = RunEnd::kFinished;
  TrainingState state;  // `log`: an entry a look; `step`: of Adam
};

// Trains on rows of `samples` from a checkpoint or from the start. The processes of `group` take
// the rows in turns; the first one reads and writes the files, and looks at what is held out: the
// log and the best weights are its alone.
//
// Errors: kCancelled, after a checkpoint; kMismatch when the checkpoint belongs to another
// training; those of ProcessGroup.
ComposerRunResult run_composer_training(const ComposerRunPlan& plan, const ComposerSamples& samples,
                                        DecoderEngine& engine, ProcessGroup& group,
                                        Progress& progress);

}  // namespace undersong
