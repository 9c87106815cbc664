#include "train/composer_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <thread>

#include "base/cancel.h"
#include "base/error.h"
#include "train/training_record.h"

namespace undersong {
namespace {

void append(DecoderBatch& batch, const DecoderBatch& more) {
  batch.steps = more.steps;
  batch.rows += more.rows;
  batch.features.insert(batch.features.end(), more.features.begin(), more.features.end());
  batch.anchors.insert(batch.anchors.end(), more.anchors.begin(), more.anchors.end());
  batch.targets.insert(batch.targets.end(), more.targets.begin(), more.targets.end());
}

std::int64_t targets_of(const DecoderBatch& batch) {
  return std::count_if(batch.targets.begin(), batch.targets.end(),
                       [](std::int32_t target) { return target >= 0; });
}

// Cuts the rows of the next step while the engine computes this one.
class Feeder {
 public:
  Feeder(const ComposerSamples& samples, const ComposerRunPlan& plan, const ProcessGroup& group,
         int threads)
      : samples_(samples),
        plan_(plan),
        rank_(group.rank()),
        processes_(group.size()),
        threads_(threads) {}

  DecoderBatch step(std::int64_t number) {
    DecoderBatch batch = ahead_.valid() && number == coming_ ? ahead_.get() : cut(number);
    coming_ = number + 1;
    ahead_ = std::async(std::launch::async, [this, next = coming_] { return cut(next); });
    return batch;
  }

 private:
  // The rows [first, last) of those that this process takes of a step.
  DecoderBatch some(std::int64_t step, std::int64_t first, std::int64_t last) const {
    DecoderBatch batch;
    for (std::int64_t row = first; row < last; ++row) {
      const std::int64_t index = step * plan_.rows + rank_ + row * processes_;
      samples_.add_row(plan_.seed, static_cast<std::uint64_t>(index), batch);
    }
    return batch;
  }

  DecoderBatch cut(std::int64_t step) const {
    const std::int64_t own = (plan_.rows - rank_ + processes_ - 1) / processes_;
    std::vector<std::future<DecoderBatch>> parts;
    for (int t = 0; t < threads_; ++t) {
      const std::int64_t from = own * t / threads_;
      const std::int64_t to = own * (t + 1) / threads_;
      if (from == to) continue;
      parts.push_back(std::async(threads_ == 1 ? std::launch::deferred : std::launch::async,
                                 [this, step, from, to] { return some(step, from, to); }));
    }
    DecoderBatch batch;
    for (auto& part : parts) append(batch, part.get());
    return batch;
  }

  const ComposerSamples& samples_;
  const ComposerRunPlan& plan_;
  std::int64_t rank_;
  std::int64_t processes_;
  int threads_;
  std::int64_t coming_ = 0;
  std::future<DecoderBatch> ahead_;
};

// A CPU's threads all compute; beside a GPU they have nothing else to do than to cut rows.
int feeding_threads(const DecoderEngine& engine) {
  constexpr int kMost = 8;
  if (!engine.on_cuda()) return 1;
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, kMost);
}

std::int64_t tokens_of_step(const ComposerRunPlan& plan) { return plan.rows * plan.context; }

RecordPlan record_of(const ComposerRunPlan& plan, const ProcessGroup& group) {
  RecordPlan record;
  record.checkpoint = plan.checkpoint;
  record.checkpoint_seconds = plan.checkpoint_seconds;
  record.stop_after_seconds = plan.stop_after_seconds;
  record.identity = plan.identity;
  record.machine = plan.machine;
  record.keeper = group.first() ? RecordKeeper::kThisProcess : RecordKeeper::kAnother;
  record.log = plan.log;
  record.log_header =
      "step,tokens,learning_rate,train_nats_per_token,valid_nats_per_note,seconds,"
      "tokens_per_second";
  record.log_row = [&plan](const EpochRecord& r) {
    return fmt::format("{},{},{:.6g},{:.6f},{:.6f},{:.1f},{:.0f}", r.step,
                       r.step * tokens_of_step(plan), plan.schedule.rate_of(r.step - 1),
                       r.train_loss, r.valid_loss, r.seconds, r.samples_per_second);
  };
  record.loss_unit = " a token";
  record.held_out_unit = " a note";
  record.counted = "tokens";
  return record;
}

class Run {
 public:
  Run(const ComposerRunPlan& plan, const ComposerSamples& samples, DecoderEngine& engine,
      ProcessGroup& group, Progress& progress)
      : plan_(plan),
        engine_(engine),
        group_(group),
        progress_(progress),
        feeder_(samples, plan, group, feeding_threads(engine)),
        record_(record_of(plan, group), progress) {}

  ComposerRunResult train() {
    if (group_.first()) go_on_from_checkpoint();
    state_.planned_steps = plan_.schedule.steps;
    state_.falls_from = plan_.schedule.steps - plan_.schedule.falling;
    share_start();
    progress_.begin("training composer", tokens_of(plan_.schedule.steps), "tokens");
    RunEnd end = RunEnd::kFinished;
    try {
      end = steps();
    } catch (const Error& error) {
      // What a step has begun to add up is lost with it: the checkpoint stands between two steps.
      if (error.kind() == ErrorKind::kCancelled) {
        record_.stop_politely(engine_, fmt::format("after {} tokens", tokens_of(state_.step)));
      }
      throw;
    }
    progress_.end();
    return {end, std::move(state_)};
  }

 private:
  std::int64_t tokens_of(std::int64_t steps) const { return steps * tokens_of_step(plan_); }

  void go_on_from_checkpoint() {
    if (!record_.go_on_from_checkpoint(engine_)) return;
    const std::int64_t falls = plan_.schedule.steps - plan_.schedule.falling;
    if (state_.planned_steps != plan_.schedule.steps &&
        (state_.step > falls || state_.step > state_.falls_from)) {
      throw Error(ErrorKind::kMismatch,
                  fmt::format("checkpoint {}: its learning rate has begun to fall, for an end "
                              "after {} tokens; train with --tokens {} to go on, or with --fresh "
                              "to start over",
                              display(plan_.checkpoint), tokens_of(state_.planned_steps),
                              tokens_of(state_.planned_steps)));
    }
    record_.tell_where_it_goes_on(
        fmt::format("{} of {} tokens", tokens_of(state_.step), tokens_of(plan_.schedule.steps)));
  }

  // Where the first process stands, the others stand too: a sum in which only it has more than 0.
  void share_start() {
    if (group_.size() == 1) return;
    std::vector<double> place = {static_cast<double>(state_.step),
                                 static_cast<double>(last_look())};
    group_.sum(place);
    std::map<std::string, WeightTensor> tensors = engine_.state();
    for (auto& [name, tensor] : tensors) {
      auto& values = std::get<std::vector<float>>(tensor.values);
      if (!group_.first()) std::fill(values.begin(), values.end(), 0.0F);
      group_.sum(values);
    }
    state_.step = static_cast<std::int64_t>(place[0]);
    engine_.restore(tensors, state_.step);
    if (!group_.first() && place[1] > 0.0) {
      state_.log.push_back({.step = static_cast<std::int64_t>(place[1])});
    }
  }

  // A look that was due when the run before was stopped comes first, so that the course of a
  // training does not depend on its interruptions.
  RunEnd steps() {
    while (true) {
      if (look_is_due()) look();
      if (state_.step >= plan_.schedule.steps) break;
      const Stop stop = step();
      if (stop == Stop::kCancelled) throw Error(ErrorKind::kCancelled, "cancelled");
      if (stop == Stop::kTimeOver && state_.step < plan_.schedule.steps) {
        record_.checkpoint(engine_);
        return RunEnd::kTimeOver;
      }
      record_.checkpoint_if_due(engine_);
    }
    record_.checkpoint(engine_);
    return RunEnd::kFinished;
  }

  bool look_is_due() const {
    if (state_.step == last_look()) return false;
    return state_.step >= plan_.schedule.steps ||
           state_.step >= last_look() + plan_.steps_between_looks;
  }

  std::int64_t last_look() const { return state_.log.empty() ? 0 : state_.log.back().step; }

  enum class Stop { kNo, kTimeOver, kCancelled };

  // The processes stop after the same step: when the first one's time is over, or any is told to.
  Stop agreed(LossSum& loss) {
    const bool over = group_.first() && record_.time_is_over();
    std::vector<double> told = {loss.nats, over ? 1.0 : 0.0, cancel_requested() ? 1.0 : 0.0};
    group_.sum(told);
    loss.nats = told[0];
    if (told[2] > 0.0) return Stop::kCancelled;
    return told[1] > 0.0 ? Stop::kTimeOver : Stop::kNo;
  }

  std::int64_t over_all(std::int64_t count) {
    std::vector<double> sum = {static_cast<double>(count)};
    group_.sum(sum);
    return static_cast<std::int64_t>(sum[0]);
  }

  Stop step() {
    const Stopwatch watch;
    const DecoderBatch batch = feeder_.step(state_.step);
    const std::int64_t count = over_all(targets_of(batch));
    LossSum loss = engine_.accumulate(batch, std::max<std::int64_t>(1, count));
    if (group_.size() > 1) {
      std::vector<float> gradients = engine_.gradients();
      group_.sum(gradients);
      engine_.set_gradients(gradients);
    }
    const Stop stop = agreed(loss);
    engine_.step(plan_.schedule.rate_of(state_.step));
    record_.count_batch({loss.nats, count}, engine_.steps_done(), watch.seconds());
    progress_.update(tokens_of(state_.step), told());
    return stop;
  }

  std::string told() const {
    const std::string valid =
        state_.log.empty() ? ""
                           : fmt::format(", held out {:.3f} a note", state_.log.back().valid_loss);
    return fmt::format("loss {:.3f} a token{}", state_.epoch_loss.mean(), valid);
  }

  void look() {
    if (!group_.first()) {
      state_.log.push_back({.step = state_.step});
      return;
    }
    const Stopwatch watch;
    const double valid =
        total_of(evaluate_windows(engine_, plan_.valid, plan_.context, silent_progress()))
            .per_note();
    const double millions = static_cast<double>(tokens_of(state_.step)) / 1e6;
    record_.add({fmt::format("{:.2f} M tokens", millions), valid, watch.seconds(),
                 tokens_of(state_.batches_done)},
                engine_);
  }

  const ComposerRunPlan& plan_;
  DecoderEngine& engine_;
  ProcessGroup& group_;
  Progress& progress_;
  Feeder feeder_;
  TrainingRecord record_;
  TrainingState& state_ = record_.state();
};

}  // namespace

double RateSchedule::rate_of(std::int64_t step) const {
  const auto place = static_cast<double>(step + 1);
  if (step < rising) return highest * place / static_cast<double>(rising);
  const std::int64_t falls = steps - falling;
  if (step < falls) return highest;
  return highest * static_cast<double>(steps - step) / static_cast<double>(falling + 1);
}

ComposerRunResult run_composer_training(const ComposerRunPlan& plan, const ComposerSamples& samples,
                                        DecoderEngine& engine, ProcessGroup& group,
                                        Progress& progress) {
  return Run(plan, samples, engine, group, progress).train();
}

}  // namespace undersong
