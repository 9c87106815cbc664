#pragma once
// What every loop of a training keeps beside its steps, whatever it trains: where it stands, a
// checkpoint now and then, the log, the weights that were best so far, and the sentences that tell
// of them. The loops themselves: training_run, composer_run, frames_run.

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/progress.h"
#include "train/checkpoint.h"

namespace undersong {

// Seconds since it was made.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Of several processes that train together one keeps the files.
enum class RecordKeeper { kThisProcess, kAnother };

struct RecordPlan {
  std::filesystem::path checkpoint;
  double checkpoint_seconds = 120.0;  // between checkpoints
  double stop_after_seconds = 0.0;    // of this run; 0: never
  TrainingIdentity identity;
  TrainingIdentity machine;  // TrainingState::machine: when it differs, a warning says so
  RecordKeeper keeper = RecordKeeper::kThisProcess;

  std::filesystem::path log;  // CSV
  std::string log_header;     // names of its columns
  std::function<std::string(const EpochRecord&)> log_row;

  // Words of the sentences: "loss 1.2 a token, held out 3.4 a note, 5600 tokens/s".
  std::string loss_unit;      // " a token"
  std::string held_out_unit;  // " a note"
  std::string counted;        // "tokens"
};

// A look at what is held out, as a loop took it.
struct Look {
  std::string place;       // where the training stands, "1.20 M tokens"
  double held_out = 0.0;   // loss
  double seconds = 0.0;    // that the look took
  std::int64_t count = 0;  // of what was learned from since the last one, for the speed
};

class TrainingRecord {
 public:
  TrainingRecord(RecordPlan plan, Progress& progress);

  TrainingState& state() { return state_; }
  const TrainingState& state() const { return state_; }

  // Whether there was a checkpoint; then state and engine stand where it does. Errors: those of
  // load_checkpoint and check_tensors.
  template <typename Engine>
  bool go_on_from_checkpoint(Engine& engine);
  void tell_where_it_goes_on(std::string_view place) const;

  template <typename Engine>
  void checkpoint(const Engine& engine);
  template <typename Engine>
  void checkpoint_if_due(const Engine& engine);
  bool time_is_over() const;

  // One batch is learned, and the engine has taken its step.
  void count_batch(const LossSum& loss, std::int64_t step, double seconds);

  // Adds a look to the log and keeps the weights when they are the best so far. Errors: kUsage when
  // the loss is no number.
  template <typename Engine>
  void add(const Look& look, const Engine& engine);

  // After Ctrl-C: a checkpoint, and the error that says where the training goes on.
  // `place` tells where it stands: "after 4096 tokens".
  template <typename Engine>
  [[noreturn]] void stop_politely(const Engine& engine, std::string_view place);

 private:
  bool load();
  void check(const std::map<std::string, WeightTensor>& state,
             const std::map<std::string, WeightTensor>& weights) const;
  void warn_of_another_machine();
  void save();
  bool add_to_log(const Look& look);  // whether it is the best
  void write_log() const;
  [[noreturn]] void throw_stopped(std::string_view place) const;

  RecordPlan plan_;
  Progress& progress_;
  TrainingState state_;
  Stopwatch run_;
  Stopwatch since_checkpoint_;
};

template <typename Engine>
bool TrainingRecord::go_on_from_checkpoint(Engine& engine) {
  if (!load()) return false;
  check(engine.state(), engine.weights());
  warn_of_another_machine();
  engine.restore(state_.tensors, state_.step);
  state_.tensors.clear();
  return true;
}

template <typename Engine>
void TrainingRecord::checkpoint(const Engine& engine) {
  if (plan_.keeper == RecordKeeper::kThisProcess) {
    state_.tensors = engine.state();
    save();
    state_.tensors.clear();
  }
  since_checkpoint_ = {};
}

template <typename Engine>
void TrainingRecord::checkpoint_if_due(const Engine& engine) {
  if (since_checkpoint_.seconds() >= plan_.checkpoint_seconds) checkpoint(engine);
}

template <typename Engine>
void TrainingRecord::add(const Look& look, const Engine& engine) {
  if (add_to_log(look)) state_.best = engine.weights();
  write_log();
}

template <typename Engine>
void TrainingRecord::stop_politely(const Engine& engine, std::string_view place) {
  checkpoint(engine);
  progress_.end();
  throw_stopped(place);
}

}  // namespace undersong
