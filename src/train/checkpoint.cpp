#include "train/checkpoint.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <span>

#include "base/error.h"
#include "base/hash.h"

namespace undersong {
namespace {

using nlohmann::json;

constexpr const char* kRunKey = "undersong.checkpoint";
constexpr const char* kIdentityKey = "undersong.identity";
constexpr const char* kDigestKey = "undersong.checkpoint_sha256";
constexpr std::string_view kBestPrefix = "best.";
constexpr const char* kRemedy = "; use --fresh to start over";

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
              {"machine", state.machine},
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
  if (run.contains("machine")) state.machine = run["machine"].get<TrainingIdentity>();
  return state;
}

void check_numbers(const TrainingState& state) {
  const auto looks = static_cast<int>(state.log.size());
  if (state.step >= 0 && state.epochs_done == looks && state.batches_done >= 0 &&
      state.best_epoch >= 0 && state.best_epoch <= looks) {
    return;
  }
  throw Error(ErrorKind::kFormat, std::string("its numbers contradict each other") + kRemedy);
}

// Checkpoints of a composer that were written before there was a `machine` say it here.
void take_machine(const TrainingIdentity& written, TrainingState& state) {
  for (const char* name : {"device", "processes"}) {
    const auto found = written.find(name);
    if (found != written.end()) state.machine.emplace(*found);
  }
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

// Of everything else in the file. A bit that flipped in a weight would be noticed by nobody.
std::string digest_of(const WeightFile& file) {
  Sha256 digest;
  const auto add = [&](const auto& values) {
    digest.update(std::span(reinterpret_cast<const std::uint8_t*>(values.data()),
                            values.size() * sizeof(values[0])));
  };
  for (const auto& [key, text] : file.metadata) {
    if (key == kDigestKey) continue;
    digest.update(key);
    digest.update(text);
  }
  for (const auto& [name, tensor] : file.tensors) {
    digest.update(name);
    add(tensor.shape);
    std::visit(add, tensor.values);
  }
  return digest.finish_hex();
}

// Checkpoints that were written before there was a digest have none.
void check_digest(const WeightFile& file) {
  const auto found = file.metadata.find(kDigestKey);
  if (found == file.metadata.end() || found->second == digest_of(file)) return;
  throw Error(ErrorKind::kFormat, std::string("the file is damaged") + kRemedy);
}

WeightFile load_file(const std::filesystem::path& path) {
  try {
    return load_weights(path);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kFormat) throw;
    // What is said of weights, to fetch them again, helps nobody here.
    throw Error(ErrorKind::kFormat, std::string("the file is cut short or damaged") + kRemedy);
  }
}

TrainingState state_from_file(WeightFile file, const TrainingIdentity& identity) {
  try {
    check_digest(file);
    const auto written = json::parse(file.metadata.at(kIdentityKey)).get<TrainingIdentity>();
    check_identity(written, identity);
    TrainingState state = state_of(json::parse(file.metadata.at(kRunKey)));
    check_numbers(state);
    take_machine(written, state);
    for (auto& [name, tensor] : file.tensors) {
      const bool best = name.starts_with(kBestPrefix);
      auto& tensors = best ? state.best : state.tensors;
      tensors.emplace(best ? name.substr(kBestPrefix.size()) : name, std::move(tensor));
    }
    return state;
  } catch (const json::exception& error) {
    throw Error(ErrorKind::kFormat,
                fmt::format("not a checkpoint of a training ({}){}", error.what(), kRemedy));
  } catch (const std::out_of_range&) {
    throw Error(ErrorKind::kFormat, std::string("not a checkpoint of a training") + kRemedy);
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
  file.metadata[kDigestKey] = digest_of(file);
  with_context("writing the checkpoint", [&] { save_weights(path, file, Overwrite::kAllow); });
}

void check_tensors(const std::map<std::string, WeightTensor>& found,
                   const std::map<std::string, WeightTensor>& wanted) {
  for (const auto& [name, tensor] : wanted) {
    const auto same = found.find(name);
    if (same != found.end() && same->second.shape == tensor.shape &&
        same->second.values.index() == tensor.values.index()) {
      continue;
    }
    const char* fault = same == found.end() ? "is missing" : "has another shape";
    throw Error(ErrorKind::kFormat, fmt::format("its tensor {} {}{}", name, fault, kRemedy));
  }
}

std::optional<TrainingState> load_checkpoint(const std::filesystem::path& path,
                                             const TrainingIdentity& identity) {
  if (!std::filesystem::exists(path)) return std::nullopt;
  return with_context("checkpoint " + display(path),
                      [&] { return state_from_file(load_file(path), identity); });
}

}  // namespace undersong
