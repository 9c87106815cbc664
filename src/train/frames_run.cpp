#include "train/frames_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/cancel.h"
#include "base/error.h"
#include "base/rng.h"
#include "train/frames_measure.h"

namespace undersong {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kFromTheStart = 0.2;  // share of rows that begin where a piece does

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

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

class Run {
 public:
  Run(const FrameRunPlan& plan, DecoderEngine& engine, Progress& progress)
      : plan_(plan), engine_(engine), progress_(progress), rows_(plan) {
    tokens_of_step_ = plan.settings.rows * plan.spec.context;
    steps_ = std::max<std::int64_t>(1, plan.settings.tokens / tokens_of_step_);
  }

  FrameRunResult train() {
    go_on_from_checkpoint();
    if (state_.step >= steps_) return {true, std::move(state_)};
    progress_.begin("training", steps_ * tokens_of_step_, "tokens");
    try {
      while (state_.step < steps_) {
        throw_if_cancelled();
        step();
        if (look_is_due()) look();
        const bool over = plan_.seconds > 0.0 && seconds_since(start_) >= plan_.seconds;
        const double since = seconds_since(last_checkpoint_);
        if (over || state_.step == steps_ || since >= plan_.settings.checkpoint_seconds)
          checkpoint();
        if (over) break;
      }
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kCancelled) stop_politely();
      throw;
    }
    progress_.end();
    return {state_.step >= steps_, std::move(state_)};
  }

 private:
  void go_on_from_checkpoint() {
    auto found = load_checkpoint(plan_.checkpoint, plan_.identity);
    if (!found) return;
    state_ = std::move(*found);
    engine_.restore(state_.tensors, state_.step);
    state_.tensors.clear();
    progress_.line(fmt::format("going on from {}: {} of {} tokens", display(plan_.checkpoint),
                               state_.step * tokens_of_step_, steps_ * tokens_of_step_));
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
    const auto begin = Clock::now();
    const DecoderBatch batch = rows_.step(state_.step);
    const auto count = std::count_if(batch.targets.begin(), batch.targets.end(),
                                     [](std::int32_t target) { return target >= 0; });
    state_.epoch_loss += engine_.accumulate(batch, count);
    engine_.step(rate());
    state_.step = engine_.steps_done();
    const double spent = seconds_since(begin);
    state_.seconds += spent;
    state_.epoch_seconds += spent;
    ++state_.batches_done;
    progress_.update(state_.step * tokens_of_step_,
                     fmt::format("loss {:.3f} a token", state_.epoch_loss.mean()));
  }

  void look() {
    const auto begin = Clock::now();
    const double valid = mixed_nats({nats_of_steps(engine_, plan_.spec, plan_.valid, 0)}) /
                         static_cast<double>(plan_.valid_frames);
    if (!std::isfinite(valid)) {
      throw Error(ErrorKind::kUsage,
                  "the held-out loss is no longer a number: train again with a smaller "
                  "--learning-rate");
    }
    state_.seconds += seconds_since(begin);
    ++state_.epochs_done;
    const double speed =
        static_cast<double>(state_.epoch_loss.count) / std::max(state_.epoch_seconds, 1e-9);
    state_.log.push_back(
        {state_.epochs_done, state_.step, state_.epoch_loss.mean(), valid, state_.seconds, speed});
    const bool best = valid < state_.best_loss;
    if (best) {
      state_.best_loss = valid;
      state_.best_epoch = state_.epochs_done;
      state_.best = engine_.weights();
    }
    progress_.line(
        fmt::format("{:.2f} M tokens: loss {:.4f} a token, held out {:.4f} a step{}, "
                    "{:.0f} tokens/s",
                    static_cast<double>(state_.step * tokens_of_step_) / 1e6,
                    state_.epoch_loss.mean(), valid, best ? " (best)" : "", speed));
    state_.epoch_loss = {};
    state_.batches_done = 0;
    state_.epoch_seconds = 0.0;
    write_log();
  }

  void write_log() const {
    std::string csv =
        "step,tokens,train_nats_per_token,valid_nats_per_frame,seconds,tokens_per_second\n";
    for (const EpochRecord& r : state_.log) {
      csv += fmt::format("{},{},{:.6f},{:.6f},{:.1f},{:.0f}\n", r.step, r.step * tokens_of_step_,
                         r.train_loss, r.valid_loss, r.seconds, r.samples_per_second);
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
                fmt::format("training stopped after {} tokens; the same command goes on from {}",
                            state_.step * tokens_of_step_, display(plan_.checkpoint)));
  }

  const FrameRunPlan& plan_;
  DecoderEngine& engine_;
  Progress& progress_;
  FrameRows rows_;
  TrainingState state_;
  std::int64_t tokens_of_step_ = 0;
  std::int64_t steps_ = 0;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_checkpoint_ = Clock::now();
};

}  // namespace

FrameRunResult run_frame_training(const FrameRunPlan& plan, DecoderEngine& engine,
                                  Progress& progress) {
  return Run(plan, engine, progress).train();
}

}  // namespace undersong
