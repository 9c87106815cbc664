#include "train/frames_training.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/hash.h"
#include "train/frames_measure.h"
#include "train/frames_run.h"

namespace undersong {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr double kLeastSeconds = 1e-9;       // a step is always taken, so that every run gets on
constexpr std::int64_t kLookSteps = 40'000;  // a look need not hear all that is held out

// How much is learned from a set, if nobody says: three times all of it, and of a small one more
// often. The more often a network hears the same, the more of it is dropped.
constexpr std::int64_t kTimesHeard = 3;
constexpr std::int64_t kFewest = 600'000;
constexpr std::int64_t kMost = 3'000'000;
constexpr double kDropoutEachTime = 0.03;
constexpr double kMostDropout = 0.3;

void require(bool sensible, const std::string& sentence) {
  if (!sensible) throw Error(ErrorKind::kUsage, sentence);
}

void check_settings(const FrameTrainingSettings& s) {
  constexpr std::int64_t kMany = 1'000'000'000'000;
  require(s.size.width >= 32 && s.size.width <= 4096 && s.size.width % 32 == 0,
          "--width must be a multiple of 32 up to 4096");
  require(s.size.layers >= 1 && s.size.layers <= 64, "--layers must be from 1 to 64");
  require(s.size.context >= 64 && s.size.context <= 16384, "--context must be from 64 to 16384");
  require(s.networks >= 1 && s.networks <= 16, "--networks must be from 1 to 16");
  require(s.keys >= 1 && s.keys <= 11 && s.keys % 2 == 1,
          "--keys must be an odd number up to 11: as many keys below as above, and its own");
  require(s.tokens >= 0 && s.tokens <= kMany,
          "--tokens must be at least 1, or 0: by the size of the set");
  require(s.rows >= 1 && s.rows <= 65536, "--rows must be from 1 to 65536");
  require(std::isfinite(s.learning_rate) && s.learning_rate > 0.0 && s.learning_rate <= 1.0,
          "--learning-rate must be above 0 and at most 1");
  require(s.warm_up >= 0.0 && s.decay >= 0.0 && s.warm_up + s.decay <= 1.0,
          "--warm-up and --decay are shares of the training, and together at most 1");
  require(!s.dropout || (*s.dropout >= 0.0 && *s.dropout < 1.0),
          "--dropout must be at least 0 and below 1");
  require(s.transpose >= 0 && s.transpose <= 11, "--transpose must be from 0 to 11 semitones");
  require(s.looks >= 1 && s.looks <= 1000, "--looks must be from 1 to 1000");
}

// Windows overlap by half, and begin where a frame does.
void check_frames_fit(const FrameTrainingSettings& settings, const FrameSet& set) {
  const int least = 2 * (most_keys(set) + 1);
  require(settings.size.context >= least,
          fmt::format("--context must be at least {} here, twice the tokens of the fullest frame",
                      least));
}

std::int64_t token_count(const std::vector<FramePiece>& pieces) {
  std::int64_t tokens = 0;
  for (const FramePiece& piece : pieces) {
    for (const Frame& frame : piece) tokens += static_cast<std::int64_t>(frame.size()) + 1;
  }
  return tokens;
}

std::string digest_of(const FrameSet& set) {
  Sha256 digest;
  for (const auto* pieces : {&set.train, &set.valid, &set.test}) {
    for (const FramePiece& piece : *pieces) {
      for (const Frame& frame : piece) {
        digest.update(frame);
        digest.update("|");
      }
      digest.update("\n");
    }
  }
  return digest.finish_hex();
}

json settings_json(const FrameTrainingSettings& s) {
  return {{"width", s.size.width},
          {"layers", s.size.layers},
          {"context", s.size.context},
          {"tokens", s.tokens},
          {"rows", s.rows},
          {"learning_rate", s.learning_rate},
          {"warm_up", s.warm_up},
          {"decay", s.decay},
          {"dropout", *s.dropout},
          {"weight_decay", s.weight_decay},
          {"transpose", s.transpose},
          {"looks", s.looks}};
}

TrainingIdentity identity_of(const FrameTrainingSettings& settings, std::uint64_t seed,
                             const std::string& digest) {
  TrainingIdentity identity = {{"music", digest}, {"seed", std::to_string(seed)}};
  const json given = settings_json(settings);
  for (const auto& [name, value] : given.items()) identity[name] = value.dump();
  return identity;
}

// Every so many-th piece, until there is enough to look at.
std::vector<FrameSteps> some_of(const std::vector<FrameSteps>& pieces) {
  std::int64_t steps = 0;
  for (const FrameSteps& piece : pieces) steps += piece.steps();
  const auto every = static_cast<std::size_t>(steps / kLookSteps + 1);
  std::vector<FrameSteps> some;
  for (std::size_t i = 0; i < pieces.size(); i += every) some.push_back(pieces[i]);
  return some;
}

std::int64_t frames_of(const std::vector<FrameSteps>& pieces) {
  std::int64_t frames = 0;
  for (const FrameSteps& piece : pieces) frames += piece.frames();
  return frames;
}

class Training {
 public:
  Training(const FrameSet& set, const FrameTrainingSettings& settings,
           const std::filesystem::path& output, Progress& progress)
      : settings_(fitted(settings, set)),
        output_(output),
        progress_(progress),
        spec_(frame_spec(settings.size, most_keys(set))),
        digest_(digest_of(set)),
        train_(steps_of(set.train)),
        valid_(steps_of(set.valid)),
        test_(steps_of(set.test)),
        looked_at_(some_of(valid_)) {}

  FrameOutcome run(Overwrite overwrite) {
    FrameOutcome outcome;
    outcome.parameters = parameter_count(spec_);
    for (int network = 0; network < settings_.networks; ++network) {
      if (!train_network(network)) return outcome;
    }
    measure(outcome);
    for (int network = 0; network < settings_.networks; ++network)
      save(network, outcome, overwrite);
    for (int network = 0; network < settings_.networks; ++network)
      std::filesystem::remove(checkpoint_of(network));
    outcome.finished = true;
    return outcome;
  }

 private:
  // NAME.safetensors, NAME.2.safetensors …
  std::filesystem::path path_of(int network) const {
    if (network == 0) return output_;
    return output_.parent_path() / fmt::format("{}.{}{}", output_.stem().string(), network + 1,
                                               output_.extension().string());
  }
  std::filesystem::path checkpoint_of(int network) const {
    return path_of(network).string() + ".checkpoint";
  }
  std::filesystem::path log_of(int network) const {
    return path_of(network).replace_extension(".log.csv");
  }
  std::uint64_t seed_of(int network) const {
    return settings_.seed + static_cast<std::uint64_t>(network);
  }

  DecoderEngine engine_of(int network) const {
    DecoderEngineOptions options;
    options.device = settings_.device;
    options.threads = settings_.threads;
    options.seed = seed_of(network);
    options.dropout = *settings_.dropout;
    options.weight_decay = settings_.weight_decay;
    return DecoderEngine(spec_, options);
  }

  // False when the time was over before the network was ready.
  bool train_network(int network) {
    FrameRunPlan plan;
    plan.spec = spec_;
    plan.settings = settings_;
    plan.seed = seed_of(network);
    plan.train = train_;
    plan.valid = looked_at_;
    plan.valid_frames = frames_of(looked_at_);
    plan.checkpoint = checkpoint_of(network);
    plan.log = log_of(network);
    plan.identity = identity_of(settings_, plan.seed, digest_);
    if (settings_.stop_after_seconds > 0.0) {
      const double spent = std::chrono::duration<double>(Clock::now() - start_).count();
      plan.seconds = std::max(settings_.stop_after_seconds - spent, kLeastSeconds);
    }
    if (settings_.fresh) std::filesystem::remove(plan.checkpoint);
    DecoderEngine engine = engine_of(network);
    progress_.line(fmt::format("network {} of {}: {} parameters, {} tokens, dropout {:.3f}, {}",
                               network + 1, settings_.networks, parameter_count(spec_),
                               settings_.tokens, *settings_.dropout, engine.device_line()));
    FrameRunResult result = run_frame_training(plan, engine, progress_);
    weights_.push_back(WeightFile{{}, std::move(result.state.best)});
    return result.finished;
  }

  // Likelihoods under each network in each key; the first key is the piece's own.
  using Measured = std::vector<std::vector<std::vector<float>>>;  // [network][key][step]
  Measured measured(const std::vector<FrameSteps>& pieces) {
    Measured all;
    for (int network = 0; network < settings_.networks; ++network) {
      DecoderEngine engine = engine_of(network);
      engine.set_weights(weights_[static_cast<std::size_t>(network)]);
      all.emplace_back();
      for (int key = 0; key < settings_.keys; ++key) {
        const int shift = key % 2 == 1 ? (key + 1) / 2 : -key / 2;
        all.back().push_back(nats_of_steps(engine, spec_, pieces, shift));
        progress_.update(++done_, "");
      }
    }
    return all;
  }

  void measure(FrameOutcome& outcome) {
    done_ = 0;
    progress_.begin("measuring", std::int64_t{2} * settings_.networks * settings_.keys, "passes");
    outcome.single.resize(static_cast<std::size_t>(settings_.networks));
    for (const bool test : {false, true}) {
      const std::vector<FrameSteps>& pieces = test ? test_ : valid_;
      const auto put = [&](FrameLoss& loss, const std::vector<std::vector<float>>& of_each) {
        (test ? loss.test : loss.valid) = frame_means(mixed_steps(of_each), pieces);
      };
      const Measured here = measured(pieces);
      std::vector<std::vector<float>> every;
      for (std::size_t network = 0; network < here.size(); ++network) {
        put(outcome.single[network], {here[network].front()});
        every.insert(every.end(), here[network].begin(), here[network].end());
      }
      put(outcome.keys, here.front());
      put(outcome.all, every);
    }
    progress_.end();
  }

  void save(int network, const FrameOutcome& outcome, Overwrite overwrite) {
    WeightFile& file = weights_[static_cast<std::size_t>(network)];
    const FrameLoss& loss = outcome.single[static_cast<std::size_t>(network)];
    json recipe = settings_json(settings_);
    recipe["seed"] = seed_of(network);
    file.metadata["undersong.frames"] =
        json{{"spec", json::parse(to_json(spec_))},
             {"settings", recipe},
             {"music", digest_},
             {"nats_per_frame", {{"valid", loss.valid.of_frames}, {"test", loss.test.of_frames}}}}
            .dump();
    save_weights(path_of(network), file, overwrite);
  }

  FrameTrainingSettings settings_;
  std::filesystem::path output_;
  Progress& progress_;
  DecoderSpec spec_;
  std::string digest_;
  std::vector<FrameSteps> train_;
  std::vector<FrameSteps> valid_;
  std::vector<FrameSteps> test_;
  std::vector<FrameSteps> looked_at_;
  std::vector<WeightFile> weights_;
  std::int64_t done_ = 0;
  Clock::time_point start_ = Clock::now();
};

}  // namespace

PublishedFrameLoss published_frame_loss(const std::string& set) {
  static const std::map<std::string, PublishedFrameLoss> kPublished = {
      {"JSB_Chorales", {5.19, 5.05}},
      {"Nottingham", {2.31, 1.55}},
      {"Piano_midi", {7.05, 4.90}},
      {"MuseData", {5.60, 3.90}},
  };
  const auto found = kPublished.find(set);
  return found == kPublished.end() ? PublishedFrameLoss{} : found->second;
}

FrameTrainingSettings fitted(FrameTrainingSettings settings, const FrameSet& set) {
  const std::int64_t tokens = token_count(set.train);
  if (settings.tokens == 0) settings.tokens = std::clamp(kTimesHeard * tokens, kFewest, kMost);
  if (!settings.dropout) {
    const double times = static_cast<double>(settings.tokens) / static_cast<double>(tokens);
    settings.dropout = std::min(kMostDropout, kDropoutEachTime * times);
  }
  return settings;
}

FrameOutcome train_frames(const FrameSet& set, const FrameTrainingSettings& settings,
                          const std::filesystem::path& output, Overwrite overwrite,
                          Progress& progress) {
  check_settings(settings);
  check_frames_fit(settings, set);
  check_output(output, overwrite);
  return Training(set, settings, output, progress).run(overwrite);
}

}  // namespace undersong
