#include "train/training_run.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include "base/cancel.h"
#include "base/check.h"
#include "base/error.h"
#include "tokens/transposition.h"

namespace undersong {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Run {
 public:
  Run(const RunPlan& plan, Engine& engine, Progress& progress)
      : plan_(plan), engine_(engine), progress_(progress) {}

  TrainingState train(std::string_view told) {
    go_on_from_checkpoint();
    progress_.begin(told, std::int64_t{plan_.epochs} * targets_per_epoch(), "samples");
    try {
      while (!finished()) train_epoch();
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kCancelled) stop_politely();
      throw;
    }
    progress_.end();
    if (!plan_.keep_last) engine_.restore(state_.best, state_.step);
    return std::move(state_);
  }

 private:
  void go_on_from_checkpoint() {
    auto found = load_checkpoint(plan_.checkpoint, plan_.identity);
    if (!found) return;
    state_ = std::move(*found);
    engine_.restore(state_.tensors, state_.step);
    state_.tensors.clear();
    progress_.line(fmt::format("going on from {}: epoch {}, step {}", display(plan_.checkpoint),
                               state_.epochs_done + 1, state_.step));
  }

  bool finished() const {
    return state_.epochs_done >= plan_.epochs ||
           (plan_.patience > 0 && state_.best_epoch > 0 &&
            state_.epochs_done - state_.best_epoch >= plan_.patience);
  }

  std::int64_t targets_per_epoch() const {
    if (plan_.spec.reading == Reading::kWindow) {
      return static_cast<std::int64_t>(plan_.samples.size());
    }
    std::int64_t ids = 0;
    for (const Ids& piece : plan_.pieces) ids += static_cast<std::int64_t>(piece.size());
    return ids;
  }

  void train_epoch() {
    const Rng rng =
        Rng(plan_.seed).fork("epochs").fork(static_cast<std::uint64_t>(state_.epochs_done));
    const std::vector<Ids> moved = in_other_keys(rng.fork("keys"));
    const Cutter cutter(plan_.spec, plan_.keys.empty() ? plan_.pieces : moved);
    const std::vector<Sample> order = epoch_order(cutter, rng);
    const auto size = static_cast<std::size_t>(plan_.batch);
    const std::size_t batches = (order.size() + size - 1) / size;
    while (state_.batches_done < static_cast<std::int64_t>(batches)) {
      throw_if_cancelled();
      const std::size_t first = static_cast<std::size_t>(state_.batches_done) * size;
      const std::size_t count = std::min(size, order.size() - first);
      train_batch(cutter.batch(std::span<const Sample>(order).subspan(first, count), 0));
      if (seconds_since(last_checkpoint_) >= plan_.checkpoint_seconds) checkpoint();
    }
    finish_epoch();
  }

  std::vector<Ids> in_other_keys(Rng rng) const {
    if (plan_.keys.empty()) return {};
    std::vector<Ids> moved;
    for (const Ids& piece : plan_.pieces) {
      moved.push_back(
          transpose(piece, plan_.keys[rng.below(plan_.keys.size())], plan_.representation));
    }
    return moved;
  }

  std::vector<Sample> epoch_order(const Cutter& cutter, const Rng& rng) const {
    std::vector<Sample> samples = plan_.keys.empty() ? plan_.samples : cutter.every_sample();
    if (plan_.move_crops) return cutter.epoch(samples, rng);
    Rng own = rng;
    own.shuffle(std::span<Sample>(samples));
    return samples;
  }

  void train_batch(const Batch& batch) {
    const auto start = Clock::now();
    state_.epoch_loss += engine_.train(batch);
    ++state_.batches_done;
    state_.step = engine_.steps_done();
    const double spent = seconds_since(start);
    state_.seconds += spent;
    state_.epoch_seconds += spent;
    const auto done = std::int64_t{state_.epochs_done} * targets_per_epoch();
    progress_.update(done + state_.epoch_loss.count, told());
  }

  std::string told() const {
    const std::string valid =
        state_.log.empty() ? "" : fmt::format(", held out {:.3f}", state_.log.back().valid_loss);
    return fmt::format("epoch {}/{}, loss {:.3f}{}", state_.epochs_done + 1, plan_.epochs,
                       state_.epoch_loss.mean(), valid);
  }

  void finish_epoch() {
    const auto start = Clock::now();
    const double valid = plan_.valid(engine_).mean();
    if (!std::isfinite(valid)) {
      throw Error(ErrorKind::kUsage,
                  "the held-out loss is no longer a number: train again with a smaller "
                  "--learning-rate");
    }
    state_.seconds += seconds_since(start);
    ++state_.epochs_done;
    const double rate =
        static_cast<double>(state_.epoch_loss.count) / std::max(state_.epoch_seconds, 1e-9);
    state_.log.push_back(
        {state_.epochs_done, state_.step, state_.epoch_loss.mean(), valid, state_.seconds, rate});
    if (valid < state_.best_loss) {
      state_.best_loss = valid;
      state_.best_epoch = state_.epochs_done;
      state_.best = engine_.weights();
    }
    progress_.line(fmt::format("epoch {}: loss {:.4f}, held out {:.4f}{}, {:.0f} samples/s",
                               state_.epochs_done, state_.epoch_loss.mean(), valid,
                               state_.best_epoch == state_.epochs_done ? " (best)" : "", rate));
    state_.epoch_loss = {};
    state_.batches_done = 0;
    state_.epoch_seconds = 0.0;
    write_log();
  }

  void write_log() const {
    std::string csv = "epoch,step,train_loss,valid_loss,seconds,samples_per_second\n";
    for (const EpochRecord& r : state_.log) {
      csv += fmt::format("{},{},{:.6f},{:.6f},{:.1f},{:.0f}\n", r.epoch, r.step, r.train_loss,
                         r.valid_loss, r.seconds, r.samples_per_second);
    }
    save_file(plan_.log, csv, Overwrite::kAllow);
  }

  void checkpoint() {
    state_.tensors = engine_.state();
    save_checkpoint(plan_.checkpoint, state_, plan_.identity);
    state_.tensors.clear();
    last_checkpoint_ = Clock::now();
  }

  [[noreturn]] void stop_politely() {
    checkpoint();
    progress_.end();
    throw Error(ErrorKind::kCancelled,
                fmt::format("training stopped in epoch {}; the same command goes on from {}",
                            state_.epochs_done + 1, display(plan_.checkpoint)));
  }

  const RunPlan& plan_;
  Engine& engine_;
  Progress& progress_;
  TrainingState state_;
  Clock::time_point last_checkpoint_ = Clock::now();
};

}  // namespace

TrainingState run_training(const RunPlan& plan, Engine& engine, std::string_view told,
                           Progress& progress) {
  return Run(plan, engine, progress).train(told);
}

}  // namespace undersong
