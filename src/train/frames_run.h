#pragma once
// The loop of one network's training on frames; train/frames_training.h puts it to use.

#include <filesystem>
#include <span>

#include "base/progress.h"
#include "train/checkpoint.h"
#include "train/frames_steps.h"
#include "train/frames_training.h"

namespace undersong {

struct FrameRunPlan {
  DecoderSpec spec;
  FrameTrainingSettings settings;
  std::uint64_t seed = 1;
  std::span<const FrameSteps> train;
  std::span<const FrameSteps> valid;
  std::int64_t valid_frames = 0;
  double seconds = 0.0;  // that it may take; 0: any

  std::filesystem::path checkpoint;
  TrainingIdentity identity;
  std::filesystem::path log;  // CSV
};

struct FrameRunResult {
  bool finished = false;
  TrainingState state;  // `best`: the weights that foretold best what was held out
};

// Errors: kCancelled, after a checkpoint; kMismatch when there is one of another training.
FrameRunResult run_frame_training(const FrameRunPlan& plan, DecoderEngine& engine,
                                  Progress& progress);

}  // namespace undersong
