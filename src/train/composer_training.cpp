#include "train/composer_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/hash.h"
#include "corpus/licence.h"
#include "model/model_metadata.h"
#include "plot/line_chart.h"
#include "train/composer_run.h"
#include "train/int8_weights.h"
#include "train/process_group.h"
#include "train/torch_threads.h"

namespace undersong {
namespace {

using nlohmann::json;

// Hours on either: a CPU would need weeks for what a GPU learns in some.
constexpr const char* kSizeOnCuda = "full";
constexpr const char* kSizeOnCpu = "small";
constexpr std::int64_t kTokensOnCuda = 300'000'000;
constexpr std::int64_t kTokensOnCpu = 30'000'000;
constexpr std::int64_t kTokensToAdapt = 400'000;
constexpr int kContext = SampleOptions{}.context;
constexpr std::int64_t kStepTokensOnCuda = 65536;
constexpr std::int64_t kStepTokensOnCpu = 4096;
constexpr double kRateTimesWidth = 0.512;  // 2e-3 at width 256, 1e-3 at 512
constexpr double kHighestRate = 4e-3;
constexpr double kRateToAdapt = 3e-4;
constexpr double kRateOfLowRank = 1e-3;
constexpr int kDropoutFromWidth = 512;

void require(bool sensible, const std::string& sentence) {
  if (!sensible) throw Error(ErrorKind::kUsage, sentence);
}

// The weights to adapt, and what their file says.
struct Base {
  WeightFile weights;
  ComposerDescription description;
  ModelInfo info;
  std::string name;
  std::string sha256;
};

std::optional<Base> base_of(const std::filesystem::path& path) {
  if (path.empty()) return std::nullopt;
  const std::vector<std::uint8_t> bytes = read_file(path);
  return with_context(display(path), [&]() -> std::optional<Base> {
    Base base;
    base.weights = read_weights(bytes);
    base.info = info_from_metadata(base.weights.metadata);
    if (base.info.architecture != "composer") {
      throw Error(ErrorKind::kMismatch, "these weights are of " + base.info.architecture +
                                            "; --from wants those of a composer");
    }
    base.description = composer_from_metadata(base.weights.metadata);
    base.name = path.filename().string();
    base.sha256 = sha256_hex(bytes);
    return base;
  });
}

DecoderSpec spec_of(const ComposerTrainingSettings& settings, const std::optional<Base>& base) {
  if (base) return base->description.spec;
  return composer_spec(find_composer_size(settings.size), settings.samples.context);
}

// Which network it is, and how much of it a sample fills.
void complete_network(ComposerTrainingSettings& s, const std::optional<Base>& base, bool cuda) {
  if (!base) {
    if (s.size.empty()) s.size = cuda ? kSizeOnCuda : kSizeOnCpu;
    if (s.samples.context == 0) s.samples.context = kContext;
    return;
  }
  const int longest = base->description.spec.context;
  if (s.samples.context == 0) s.samples.context = longest;
  require(s.samples.context <= longest,
          fmt::format("--context {} is longer than {} was trained for: the weights of --from "
                      "decide, so give at most {}, or leave --context out",
                      s.samples.context, base->name, longest));
}

void complete_pace(ComposerTrainingSettings& s, const DecoderSpec& spec, bool cuda) {
  const bool adapts = !s.from.empty();
  if (s.tokens == 0) s.tokens = adapts ? kTokensToAdapt : cuda ? kTokensOnCuda : kTokensOnCpu;
  if (s.step_tokens == 0) {
    s.step_tokens =
        std::max<std::int64_t>(s.samples.context, cuda ? kStepTokensOnCuda : kStepTokensOnCpu);
  }
  if (s.learning_rate == 0.0) {
    const double by_size = std::min(kHighestRate, kRateTimesWidth / spec.width);
    const double to_adapt = s.low_rank > 0 ? kRateOfLowRank : kRateToAdapt;
    s.learning_rate = adapts ? to_adapt : by_size;
  }
  if (!s.dropout) s.dropout = spec.width >= kDropoutFromWidth ? 0.1 : 0.0;
}

std::int64_t rows_of_step(const ComposerTrainingSettings& s) {
  return s.step_tokens / s.samples.context;
}

void check_pace(const ComposerTrainingSettings& s) {
  require(rows_of_step(s) >= 1,
          fmt::format("--step-tokens is {}, and a step takes at least one row of {} tokens, the "
                      "context: raise it, or lower --context",
                      s.step_tokens, s.samples.context));
  const std::int64_t of_step = rows_of_step(s) * s.samples.context;
  require(s.tokens >= of_step,
          fmt::format("--tokens is {}, fewer than the {} of one step: raise it, or lower "
                      "--step-tokens",
                      s.tokens, of_step));
}

// With everything told that was left to us.
ComposerTrainingSettings completed(ComposerTrainingSettings settings,
                                   const std::optional<Base>& base) {
  const bool cuda = chosen_device(settings.device) == Device::kCuda;
  complete_network(settings, base, cuda);
  complete_pace(settings, spec_of(settings, base), cuda);
  check_pace(settings);
  return settings;
}

void check_settings(const ComposerTrainingSettings& s) {
  const auto share = [](double x) { return std::isfinite(x) && x >= 0.0 && x <= 1.0; };
  require(s.tokens >= 0 && s.tokens <= 1'000'000'000'000, "--tokens must be from 1 to 10^12");
  require(s.size.empty() || s.from.empty(),
          "--size and --from contradict each other: the weights to adapt decide the size, so leave "
          "--size out");
  const int context = s.samples.context;
  require(context == 0 || (context >= 128 && context <= 8192),
          "--context must be from 128 to 8192 tokens");
  require(s.step_tokens >= 0 && s.step_tokens <= 100'000'000,
          "--step-tokens must be from 1 to 100000000");
  require(std::isfinite(s.learning_rate) && s.learning_rate >= 0.0 && s.learning_rate <= 1.0,
          "--learning-rate must be above 0 and at most 1; 0.001 suits the full size");
  require(share(s.warm_up) && share(s.decay) && s.warm_up + s.decay <= 1.0,
          "--warm-up and --decay are shares of the training and must not exceed 1 together");
  require(!s.dropout || (*s.dropout >= 0.0 && *s.dropout < 1.0),
          "--dropout must be at least 0 and below 1");
  require(s.threads >= 0 && s.threads <= 1024, "--threads must be from 0 (all) to 1024");
  require(s.low_rank >= 0 && s.low_rank <= 1024, "--low-rank must be from 0 (all weights) to 1024");
  require(s.low_rank == 0 || !s.from.empty(), "--low-rank adapts weights: name them with --from");
  require(s.evaluate_every > 0.0 && s.evaluate_every <= 1.0,
          "--evaluate-every must be a share of the training above 0");
  require(s.evaluated_windows >= 0 && s.test_windows >= 0,
          "--evaluated-windows and --test-windows must be numbers of windows, or 0 for all");
  require(s.checkpoint_seconds >= 0.0 && s.stop_after_seconds >= 0.0,
          "--checkpoint-seconds and --stop-after must not be negative");
}

json settings_json(const ComposerTrainingSettings& s, const std::optional<Base>& base) {
  json out = {{"context", s.samples.context},
              {"drop_controls", s.samples.drop_controls},
              {"infill", s.samples.infill},
              {"reorder", s.samples.reorder},
              {"leave_out", s.samples.leave_out},
              {"step_tokens", s.step_tokens},
              {"learning_rate", s.learning_rate},
              {"warm_up", s.warm_up},
              {"decay", s.decay},
              {"dropout", s.dropout.value()},
              {"seed", s.seed},
              {"optimiser", "muon"}};
  if (base) {
    out["from"] = base->name + " " + base->sha256;
    out["low_rank"] = s.low_rank;
  } else {
    out["size"] = s.size;
  }
  return out;
}

// What a checkpoint must share with the training that goes on from it.
TrainingIdentity identity_of(const ComposerTrainingSettings& settings,
                             const std::optional<Base>& base, const TrainingFile& file) {
  TrainingIdentity identity;
  const json given = settings_json(settings, base);
  for (auto item = given.begin(); item != given.end(); ++item) {
    identity[item.key()] = item->is_string() ? item->get<std::string>() : item->dump();
  }
  identity["music"] = file.sha256().substr(0, 16);
  return identity;
}

struct Paths {
  std::filesystem::path checkpoint;
  std::filesystem::path log;
  std::filesystem::path picture;
};

Paths paths_of(const std::filesystem::path& output) {
  const std::filesystem::path stem = output.parent_path() / output.stem();
  return {output.string() + ".checkpoint", stem.string() + ".log.csv",
          stem.string() + ".losses.svg"};
}

void remove_quietly(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
}

// Before hours of work: may the result be written at all?
void check_writable(const std::filesystem::path& output, bool fresh, Overwrite overwrite) {
  require(output.extension() == ".safetensors",
          display(output) + ": weights are *.safetensors, so give --output a name that ends so");
  const bool goes_on = !fresh && std::filesystem::exists(paths_of(output).checkpoint);
  AtomicFile probe(output, goes_on ? Overwrite::kAllow : overwrite);
}

// A person's few pieces may all be learned from: then nothing else is there to look at.
std::vector<MeasuredWindow> looked_at(const ComposerTrainingSettings& s, const TrainingFile& file,
                                      int context) {
  const auto of = [&](Split split) {
    return spread_windows(measured_windows(file, split, context, MeasuredControls::kNone),
                          s.evaluated_windows);
  };
  std::vector<MeasuredWindow> windows = of(Split::kValid);
  if (windows.empty() && !s.from.empty()) windows = of(Split::kTrain);
  require(!windows.empty(),
          fmt::format("nothing of the corpus {} is held out to judge the training by: add more "
                      "pieces to it and prepare it again",
                      file.corpus()));
  return windows;
}

ComposerRunPlan plan_of(const ComposerTrainingSettings& s, const TrainingFile& file,
                        const Paths& paths) {
  ComposerRunPlan plan;
  plan.context = s.samples.context;
  plan.rows = rows_of_step(s);
  plan.seed = s.seed;
  const std::int64_t per_step = plan.rows * plan.context;
  plan.schedule.highest = s.learning_rate;
  plan.schedule.steps = std::max<std::int64_t>(1, (s.tokens + per_step - 1) / per_step);
  const auto steps = static_cast<double>(plan.schedule.steps);
  plan.schedule.rising = static_cast<std::int64_t>(steps * s.warm_up);
  plan.schedule.falling = static_cast<std::int64_t>(steps * s.decay);
  plan.steps_between_looks =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(steps * s.evaluate_every));
  plan.valid = looked_at(s, file, plan.context);
  plan.checkpoint = paths.checkpoint;
  plan.checkpoint_seconds = s.checkpoint_seconds;
  plan.stop_after_seconds = s.stop_after_seconds;
  plan.log = paths.log;
  return plan;
}

std::vector<StyleLoss> test_losses(DecoderEngine& engine, const TrainingFile& file,
                                   const ComposerTrainingSettings& settings,
                                   MeasuredControls controls, Progress& progress) {
  const int context = settings.samples.context;
  const auto windows = spread_windows(measured_windows(file, Split::kTest, context, controls),
                                      settings.test_windows);
  progress.begin(controls == MeasuredControls::kNone ? "measuring" : "measuring, controls given",
                 static_cast<std::int64_t>(windows.size()), "windows");
  std::vector<StyleLoss> losses = evaluate_windows(engine, windows, context, progress);
  progress.end();
  return losses;
}

json losses_json(const std::vector<StyleLoss>& losses) {
  const auto one = [](const StyleLoss& loss) {
    return json{{"nats_per_note", loss.per_note()},
                {"nats", loss.nats},
                {"control_nats", loss.control_nats},
                {"notes", loss.notes}};
  };
  json styles = json::object();
  for (const StyleLoss& loss : losses) styles[std::string(name_of(loss.style))] = one(loss);
  return {{"all", one(total_of(losses))}, {"styles", std::move(styles)}};
}

json log_json(const std::vector<EpochRecord>& log, std::int64_t step_tokens) {
  json rows = json::array();
  for (const EpochRecord& r : log) {
    rows.push_back({r.step * step_tokens, r.train_loss, r.valid_loss});
  }
  return rows;
}

// Terms of all music that the weights know, of what they were adapted from too.
std::set<std::string> licences_of(const TrainingFile& file, const std::optional<Base>& base) {
  std::set<std::string> licences;
  for (const TrainingPiece& piece : file.pieces())
    licences.insert(piece.licence.empty() ? "unknown" : piece.licence);
  if (!base) return licences;
  const json before = json::parse(base->info.training_json, nullptr, /*allow_exceptions=*/false);
  if (!before.is_object()) return licences;
  for (const json& licence : before.value("licences", json::array())) {
    if (licence.is_string()) licences.insert(licence.get<std::string>());
  }
  return licences;
}

json training_json(const ComposerRunPlan& plan, const TrainingState& state,
                   const ComposerOutcome& outcome, const TrainingFile& file,
                   const std::optional<Base>& base, const DecoderEngine& engine) {
  const std::int64_t step_tokens = plan.rows * plan.context;
  const EpochRecord& kept = state.log[static_cast<std::size_t>(state.best_epoch) - 1];
  std::int64_t notes = 0;
  for (const TrainingPiece& piece : file.pieces()) {
    if (piece.split == Split::kTrain) notes += piece.notes;
  }
  const std::set<std::string> licences = licences_of(file, base);
  return {{"tokens", outcome.tokens},
          {"kept_tokens", kept.step * step_tokens},
          {"notes", notes},
          {"device", engine.device_line()},
          {"valid", losses_json(outcome.valid)},
          {"test", losses_json(outcome.test)},
          {"test_given_controls", losses_json(outcome.test_given)},
          {"training_file_sha256", file.sha256()},
          {"licences", licences},
          {"publishable", std::all_of(licences.begin(), licences.end(), is_publishable)},
          {"curve", log_json(state.log, step_tokens)}};
}

LineChart losses_chart(const TrainingFile& file, const TrainingState& state,
                       std::int64_t step_tokens) {
  LineChart chart;
  chart.title = "composer on " + file.corpus();
  chart.x_label = "million tokens";
  chart.y_label = "nats";
  chart.series = {{"training, a token", {}}, {"held out, a note", {}}};
  for (const EpochRecord& record : state.log) {
    const double tokens = static_cast<double>(record.step * step_tokens) / 1e6;
    chart.series[0].points.push_back({tokens, record.train_loss});
    chart.series[1].points.push_back({tokens, record.valid_loss});
  }
  const EpochRecord& best = state.log[static_cast<std::size_t>(state.best_epoch) - 1];
  chart.marks = {{{static_cast<double>(best.step * step_tokens) / 1e6, best.valid_loss},
                  fmt::format("best: {:.3f}", best.valid_loss),
                  1}};
  return chart;
}

WeightFile weight_file(const DecoderSpec& spec, const TrainingFile& file,
                       const std::optional<Base>& base, const json& settings) {
  ComposerKnowledge knowledge;
  knowledge.density_shares = file.density_shares();
  if (base) {
    knowledge = adapted(base->description.knowledge, knowledge);
    knowledge.based_on.push_back(base->name + " " + base->sha256);
  }
  ModelInfo info;
  info.corpus = file.corpus();
  info.corpus_sha256 = file.corpus_sha256();
  info.settings_json = settings.dump();
  WeightFile weights;
  weights.metadata = composer_metadata(spec, knowledge, info);
  return weights;
}

// Everything that a training needs, from settings to the loop.
class Training {
 public:
  Training(const TrainingFile& file, const ComposerTrainingSettings& given, const Paths& paths,
           ProcessGroup& group, Progress& progress)
      : file_(file),
        group_(group),
        progress_(progress),
        base_(base_of(given.from)),
        settings_(completed(given, base_)),
        spec_(spec_of(settings_, base_)),
        samples_(file, Split::kTrain, settings_.samples),
        engine_(spec_, {.device = settings_.device,
                        .threads = settings_.threads,
                        .seed = settings_.seed,
                        .dropout = settings_.dropout.value(),
                        .process = group.rank(),
                        .low_rank = settings_.low_rank}),
        plan_(plan_of(settings_, file, paths)) {
    require(plan_.rows >= group.size(),
            fmt::format("--step-tokens must be at least {}, a row of --context for each of the {} "
                        "processes",
                        group.size() * plan_.context, group.size()));
    if (base_) engine_.set_weights(base_->weights);
    plan_.identity = identity_of(settings_, base_, file);
    plan_.machine = {{"device", engine_.device_line()},
                     {"processes", std::to_string(group.size())}};
  }

  ComposerRunResult run() {
    progress_.line(fmt::format("composer: {:.1f} M weights, {} notes to learn from, on {}",
                               static_cast<double>(parameter_count(spec_)) / 1e6, samples_.notes(),
                               engine_.device_line()));
    if (base_) {
      progress_.line(fmt::format(
          "{} decides the size, and a context of {} tokens{}", base_->name, spec_.context,
          plan_.context < spec_.context ? fmt::format(", of which a sample fills {}", plan_.context)
                                        : ""));
    }
    return run_composer_training(plan_, samples_, engine_, group_, progress_);
  }

  std::int64_t step_tokens() const { return plan_.rows * plan_.context; }
  std::int64_t wanted_tokens() const { return plan_.schedule.steps * step_tokens(); }

  // The kept weights as they are written; their losses go into `outcome`.
  WeightFile measured(const TrainingState& state, ComposerOutcome& outcome) {
    json recipe = settings_json(settings_, base_);
    recipe["tokens"] = settings_.tokens;
    WeightFile weights = weight_file(spec_, file_, base_, recipe);
    weights.tensors = to_int8(state.best);
    engine_.set_weights(weights);
    outcome.valid = evaluate_windows(engine_, plan_.valid, plan_.context, silent_progress());
    outcome.test = test_losses(engine_, file_, settings_, MeasuredControls::kNone, progress_);
    outcome.test_given = test_losses(engine_, file_, settings_, MeasuredControls::kAll, progress_);
    weights.metadata["undersong.training"] =
        training_json(plan_, state, outcome, file_, base_, engine_).dump();
    return weights;
  }

 private:
  const TrainingFile& file_;
  ProcessGroup& group_;
  Progress& progress_;
  std::optional<Base> base_;
  ComposerTrainingSettings settings_;
  DecoderSpec spec_;
  ComposerSamples samples_;
  DecoderEngine engine_;
  ComposerRunPlan plan_;
};

}  // namespace

void check_composer_training(const ComposerTrainingSettings& settings,
                             const std::filesystem::path& output, Overwrite overwrite) {
  check_settings(settings);
  check_writable(output, settings.fresh, overwrite);
  const std::optional<Base> base = base_of(settings.from);
  completed(settings, base);
}

ComposerOutcome train_composer(const TrainingFile& file, const ComposerTrainingSettings& settings,
                               const std::filesystem::path& output, Overwrite overwrite,
                               Progress& progress) {
  check_settings(settings);
  ProcessGroup group =
      ProcessGroup::from_environment(chosen_device(settings.device) == Device::kCuda);
  const Paths paths = paths_of(output);
  if (group.first()) {
    check_writable(output, settings.fresh, overwrite);
    if (settings.fresh) remove_quietly(paths.checkpoint);
  }
  Training training(file, settings, paths, group, progress);
  const ComposerRunResult run = training.run();
  ComposerOutcome outcome;
  outcome.tokens = run.state.step * training.step_tokens();
  outcome.wanted_tokens = training.wanted_tokens();
  outcome.finished = run.end == RunEnd::kFinished;
  if (!outcome.finished || !group.first()) return outcome;

  const WeightFile weights = training.measured(run.state, outcome);
  save_file(paths.picture, draw(losses_chart(file, run.state, training.step_tokens())),
            Overwrite::kAllow);
  save_weights(output, weights, Overwrite::kAllow);
  remove_quietly(paths.checkpoint);
  return outcome;
}

}  // namespace undersong
