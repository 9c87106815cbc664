#include "train/frames_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/cancel.h"
#include "base/error.h"
#include "base/rng.h"
#include "train/frames_measure.h"
#include "train/training_record.h"

namespace undersong {
namespace {

constexpr double kFromTheStart = 0.2;  // share of rows that begin where a piece does

// Rows to learn from: a function of the seed and the row's number.
class FrameRows {
 public:
  explicit FrameRows(const FrameRunPlan& plan) : plan_(plan), rng_(Rng(plan.seed).fork("rows")) {
    for (const FrameSteps& piece : plan.train)
      weights_.push_back(static_cast<double>(std::max<std::int64_t>(piece.steps(), context() / 2)));
  }

  DecoderBatch step(std::int64_t number) const {
    DecoderBatch batch;
    for (std::int64_t row = 0; row < plan_.settings.rows; ++row)
      add_row(static_cast<std::uint64_t>(number * plan_.settings.rows + row), batch);
    return batch;
  }

 private:
  std::int64_t context() const { return plan_.spec.context; }

  void add_row(std::uint64_t number, DecoderBatch& batch) const {
    Rng rng = rng_.fork(number);
    const FrameSteps& piece = plan_.train[rng.weighted(weights_)];
    const int most = plan_.settings.transpose;
    const int lowest = std::max(-most, std::min(0, piece.lowest_shift()));
    const int highest = std::min(most, std::max(0, piece.highest_shift()));
    const int shift =
        lowest + static_cast<int>(rng.below(static_cast<std::uint64_t>(highest - lowest + 1)));
    const std::int64_t first = first_step(piece, rng);
    const std::int64_t end = std::min(piece.steps(), first + context());
    piece.append_row(first, first, end, shift, plan_.spec, batch);
  }

  // Rows that reach the end of a piece are as long as they can be.
  std::int64_t first_step(const FrameSteps& piece, Rng& rng) const {
    if (piece.steps() <= context() || rng.uniform() < kFromTheStart) return 0;
    const auto any = static_cast<std::int64_t>(
        rng.below(static_cast<std::uint64_t>(piece.steps() - context() / 2)));
    const std::int64_t last = piece.steps() - context();
    return any <= last ? piece.frame_start(any) : piece.next_frame_start(last - 1);
  }

  const FrameRunPlan& plan_;
  Rng rng_;
  std::vector<double> weights_;
};

std::int64_t tokens_of_step(const FrameRunPlan& plan) {
  return plan.settings.rows * plan.spec.context;
}

RecordPlan record_of(const FrameRunPlan& plan) {
  RecordPlan record;
  record.checkpoint = plan.checkpoint;
  record.checkpoint_seconds = plan.settings.checkpoint_seconds;
  record.stop_after_seconds = plan.seconds;
  record.identity = plan.identity;
  record.log = plan.log;
  record.log_header =
      "step,tokens,train_nats_per_token,valid_nats_per_frame,seconds,tokens_per_second";
  record.log_row = [&plan](const EpochRecord& r) {
    return fmt::format("{},{},{:.6f},{:.6f},{:.1f},{:.0f}", r.step, r.step * tokens_of_step(plan),
                       r.train_loss, r.valid_loss, r.seconds, r.samples_per_second);
  };
  record.loss_unit = " a token";
  record.held_out_unit = " a step";
  record.counted = "tokens";
  return record;
}

class Run {
 public:
  Run(const FrameRunPlan& plan, DecoderEngine& engine, Progress& progress)
      : plan_(plan),
        engine_(engine),
        progress_(progress),
        rows_(plan),
        steps_(std::max<std::int64_t>(1, plan.settings.tokens / tokens_of_step(plan))),
        record_(record_of(plan), progress) {}

  FrameRunResult train() {
    if (record_.go_on_from_checkpoint(engine_)) {
      record_.tell_where_it_goes_on(
          fmt::format("{} of {} tokens", tokens_of(state_.step), tokens_of(steps_)));
    }
    if (state_.step >= steps_) return {true, std::move(state_)};
    progress_.begin("training", tokens_of(steps_), "tokens");
    try {
      steps();
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kCancelled) {
        record_.stop_politely(engine_, fmt::format("after {} tokens", tokens_of(state_.step)));
      }
      throw;
    }
    progress_.end();
    return {state_.step >= steps_, std::move(state_)};
  }

 private:
  std::int64_t tokens_of(std::int64_t steps) const { return steps * tokens_of_step(plan_); }

  void steps() {
    while (state_.step < steps_) {
      throw_if_cancelled();
      step();
      if (look_is_due()) look();
      if (record_.time_is_over()) break;
      record_.checkpoint_if_due(engine_);
    }
    record_.checkpoint(engine_);
  }

  double rate() const {
    const double place = static_cast<double>(state_.step + 1) / static_cast<double>(steps_ + 1);
    const FrameTrainingSettings& s = plan_.settings;
    const double rising = s.warm_up > 0.0 ? std::min(1.0, place / s.warm_up) : 1.0;
    const double falling = s.decay > 0.0 ? std::min(1.0, (1.0 - place) / s.decay) : 1.0;
    return s.learning_rate * std::min(rising, falling);
  }

  bool look_is_due() const {
    const std::int64_t done = state_.step * plan_.settings.looks / steps_;
    const std::int64_t before = (state_.step - 1) * plan_.settings.looks / steps_;
    return done > before;
  }

  void step() {
    const Stopwatch watch;
    const DecoderBatch batch = rows_.step(state_.step);
    const auto count = std::count_if(batch.targets.begin(), batch.targets.end(),
                                     [](std::int32_t target) { return target >= 0; });
    const LossSum loss = engine_.accumulate(batch, count);
    engine_.step(rate());
    record_.count_batch(loss, engine_.steps_done(), watch.seconds());
    progress_.update(tokens_of(state_.step),
                     fmt::format("loss {:.3f} a token", state_.epoch_loss.mean()));
  }

  void look() {
    const Stopwatch watch;
    const double valid = mixed_nats({nats_of_steps(engine_, plan_.spec, plan_.valid, 0)}) /
                         static_cast<double>(plan_.valid_frames);
    const double millions = static_cast<double>(tokens_of(state_.step)) / 1e6;
    record_.add(
        {fmt::format("{:.2f} M tokens", millions), valid, watch.seconds(), state_.epoch_loss.count},
        engine_);
  }

  const FrameRunPlan& plan_;
  DecoderEngine& engine_;
  Progress& progress_;
  FrameRows rows_;
  std::int64_t steps_;
  TrainingRecord record_;
  TrainingState& state_ = record_.state();
};

}  // namespace

FrameRunResult run_frame_training(const FrameRunPlan& plan, DecoderEngine& engine,
                                  Progress& progress) {
  return Run(plan, engine, progress).train();
}

}  // namespace undersong
