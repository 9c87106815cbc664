#include "train/training.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/hash.h"
#include "corpus/licence.h"
#include "model/model_metadata.h"
#include "plot/line_chart.h"
#include "tokens/transposition.h"
#include "train/training_run.h"

namespace undersong {
namespace {

using nlohmann::json;

constexpr double kLeakyShare = 0.8;  // of the windows train when they are split the seed's way
// Enough to begin differently each time, and too little music to be anybody's piece.
constexpr std::size_t kPrompts = 32;
constexpr int kPromptSteps = 10;

void require(bool sensible, const std::string& sentence) {
  if (!sensible) throw Error(ErrorKind::kUsage, sentence);
}

std::string_view name_of(HoldOut hold_out) {
  return hold_out == HoldOut::kPieces ? "pieces" : "windows";
}

std::string_view name_of(Keep keep) { return keep == Keep::kBest ? "best" : "last"; }

TrainingSettings completed(TrainingSettings settings, const Architecture& architecture) {
  const TrainingDefaults& defaults = architecture.defaults;
  if (settings.epochs == 0) settings.epochs = defaults.epochs;
  if (settings.batch == 0) settings.batch = defaults.batch;
  if (settings.learning_rate == 0.0) settings.learning_rate = defaults.learning_rate;
  if (settings.window == 0) settings.window = defaults.window;
  if (settings.patience == 0) settings.patience = defaults.patience;
  if (settings.transpose < 0) settings.transpose = defaults.transpose;
  // Windows are drawn from the music as it stands: in another key they would be others.
  if (settings.hold_out == HoldOut::kWindows) settings.transpose = 0;
  return settings;
}

void check_settings(const TrainingSettings& s) {
  constexpr int kMany = 1'000'000;
  require(s.epochs >= 1 && s.epochs <= kMany, "--epochs must be from 1 to 1000000");
  require(s.batch >= 1 && s.batch <= kMany, "--batch must be from 1 to 1000000");
  require(std::isfinite(s.learning_rate) && s.learning_rate > 0.0 && s.learning_rate <= 10.0,
          "--learning-rate must be above 0 and at most 10; the seed's is 0.01");
  require(s.window >= 1 && s.window <= 65536, "--window must be from 1 to 65536");
  require(s.patience >= 1 && s.patience <= kMany, "--patience must be from 1 to 1000000");
  require(s.transpose <= 11, "--transpose must be from 0 (as written) to 11 semitones");
  require(s.dropout < 1.0, "--dropout must be at least 0 and below 1");
  require(s.threads >= 0 && s.threads <= 1024, "--threads must be from 0 (all) to 1024");
  require(s.checkpoint_seconds >= 0.0, "--checkpoint-seconds must not be negative");
}

NetworkSpec network_of(const Architecture& architecture, const Dataset& data,
                       const TrainingSettings& settings) {
  require(architecture.kind == Architecture::Kind::kNetwork,
          fmt::format("{} is counted, not trained: use `undersong train {}`", architecture.name,
                      architecture.name));
  NetworkSpec spec =
      architecture.network(data.vocabulary.size(), settings.window, data.column_sizes);
  int least = 1;
  for (LayerSpec& layer : spec.layers) {
    if (layer.kind == LayerKind::kConv1d) least += layer.kernel_size - 1;
    if (layer.kind == LayerKind::kDropout && settings.dropout >= 0.0) layer.rate = settings.dropout;
  }
  require(spec.window >= least,
          fmt::format("--window must be at least {} for {}", least, architecture.name));
  return spec;
}

std::vector<Ids> ids_of(const Dataset& data, Split split) {
  std::vector<Ids> pieces;
  for (const DatasetPiece* piece : data.of(split)) pieces.push_back(piece->ids);
  return pieces;
}

std::filesystem::path beside(const std::filesystem::path& output, std::string_view suffix) {
  return output.parent_path() / (output.stem().string() + std::string(suffix));
}

json settings_json(const Architecture& architecture, const TrainingSettings& s) {
  json out = {{"architecture", architecture.name},
              {"epochs", s.epochs},
              {"batch", s.batch},
              {"learning_rate", s.learning_rate},
              {"window", s.window},
              {"patience", s.patience},
              {"transpose", s.transpose},
              {"seed", s.seed},
              {"split", name_of(s.hold_out)},
              {"optimiser", "adamax"}};
  if (s.keep == Keep::kLast) out["keep"] = name_of(s.keep);
  if (s.dropout >= 0.0) out["dropout"] = s.dropout;
  return out;
}

// For the weight file: what made it, the choice of music included.
json recipe_json(const Architecture& architecture, const TrainingSettings& settings,
                 const DatasetOptions& music) {
  json recipe = settings_json(architecture, settings);
  recipe["minimum_count"] = music.minimum_count;
  recipe["groups"] = music.groups;
  recipe["track_name"] = music.track_name;
  recipe["held_out"] = music.held_out;
  return recipe;
}

std::string digest_of(const Dataset& data) {
  Sha256 digest;
  digest.update(data.vocabulary.to_json());
  for (const DatasetPiece& piece : data.pieces) {
    digest.update(fmt::format("{}\n{}\n", static_cast<int>(piece.split), piece.ids.size()));
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(piece.ids.data());
    digest.update(std::span<const std::uint8_t>(bytes, piece.ids.size() * sizeof(TokenId)));
  }
  return digest.finish_hex();
}

// What a checkpoint must share with the training that goes on from it. The number of epochs may
// grow.
TrainingIdentity identity_of(const Architecture& architecture, const TrainingSettings& settings,
                             const Engine& engine, const std::string& data_digest) {
  TrainingIdentity identity;
  const json given = settings_json(architecture, settings);
  for (auto item = given.begin(); item != given.end(); ++item) {
    if (item.key() == "epochs") continue;
    identity[item.key()] = item->is_string() ? item->get<std::string>() : item->dump();
  }
  identity["music"] = data_digest.substr(0, 16);
  identity["device"] = engine.device_line();
  return identity;
}

json loss_json(const LossSum& loss) {
  if (loss.count == 0) return nullptr;
  return {{"nats", loss.mean()}, {"targets", loss.count}};
}

json outcome_json(const TrainingOutcome& outcome, const TrainingSettings& settings) {
  return {{"split", name_of(settings.hold_out)}, {"epochs", outcome.epochs},
          {"best_epoch", outcome.best_epoch},    {"kept_epoch", outcome.kept_epoch},
          {"train", loss_json(outcome.train)},   {"valid", loss_json(outcome.valid)},
          {"test", loss_json(outcome.test)},     {"frequency", loss_json(outcome.frequency)}};
}

// Trains in one of the two ways; Training puts both together.
class Way {
 public:
  Way(const Architecture& architecture, const Dataset& data, const TrainingSettings& settings,
      std::filesystem::path checkpoint, std::filesystem::path log)
      : architecture_(architecture),
        settings_(settings),
        spec_(network_of(architecture, data, settings)),
        engine_(spec_, {.device = settings.device,
                        .threads = settings.threads,
                        .seed = settings.seed,
                        .learning_rate = settings.learning_rate}) {
    plan_.spec = spec_;
    plan_.epochs = settings.epochs;
    plan_.batch = settings.batch;
    plan_.patience = settings.keep == Keep::kLast ? 0 : settings.patience;
    plan_.keep_last = settings.keep == Keep::kLast;
    plan_.representation = data.representation;
    for (int key = -settings.transpose; settings.transpose > 0 && key <= settings.transpose;
         ++key) {
      plan_.keys.push_back(transposition_map(data.vocabulary, data.representation, key));
    }
    plan_.seed = settings.seed;
    plan_.checkpoint = std::move(checkpoint);
    plan_.checkpoint_seconds = settings.checkpoint_seconds;
    plan_.identity = identity_of(architecture, settings, engine_, digest_of(data));
    plan_.log = std::move(log);
    if (settings.hold_out == HoldOut::kPieces) {
      hold_out_pieces(data);
    } else {
      hold_out_windows(data);
    }
  }

  TrainingOutcome train(Progress& progress) {
    const std::string told = "training " + architecture_.name +
                             (settings_.hold_out == HoldOut::kWindows ? " (split by windows)" : "");
    const TrainingState state = run_training(plan_, engine_, told, progress);
    log_ = state.log;
    TrainingOutcome outcome;
    outcome.epochs = state.epochs_done;
    outcome.best_epoch = state.best_epoch;
    outcome.kept_epoch = settings_.keep == Keep::kLast ? state.epochs_done : state.best_epoch;
    outcome.valid = plan_.valid(engine_);
    if (settings_.hold_out == HoldOut::kPieces) {
      outcome.train = evaluate_pieces(engine_, spec_, plan_.pieces);
      outcome.test = evaluate_pieces(engine_, spec_, test_);
      outcome.frequency = frequency_loss(spec_, plan_.pieces, valid_);
    } else {
      outcome.train = evaluate_samples(engine_, Cutter(spec_, plan_.pieces), plan_.samples);
    }
    return outcome;
  }

  const Engine& engine() const { return engine_; }
  const NetworkSpec& spec() const { return spec_; }
  const std::vector<EpochRecord>& log() const { return log_; }
  const RunPlan& plan() const { return plan_; }

 private:
  void hold_out_pieces(const Dataset& data) {
    plan_.pieces = ids_of(data, Split::kTrain);
    valid_ = ids_of(data, Split::kValid);
    test_ = ids_of(data, Split::kTest);
    plan_.samples = Cutter(spec_, plan_.pieces).every_sample();
    require_samples(data);
    require(frequency_loss(spec_, plan_.pieces, valid_).count > 0,
            fmt::format("nothing of the corpus {} is held out to judge the training by: add more "
                        "pieces, name some with --held-out FILE, or use --split windows",
                        data.corpus));
    plan_.valid = [this](Engine& engine) { return evaluate_pieces(engine, spec_, valid_); };
  }

  // Windows of all pieces, a fifth of them at random apart.
  void hold_out_windows(const Dataset& data) {
    for (const DatasetPiece& piece : data.pieces) plan_.pieces.push_back(piece.ids);
    plan_.move_crops = false;
    plan_.samples = Cutter(spec_, plan_.pieces).every_sample();
    require_samples(data);
    Rng rng = Rng(settings_.seed).fork("windows");
    rng.shuffle(std::span<Sample>(plan_.samples));
    const auto kept = static_cast<std::ptrdiff_t>(
        std::ceil(kLeakyShare * static_cast<double>(plan_.samples.size())));
    held_out_.assign(plan_.samples.begin() + kept, plan_.samples.end());
    plan_.samples.erase(plan_.samples.begin() + kept, plan_.samples.end());
    require(!held_out_.empty(), too_small(data));
    plan_.valid = [this](Engine& engine) {
      return evaluate_samples(engine, Cutter(spec_, plan_.pieces), held_out_);
    };
  }

  std::string too_small(const Dataset& data) const {
    return fmt::format(
        "the corpus {} is smaller than a window of {}: no piece to learn from has "
        "more symbols than that; add music, or lower --window or --minimum-count",
        data.corpus, spec_.window);
  }

  void require_samples(const Dataset& data) const {
    require(!plan_.samples.empty(), too_small(data));
  }

  const Architecture& architecture_;
  TrainingSettings settings_;
  NetworkSpec spec_;
  Engine engine_;
  RunPlan plan_;
  std::vector<Ids> valid_;
  std::vector<Ids> test_;
  std::vector<Sample> held_out_;
  std::vector<EpochRecord> log_;
};

// Windows of held-out music to start from, evenly over it, as the seed starts.
WeightTensor prompts_of(const Dataset& data, const NetworkSpec& spec) {
  std::vector<Ids> pieces = ids_of(data, Split::kTest);
  if (pieces.empty()) pieces = ids_of(data, Split::kValid);
  if (pieces.empty()) pieces = ids_of(data, Split::kTrain);
  const std::size_t columns = std::max<std::size_t>(1, spec.column_sizes.size());
  const int steps = spec.reading == Reading::kWindow ? spec.window : kPromptSteps;
  const std::size_t length = static_cast<std::size_t>(steps) * columns;
  std::vector<std::pair<std::size_t, std::size_t>> starts;
  for (std::size_t piece = 0; piece < pieces.size(); ++piece) {
    for (std::size_t start = 0; start + length <= pieces[piece].size(); start += columns) {
      starts.emplace_back(piece, start);
    }
  }
  const std::size_t count = std::min(kPrompts, starts.size());
  std::vector<std::int32_t> values;
  for (std::size_t i = 0; i < count; ++i) {
    const auto [piece, start] = starts[i * starts.size() / count];
    const auto first = pieces[piece].begin() + static_cast<std::ptrdiff_t>(start);
    values.insert(values.end(), first, first + static_cast<std::ptrdiff_t>(length));
  }
  return {{static_cast<std::int64_t>(count), static_cast<std::int64_t>(length)}, values};
}

WeightFile weight_file(const Architecture& architecture, const Dataset& data, const Way& way,
                       const json& settings, const json& training) {
  ModelInfo info;
  info.architecture = architecture.name;
  info.representation = architecture.representation;
  info.window = way.spec().window;
  info.column_sizes = data.column_sizes;
  info.corpus = data.corpus;
  info.corpus_sha256 = data.corpus_sha256;
  info.settings_json = settings.dump();
  info.training_json = training.dump();
  WeightFile file;
  file.metadata = weight_metadata(info, data.vocabulary);
  file.tensors = way.engine().weights();
  file.tensors["prompts"] = prompts_of(data, way.spec());
  if (!data.rhythm.empty()) {
    std::vector<std::int32_t> rows = data.rhythm.to_rows();
    const auto row_length = static_cast<std::int64_t>(RhythmTable::kRowLength);
    const auto count = static_cast<std::int64_t>(rows.size()) / row_length;
    file.tensors["rhythm"] = {{count, row_length}, std::move(rows)};
  }
  return file;
}

LineChart losses_chart(const Architecture& architecture, const Dataset& data, const Way& way,
                       const TrainingOutcome& outcome) {
  LineChart chart;
  chart.title = fmt::format("{} on {}", architecture.name, data.corpus);
  chart.x_label = "epoch";
  chart.y_label = "nats per symbol";
  chart.series = {{"training", {}}, {"held out", {}}, {"frequencies, held out", {}}};
  for (const EpochRecord& record : way.log()) {
    const auto epoch = static_cast<double>(record.epoch);
    chart.series[0].points.push_back({epoch, record.train_loss});
    chart.series[1].points.push_back({epoch, record.valid_loss});
    if (outcome.frequency.count > 0) {
      chart.series[2].points.push_back({epoch, outcome.frequency.mean()});
    }
  }
  if (chart.series[2].points.empty()) chart.series.pop_back();
  chart.marks = {{{static_cast<double>(outcome.kept_epoch), outcome.valid.mean()},
                  fmt::format("{}: {:.3f} at epoch {}",
                              outcome.kept_epoch == outcome.best_epoch ? "best" : "last",
                              outcome.valid.mean(), outcome.kept_epoch),
                  1}};
  return chart;
}

void remove_quietly(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

struct Paths {
  std::filesystem::path checkpoint;
  std::filesystem::path leaky_checkpoint;
  std::filesystem::path log;
  std::filesystem::path leaky_log;
  std::filesystem::path picture;
};

Paths paths_of(const std::filesystem::path& output) {
  return {output.string() + ".checkpoint", output.string() + ".windows.checkpoint",
          beside(output, ".log.csv"), beside(output, ".windows.log.csv"),
          beside(output, ".losses.svg")};
}

// Before hours of work: may the result be written at all?
void prepare_output(const std::filesystem::path& output, const Paths& paths, bool fresh,
                    Overwrite overwrite) {
  const bool goes_on = !fresh && (std::filesystem::exists(paths.checkpoint) ||
                                  std::filesystem::exists(paths.leaky_checkpoint));
  AtomicFile probe(output, goes_on ? Overwrite::kAllow : overwrite);
  if (!fresh) return;
  remove_quietly(paths.checkpoint);
  remove_quietly(paths.leaky_checkpoint);
}

}  // namespace

TrainingOutcome train_model(const Architecture& architecture, const Dataset& data,
                            const TrainingSettings& given, const std::filesystem::path& output,
                            Overwrite overwrite, Progress& progress) {
  const TrainingSettings settings = completed(given, architecture);
  check_settings(settings);
  const Paths paths = paths_of(output);
  json leaky;
  if (settings.report_both && settings.hold_out == HoldOut::kPieces) {
    TrainingSettings other = settings;
    other.hold_out = HoldOut::kWindows;
    prepare_output(output, paths, settings.fresh, overwrite);
    Way way(architecture, data, other, paths.leaky_checkpoint, paths.leaky_log);
    const TrainingOutcome outcome = way.train(progress);
    progress.line(fmt::format("split by windows, the seed's way: train {:.4f}, held out {:.4f}",
                              outcome.train.mean(), outcome.valid.mean()));
    leaky = outcome_json(outcome, other);
  }
  Way way(architecture, data, settings, paths.checkpoint, paths.log);
  prepare_output(output, paths, settings.fresh, overwrite);
  progress.line(fmt::format("{}: {} symbols, {} samples an epoch, on {}", architecture.name,
                            data.vocabulary.size(), way.plan().samples.size(),
                            way.engine().device_line()));
  const TrainingOutcome outcome = way.train(progress);
  json training = outcome_json(outcome, settings);
  const std::vector<std::string> licences = data.licences();
  training["licences"] = licences;
  training["publishable"] = std::all_of(licences.begin(), licences.end(), is_publishable);
  training["pieces"] = {{"train", data.of(Split::kTrain).size()},
                        {"valid", data.of(Split::kValid).size()},
                        {"test", data.of(Split::kTest).size()}};
  if (!leaky.is_null()) training["windows"] = leaky;
  const WeightFile file = weight_file(architecture, data, way,
                                      recipe_json(architecture, settings, data.options), training);
  save_file(paths.picture, draw(losses_chart(architecture, data, way, outcome)), Overwrite::kAllow);
  save_weights(output, file, Overwrite::kAllow);
  remove_quietly(paths.checkpoint);
  remove_quietly(paths.leaky_checkpoint);
  return outcome;
}

}  // namespace undersong
