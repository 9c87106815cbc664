#include "train/training_run.h"

#include <fmt/format.h>

#include "base/cancel.h"
#include "base/check.h"
#include "base/error.h"
#include "tokens/transposition.h"
#include "train/training_record.h"

namespace undersong {
namespace {

RecordPlan record_of(const RunPlan& plan) {
  RecordPlan record;
  record.checkpoint = plan.checkpoint;
  record.checkpoint_seconds = plan.checkpoint_seconds;
  record.identity = plan.identity;
  record.log = plan.log;
  record.log_header = "epoch,step,train_loss,valid_loss,seconds,samples_per_second";
  record.log_row = [](const EpochRecord& r) {
    return fmt::format("{},{},{:.6f},{:.6f},{:.1f},{:.0f}", r.epoch, r.step, r.train_loss,
                       r.valid_loss, r.seconds, r.samples_per_second);
  };
  record.counted = "samples";
  return record;
}

class Run {
 public:
  Run(const RunPlan& plan, Engine& engine, Progress& progress)
      : plan_(plan), engine_(engine), progress_(progress), record_(record_of(plan), progress) {}

  TrainingState train(std::string_view told) {
    if (record_.go_on_from_checkpoint(engine_)) {
      record_.tell_where_it_goes_on(
          fmt::format("epoch {}, step {}", state_.epochs_done + 1, state_.step));
    }
    progress_.begin(told, std::int64_t{plan_.epochs} * targets_per_epoch(), "samples");
    try {
      while (!finished()) train_epoch();
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kCancelled) {
        record_.stop_politely(engine_, fmt::format("in epoch {}", state_.epochs_done + 1));
      }
      throw;
    }
    progress_.end();
    if (!plan_.keep_last) engine_.restore(state_.best, state_.step);
    return std::move(state_);
  }

 private:
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
      record_.checkpoint_if_due(engine_);
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
    const Stopwatch watch;
    const LossSum loss = engine_.train(batch);
    record_.count_batch(loss, engine_.steps_done(), watch.seconds());
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
    const Stopwatch watch;
    const double valid = plan_.valid(engine_).mean();
    record_.add({fmt::format("epoch {}", state_.epochs_done + 1), valid, watch.seconds(),
                 state_.epoch_loss.count},
                engine_);
  }

  const RunPlan& plan_;
  Engine& engine_;
  Progress& progress_;
  TrainingRecord record_;
  TrainingState& state_ = record_.state();
};

}  // namespace

TrainingState run_training(const RunPlan& plan, Engine& engine, std::string_view told,
                           Progress& progress) {
  return Run(plan, engine, progress).train(told);
}

}  // namespace undersong
