#include "train/training_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/file.h"

namespace undersong {

TrainingRecord::TrainingRecord(RecordPlan plan, Progress& progress)
    : plan_(std::move(plan)), progress_(progress) {
  state_.machine = plan_.machine;
}

bool TrainingRecord::load() {
  auto found = load_checkpoint(plan_.checkpoint, plan_.identity);
  if (!found) return false;
  state_ = std::move(*found);
  return true;
}

void TrainingRecord::check(const std::map<std::string, WeightTensor>& state,
                           const std::map<std::string, WeightTensor>& weights) const {
  with_context("checkpoint " + display(plan_.checkpoint), [&] {
    check_tensors(state_.tensors, state);
    if (state_.best_epoch > 0) check_tensors(state_.best, weights);
  });
}

void TrainingRecord::warn_of_another_machine() {
  std::string changes;
  for (const auto& [name, value] : plan_.machine) {
    const auto before = state_.machine.find(name);
    if (before == state_.machine.end() || before->second == value) continue;
    changes += fmt::format("{}{} was {} and is {} now", changes.empty() ? "" : ", ", name,
                           before->second, value);
  }
  state_.machine = plan_.machine;
  if (changes.empty()) return;
  progress_.line(
      fmt::format("warning: {}; sums are rounded otherwise, so the bytes of the weights "
                  "will differ from those of an undisturbed run",
                  changes));
}

void TrainingRecord::save() { save_checkpoint(plan_.checkpoint, state_, plan_.identity); }

void TrainingRecord::tell_where_it_goes_on(std::string_view place) const {
  progress_.line(fmt::format("going on from {}: {}", display(plan_.checkpoint), place));
}

bool TrainingRecord::time_is_over() const {
  return plan_.stop_after_seconds > 0.0 && run_.seconds() >= plan_.stop_after_seconds;
}

void TrainingRecord::count_batch(const LossSum& loss, std::int64_t step, double seconds) {
  state_.epoch_loss += loss;
  state_.step = step;
  state_.seconds += seconds;
  state_.epoch_seconds += seconds;
  ++state_.batches_done;
}

bool TrainingRecord::add_to_log(const Look& look) {
  if (!std::isfinite(look.held_out)) {
    throw Error(ErrorKind::kUsage,
                "the held-out loss is no longer a number: train again with a smaller "
                "--learning-rate");
  }
  state_.seconds += look.seconds;
  ++state_.epochs_done;
  const double loss = state_.epoch_loss.mean();
  const double speed = static_cast<double>(look.count) / std::max(state_.epoch_seconds, 1e-9);
  state_.log.push_back(
      {state_.epochs_done, state_.step, loss, look.held_out, state_.seconds, speed});
  const bool best = look.held_out < state_.best_loss;
  if (best) {
    state_.best_loss = look.held_out;
    state_.best_epoch = state_.epochs_done;
  }
  progress_.line(fmt::format("{}: loss {:.4f}{}, held out {:.4f}{}{}, {:.0f} {}/s", look.place,
                             loss, plan_.loss_unit, look.held_out, plan_.held_out_unit,
                             best ? " (best)" : "", speed, plan_.counted));
  state_.epoch_loss = {};
  state_.batches_done = 0;
  state_.epoch_seconds = 0.0;
  return best;
}

void TrainingRecord::write_log() const {
  std::string csv = plan_.log_header + "\n";
  for (const EpochRecord& record : state_.log) csv += plan_.log_row(record) + "\n";
  save_file(plan_.log, csv, Overwrite::kAllow);
}

void TrainingRecord::throw_stopped(std::string_view place) const {
  throw Error(ErrorKind::kCancelled,
              fmt::format("training stopped {}; the same command goes on from {}", place,
                          display(plan_.checkpoint)));
}

}  // namespace undersong
