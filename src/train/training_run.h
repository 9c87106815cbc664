#pragma once
// One run of the training loop over samples already chosen; training.h puts it to use.

#include <filesystem>
#include <functional>
#include <vector>

#include "base/progress.h"
#include "tokens/representation.h"
#include "train/checkpoint.h"
#include "train/engine.h"
#include "train/samples.h"

namespace undersong {

struct RunPlan {
  NetworkSpec spec;
  std::vector<Ids> pieces;      // that samples are cut from
  std::vector<Sample> samples;  // to learn from
  // What moves pieces to other keys: each epoch draws one for each piece. Empty: as they stand.
  std::vector<std::vector<TokenId>> keys;
  Representation representation = Representation::kSymbols;
  bool move_crops = true;                 // whether crops get new borders in every epoch
  std::function<LossSum(Engine&)> valid;  // the loss that decides when to stop

  int epochs = 0;
  int batch = 0;
  int patience = 0;        // epochs without a better one before it stops; 0: never
  bool keep_last = false;  // leave the last weights in the engine, not the best
  std::uint64_t seed = 1;

  std::filesystem::path checkpoint;
  double checkpoint_seconds = 60.0;
  TrainingIdentity identity;
  std::filesystem::path log;  // CSV
};

// Trains until the epochs are over or `patience` of them brought nothing, going on from a
// checkpoint when there is one, and leaves the weights that the plan keeps in `engine`.
//
// `told` is what the progress bar calls it. Errors: kCancelled, after a checkpoint.
TrainingState run_training(const RunPlan& plan, Engine& engine, std::string_view told,
                           Progress& progress);

}  // namespace undersong
