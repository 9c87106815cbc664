#include "train/checkpoint.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace undersong {
namespace {

using nlohmann::json;

constexpr const char* kRunKey = "undersong.checkpoint";
constexpr const char* kIdentityKey = "undersong.identity";
constexpr std::string_view kBestPrefix = "best.";

json to_json(const EpochRecord& record) {
  return {record.epoch,      record.step,    record.train_loss,
          record.valid_loss, record.seconds, record.samples_per_second};
}

EpochRecord record_of(const json& row) {
  return {row.at(0).get<int>(),    row.at(1).get<std::int64_t>(), row.at(2).get<double>(),
          row.at(3).get<double>(), row.at(4).get<double>(),       row.at(5).get<double>()};
}

// Numbers are written with as many digits as bring the same bits back.
json to_json(const TrainingState& state) {
  json log = json::array();
  for (const EpochRecord& record : state.log) log.push_back(to_json(record));
  json run = {{"step", state.step},
              {"epochs_done", state.epochs_done},
              {"batches_done", state.batches_done},
              {"epoch_nats", state.epoch_loss.nats},
              {"epoch_count", state.epoch_loss.count},
              {"seconds", state.seconds},
              {"epoch_seconds", state.epoch_seconds},
              {"best_epoch", state.best_epoch},
              {"planned_steps", state.planned_steps},
              {"falls_from", state.falls_from},
              {"log", std::move(log)}};
  if (state.best_epoch > 0) run["best_loss"] = state.best_loss;
  return run;
}

TrainingState state_of(const json& run) {
  TrainingState state;
  state.step = run.at("step").get<std::int64_t>();
  state.epochs_done = run.at("epochs_done").get<int>();
  state.batches_done = run.at("batches_done").get<std::int64_t>();
  state.epoch_loss = {run.at("epoch_nats").get<double>(),
                      run.at("epoch_count").get<std::int64_t>()};
  state.seconds = run.at("seconds").get<double>();
  state.epoch_seconds = run.at("epoch_seconds").get<double>();
  state.best_epoch = run.at("best_epoch").get<int>();
  state.planned_steps = run.value("planned_steps", std::int64_t{0});
  state.falls_from = run.value("falls_from", std::int64_t{0});
  if (state.best_epoch > 0) state.best_loss = run.at("best_loss").get<double>();
  for (const json& row : run.at("log")) state.log.push_back(record_of(row));
  return state;
}

void check_identity(const TrainingIdentity& written, const TrainingIdentity& wanted) {
  std::string differences;
  for (const auto& [name, value] : wanted) {
    const auto found = written.find(name);
    const std::string before = found == written.end() ? "unknown" : found->second;
    if (before == value) continue;
    differences += fmt::format("{}{} was {} and is {} now", differences.empty() ? "" : ", ", name,
                               before, value);
  }
  if (differences.empty()) return;
  throw Error(ErrorKind::kMismatch,
              "it belongs to another training (" + differences +
                  "); train with those settings to go on, or with --fresh to start over");
}

TrainingState state_from_file(WeightFile file, const TrainingIdentity& identity) {
  try {
    const auto written = json::parse(file.metadata.at(kIdentityKey)).get<TrainingIdentity>();
    check_identity(written, identity);
    TrainingState state = state_of(json::parse(file.metadata.at(kRunKey)));
    for (auto& [name, tensor] : file.tensors) {
      const bool best = name.starts_with(kBestPrefix);
      auto& tensors = best ? state.best : state.tensors;
      tensors.emplace(best ? name.substr(kBestPrefix.size()) : name, std::move(tensor));
    }
    return state;
  } catch (const json::exception& error) {
    throw Error(ErrorKind::kFormat, fmt::format("not a checkpoint of a training ({}); use --fresh "
                                                "to start over",
                                                error.what()));
  } catch (const std::out_of_range&) {
    throw Error(ErrorKind::kFormat, "not a checkpoint of a training; use --fresh to start over");
  }
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const TrainingState& state,
                     const TrainingIdentity& identity) {
  WeightFile file;
  file.metadata[kRunKey] = to_json(state).dump();
  file.metadata[kIdentityKey] = json(identity).dump();
  file.tensors = state.tensors;
  for (const auto& [name, tensor] : state.best) {
    file.tensors[std::string(kBestPrefix) + name] = tensor;
  }
  with_context("writing the checkpoint", [&] { save_weights(path, file, Overwrite::kAllow); });
}

std::optional<TrainingState> load_checkpoint(const std::filesystem::path& path,
                                             const TrainingIdentity& identity) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  return with_context("checkpoint " + display(path),
                      [&] { return state_from_file(load_weights(path), identity); });
}

}  // namespace undersong
