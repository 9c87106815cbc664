#pragma once
// A training stopped half-way, as one safetensors file: parameters, Adamax' vectors, the best
// weights so far, and the place in the epoch. Written atomically, so a kill at any moment leaves
// the old one or the new one.

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nn/weight_file.h"
#include "train/engine.h"

namespace undersong {

// One line of the log: an epoch.
struct EpochRecord {
  int epoch = 0;  // from 1
  std::int64_t step = 0;
  double train_loss = 0.0;  // mean over the epoch, with dropout, while the weights moved
  double valid_loss = 0.0;
  double seconds = 0.0;  // since training began, without interruptions
  double samples_per_second = 0.0;
};

// Where a training stands. Everything that its continuation depends on.
struct TrainingState {
  std::int64_t step = 0;
  int epochs_done = 0;
  std::int64_t batches_done = 0;  // of the epoch that goes on
  LossSum epoch_loss;             // of those batches
  double seconds = 0.0;
  double epoch_seconds = 0.0;
  double best_loss = std::numeric_limits<double>::infinity();
  int best_epoch = 0;
  std::int64_t planned_steps = 0;  // of a training whose rate depends on its end
  std::int64_t falls_from = 0;     // the step from which its rate falls
  // Device and so on of the run that wrote it, by name: what decides no more than the rounding of
  // sums. Empty: must not change, or nobody cares.
  std::map<std::string, std::string> machine;
  std::vector<EpochRecord> log;
  std::map<std::string, WeightTensor> tensors;  // Engine::state()
  std::map<std::string, WeightTensor> best;     // Engine::weights() of the best epoch
};

// `identity` is what must be equal for a checkpoint to be of use: names and values, shown in the
// message when they differ.
using TrainingIdentity = std::map<std::string, std::string>;

void save_checkpoint(const std::filesystem::path& path, const TrainingState& state,
                     const TrainingIdentity& identity);

// Errors: kFormat when a tensor that is wanted is not among those found, or is of another type or
// shape.
void check_tensors(const std::map<std::string, WeightTensor>& found,
                   const std::map<std::string, WeightTensor>& wanted);

// Empty when there is no such file. Errors: kMismatch when it belongs to another training, with
// what differs; kFormat when it is no checkpoint, cut short or damaged; each says to use --fresh.
std::optional<TrainingState> load_checkpoint(const std::filesystem::path& path,
                                             const TrainingIdentity& identity);

}  // namespace undersong
