#include "train/composer_training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "model/composer_model.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"
#include "train/composer_run.h"
#include "train/process_runs.h"
#include "train/tiny_composer_training.h"

namespace undersong {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

ComposerOutcome train(const TrainingFile& file, const ComposerTrainingSettings& settings,
                      const std::filesystem::path& output) {
  return train_composer(file, settings, output, Overwrite::kRefuse, silent_progress());
}

TEST(ComposerTraining, EndsWithTheSameBytesHoweverOftenItsTimeIsOver) {
  const TemporaryFolder folder;
  const TrainingFile file = walking_music(folder / "music");
  ComposerTrainingSettings settings = tiny_composer_settings();
  settings.dropout = 0.1;
  const ComposerOutcome whole = train(file, settings, folder / "whole.safetensors");
  EXPECT_TRUE(whole.finished);
  settings.stop_after_seconds = 1e-9;
  int runs = 1;
  while (!train(file, settings, folder / "parts.safetensors").finished) {
    EXPECT_FALSE(std::filesystem::exists(folder / "parts.safetensors"));
    ++runs;
  }
  EXPECT_EQ(runs, 12);
  EXPECT_EQ(read_file(folder / "parts.safetensors"), read_file(folder / "whole.safetensors"));
  EXPECT_FALSE(std::filesystem::exists(folder / "parts.safetensors.checkpoint"));
}

TEST(ComposerTraining, WritesAComposerThatLoadsWithItsLogAndPicture) {
  const TemporaryFolder folder;
  const TrainingFile file = walking_music(folder / "music");
  const ComposerOutcome outcome = train(file, tiny_composer_settings(), folder / "m.safetensors");
  ASSERT_EQ(outcome.test.size(), 1U);
  EXPECT_EQ(outcome.test[0].style, GridStyle::kFolk);
  const LoadedModel loaded = load_model(folder / "m.safetensors");
  EXPECT_EQ(loaded.info.architecture, "composer");
  EXPECT_EQ(loaded.info.corpus, "walking");
  EXPECT_EQ(composer_of(loaded).knowledge().density_shares, file.density_shares());
  const auto training = nlohmann::json::parse(loaded.info.training_json);
  EXPECT_EQ(training.at("licences"), nlohmann::json({"CC0-1.0"}));
  EXPECT_DOUBLE_EQ(training.at("test").at("styles").at("folk").at("nats_per_note").get<double>(),
                   outcome.test[0].per_note());
  EXPECT_TRUE(std::holds_alternative<std::vector<std::int8_t>>(
      loaded.weights.tensors.at("layers.0.qkv").values));
  EXPECT_THAT(read_text_file(folder / "m.log.csv"), HasSubstr("valid_nats_per_note"));
  EXPECT_THAT(read_text_file(folder / "m.losses.svg"), HasSubstr("</svg>"));
}

TEST(ComposerTraining, LearnsTheMusic) {
  const TemporaryFolder folder;
  const TrainingFile file = walking_music(folder / "music");
  ComposerTrainingSettings settings = tiny_composer_settings();
  settings.tokens = 120 * 512;
  const ComposerOutcome outcome = train(file, settings, folder / "m.safetensors");
  // Untrained 6.2 nats a token, more than two tokens a note; the melody alone holds 0.3 a note.
  EXPECT_LT(outcome.test[0].per_note(), 2.0);
  EXPECT_LE(outcome.test_given[0].per_note(), outcome.test[0].per_note() + 0.2);
  EXPECT_EQ(outcome.test_given[0].notes, outcome.test[0].notes);
}

TEST(ComposerTraining, MayBeMadeLongerUntilTheRateFalls) {
  const TemporaryFolder folder;
  const TrainingFile file = walking_music(folder / "music");
  ComposerTrainingSettings settings = tiny_composer_settings();
  settings.stop_after_seconds = 1e-9;
  train(file, settings, folder / "m.safetensors");
  settings.tokens *= 2;
  EXPECT_EQ(train(file, settings, folder / "m.safetensors").wanted_tokens, 24 * 512);
  settings.stop_after_seconds = 0.0;
  EXPECT_EQ(train(file, settings, folder / "m.safetensors").tokens, 24 * 512);

  settings = tiny_composer_settings();
  settings.decay = 0.9;
  settings.warm_up = 0.0;
  settings.stop_after_seconds = 1e-9;
  for (int i = 0; i < 3; ++i) train(file, settings, folder / "falls.safetensors");
  settings.tokens *= 2;
  const Error error = thrown_error([&] { train(file, settings, folder / "falls.safetensors"); });
  EXPECT_EQ(error.kind(), ErrorKind::kMismatch);
  EXPECT_THAT(error.message(), AllOf(HasSubstr("begun to fall"), HasSubstr("--tokens 6144")));
}

TEST(ComposerTraining, AdaptsWeightsAndSaysWhichTheyWere) {
  const TemporaryFolder folder;
  const TrainingFile file = walking_music(folder / "music");
  train(file, tiny_composer_settings(), folder / "base.safetensors");
  for (const int low_rank : {0, 2}) {
    ComposerTrainingSettings settings = tiny_composer_settings();
    settings.size.clear();
    settings.from = folder / "base.safetensors";
    settings.low_rank = low_rank;
    settings.learning_rate = 0.0;
    const auto output = folder / ("own" + std::to_string(low_rank) + ".safetensors");
    const ComposerOutcome outcome = train(file, settings, output);
    EXPECT_TRUE(outcome.finished);
    const LoadedModel loaded = load_model(output);
    EXPECT_EQ(composer_of(loaded).knowledge().based_on,
              (std::vector<std::string>{"base.safetensors " +
                                        sha256_hex(read_file(folder / "base.safetensors"))}));
  }
}

TEST(ComposerTraining, AdaptsToPiecesOfWhichNoneIsHeldOut) {
  const TemporaryFolder folder;
  train(walking_music(folder / "music"), tiny_composer_settings(), folder / "base.safetensors");
  ComposerTrainingSettings settings = tiny_composer_settings();
  settings.from = folder / "base.safetensors";
  settings.size.clear();
  const TrainingFile few = walking_music(folder / "few", 2);
  EXPECT_TRUE(train(few, settings, folder / "own.safetensors").finished);
  settings.from.clear();
  settings.size = "tiny";
  const Error error = thrown_error([&] { train(few, settings, folder / "new.safetensors"); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.message(), HasSubstr("nothing of the corpus walking is held out"));
}

TEST(ComposerTraining, RefusesNumbersThatMakeNoSense) {
  const TemporaryFolder folder;
  const TrainingFile file = walking_music(folder / "music");
  const auto message = [&](const auto& change) {
    ComposerTrainingSettings settings = tiny_composer_settings();
    change(settings);
    const Error error = thrown_error([&] { train(file, settings, folder / "m.safetensors"); });
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return std::string(error.message());
  };
  using S = ComposerTrainingSettings;
  EXPECT_THAT(message([](S& s) { s.tokens = -1; }), HasSubstr("--tokens"));
  EXPECT_THAT(message([](S& s) { s.samples.context = 5; }), HasSubstr("--context"));
  EXPECT_THAT(message([](S& s) { s.learning_rate = NAN; }), HasSubstr("--learning-rate"));
  EXPECT_THAT(message([](S& s) { s.warm_up = 0.8; }), HasSubstr("--warm-up and --decay"));
  EXPECT_THAT(message([](S& s) { s.dropout = 1.0; }), HasSubstr("--dropout"));
  EXPECT_THAT(message([](S& s) { s.dropout = -3.0; }), HasSubstr("--dropout"));
  EXPECT_THAT(message([](S& s) { s.evaluated_windows = -3; }), HasSubstr("--evaluated-windows"));
  EXPECT_THAT(message([](S& s) { s.test_windows = -1; }), HasSubstr("--test-windows"));
  EXPECT_THAT(message([](S& s) { s.step_tokens = 1; }),
              AllOf(HasSubstr("--step-tokens is 1"), HasSubstr("128 tokens")));
  EXPECT_THAT(message([](S& s) { s.tokens = 500; }),
              AllOf(HasSubstr("--tokens is 500"), HasSubstr("512")));
  EXPECT_THAT(message([](S& s) { s.low_rank = 4; }), HasSubstr("--from"));
  EXPECT_THAT(message([](S& s) { s.size = "fulll"; }), HasSubstr("full"));
}

TEST(ComposerTraining, RefusesAnOutputWhoseNameIsNoWeights) {
  const TemporaryFolder folder;
  const TrainingFile file = walking_music(folder / "music");
  const Error error =
      thrown_error([&] { train(file, tiny_composer_settings(), folder / "c.txt"); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_THAT(error.message(), AllOf(HasSubstr("c.txt"), HasSubstr("*.safetensors")));
  EXPECT_FALSE(std::filesystem::exists(folder / "c.txt.checkpoint"));
}

TEST(ComposerTraining, LeavesSizeAndContextToTheWeightsThatItAdapts) {
  const TemporaryFolder folder;
  const TrainingFile file = walking_music(folder / "music");
  ComposerTrainingSettings settings = tiny_composer_settings();
  settings.samples.context = 256;
  train(file, settings, folder / "base.safetensors");

  settings = tiny_composer_settings();
  settings.from = folder / "base.safetensors";
  settings.size = "tiny";
  const auto message = [&] {
    const Error error = thrown_error(
        [&] { check_composer_training(settings, folder / "own.safetensors", Overwrite::kRefuse); });
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return std::string(error.message());
  };
  EXPECT_THAT(message(), HasSubstr("--size and --from contradict each other"));
  settings.size.clear();
  settings.samples.context = 512;
  EXPECT_THAT(message(), AllOf(HasSubstr("--context 512 is longer than base.safetensors"),
                               HasSubstr("at most 256")));
  for (const int context : {0, 128}) {
    settings.samples.context = context;
    const auto output = folder / (std::to_string(context) + ".safetensors");
    train(file, settings, output);
    const LoadedModel own = load_model(output);
    EXPECT_EQ(composer_from_metadata(own.weights.metadata).spec.context, 256);
    EXPECT_EQ(nlohmann::json::parse(own.info.settings_json).at("context"),
              context == 0 ? 256 : context);
  }
}

TEST(ComposerTraining, IsCheckedBeforeMusicIsPrepared) {
  const TemporaryFolder folder;
  ComposerTrainingSettings settings = tiny_composer_settings();
  const auto kind = [&](const std::string& output) {
    return thrown_error(
               [&] { check_composer_training(settings, folder / output, Overwrite::kRefuse); })
        .kind();
  };
  save_file(folder / "there.safetensors", "precious", Overwrite::kRefuse);
  EXPECT_EQ(kind("there.safetensors"), ErrorKind::kUsage);
  settings.size.clear();
  settings.from = folder / "none.safetensors";
  EXPECT_EQ(kind("m.safetensors"), ErrorKind::kNotFound);
  settings = tiny_composer_settings();
  check_composer_training(settings, folder / "m.safetensors", Overwrite::kRefuse);
  EXPECT_FALSE(std::filesystem::exists(folder / "m.safetensors"));
}

// What a training says.
class Listener final : public Progress {
 public:
  void begin(std::string_view, std::int64_t, std::string_view) override {}
  void update(std::int64_t, std::string_view) override {}
  void line(std::string_view text) override { lines_.emplace_back(text); }
  void end() override {}
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

TEST(ComposerTraining, GoesOnWithAnotherNumberOfThreadsAndWarnsOnce) {
  const TemporaryFolder folder;
  const TrainingFile file = walking_music(folder / "music");
  ComposerTrainingSettings settings = tiny_composer_settings();
  settings.stop_after_seconds = 1e-9;
  const auto said = [&](int threads) {
    settings.threads = threads;
    Listener listener;
    train_composer(file, settings, folder / "m.safetensors", Overwrite::kRefuse, listener);
    return listener.lines();
  };
  const auto warning = AllOf(HasSubstr("warning: device was CPU, 2 threads"),
                             HasSubstr("and is CPU, 1 thread"), HasSubstr("bytes"));
  EXPECT_THAT(said(2), Not(Contains(HasSubstr("warning"))));
  EXPECT_THAT(said(1), Contains(warning));
  EXPECT_THAT(said(1), Not(Contains(HasSubstr("warning"))));
  settings.stop_after_seconds = 0.0;
  said(2);
  EXPECT_TRUE(std::filesystem::exists(folder / "m.safetensors"));
}

// A checkpoint whose digest is right and whose contents are not.
TEST(ComposerTraining, RefusesACheckpointWithOtherTensorsOrNumbers) {
  const TemporaryFolder folder;
  const TrainingFile file = walking_music(folder / "music");
  ComposerTrainingSettings settings = tiny_composer_settings();
  settings.stop_after_seconds = 1e-9;
  for (int i = 0; i < 4; ++i) train(file, settings, folder / "m.safetensors");
  const auto path = folder / "m.safetensors.checkpoint";
  const WeightFile good = load_weights(path);
  const auto message = [&](const auto& change) {
    WeightFile changed = good;
    changed.metadata.erase("undersong.checkpoint_sha256");
    change(changed);
    save_weights(path, changed, Overwrite::kAllow);
    const Error error = thrown_error([&] { train(file, settings, folder / "m.safetensors"); });
    EXPECT_EQ(error.kind(), ErrorKind::kFormat);
    EXPECT_THAT(error.message(), AllOf(HasSubstr("m.safetensors.checkpoint"),
                                       HasSubstr("use --fresh to start over")));
    return std::string(error.message());
  };
  const auto rename = [](const std::string& name) {
    return [name](WeightFile& weights) {
      auto tensor = weights.tensors.extract(name);
      tensor.key() = name + "s";
      weights.tensors.insert(std::move(tensor));
    };
  };
  const auto number = [](const char* name, std::int64_t value) {
    return [=](WeightFile& weights) {
      auto run = nlohmann::json::parse(weights.metadata.at("undersong.checkpoint"));
      run[name] = value;
      weights.metadata["undersong.checkpoint"] = run.dump();
    };
  };
  EXPECT_THAT(message(rename("state.moment")), HasSubstr("state.moment is missing"));
  EXPECT_THAT(message(rename("best.layers.0.qkv")), HasSubstr("layers.0.qkv is missing"));
  EXPECT_THAT(message([](WeightFile& weights) {
                weights.tensors["state.square"] = {{1}, std::vector<float>{0.0F}};
              }),
              HasSubstr("state.square has another shape"));
  EXPECT_THAT(message(number("step", -7)), HasSubstr("contradict"));
  EXPECT_THAT(message(number("best_epoch", 9)), HasSubstr("contradict"));
}

TEST(ComposerTraining, RefusesACheckpointOfAnotherTraining) {
  const TemporaryFolder folder;
  const TrainingFile file = walking_music(folder / "music");
  ComposerTrainingSettings settings = tiny_composer_settings();
  settings.stop_after_seconds = 1e-9;
  train(file, settings, folder / "m.safetensors");
  settings.learning_rate = 1e-3;
  const Error error = thrown_error([&] { train(file, settings, folder / "m.safetensors"); });
  EXPECT_EQ(error.kind(), ErrorKind::kMismatch);
  EXPECT_THAT(error.message(), AllOf(HasSubstr("learning_rate was 0.004"), HasSubstr("--fresh")));
  settings.fresh = true;
  settings.stop_after_seconds = 0.0;
  EXPECT_TRUE(train(file, settings, folder / "m.safetensors").finished);
}

TEST(ComposerTraining, RefusesWeightsThatAreNoComposers) {
  const TemporaryFolder folder;
  const TrainingFile file = walking_music(folder / "music");
  ModelInfo info;
  info.architecture = "markov";
  WeightFile other;
  other.metadata = composer_metadata(composer_spec(composer_sizes().front(), 128), {}, info);
  other.metadata["undersong.architecture"] = "markov";
  save_weights(folder / "other.safetensors", other, Overwrite::kRefuse);
  ComposerTrainingSettings settings = tiny_composer_settings();
  settings.from = folder / "other.safetensors";
  settings.size.clear();
  const Error error = thrown_error([&] { train(file, settings, folder / "m.safetensors"); });
  EXPECT_EQ(error.kind(), ErrorKind::kMismatch);
  EXPECT_THAT(error.message(), HasSubstr("weights are of markov"));
}

// Two processes add up other sums of the same gradients, so near and not the same.
TEST(ComposerTraining, TwoProcessesReachTheLossOfOne) {
  const TemporaryFolder folder;
  const TrainingFile file = walking_music(folder / "music");
  const auto trained = [&](int processes, const std::string& name) {
    const auto results =
        run_together(UNDERSONG_COMPOSER_MEMBER,
                     {(folder / "music").string(), (folder / name).string()}, processes);
    for (const MemberResult& result : results) EXPECT_EQ(result.exit_code, 0) << result.errors;
    const LoadedModel loaded = load_model(folder / name);
    return nlohmann::json::parse(loaded.info.training_json)
        .at("test")
        .at("all")
        .at("nats_per_note")
        .get<double>();
  };
  const double one = trained(1, "one.safetensors");
  EXPECT_NEAR(trained(2, "two.safetensors"), one, 0.01 * one);
}

TEST(RateSchedule, RisesStaysAndFalls) {
  const RateSchedule schedule{.highest = 1.0, .steps = 100, .rising = 10, .falling = 30};
  EXPECT_DOUBLE_EQ(schedule.rate_of(0), 0.1);
  EXPECT_DOUBLE_EQ(schedule.rate_of(9), 1.0);
  EXPECT_DOUBLE_EQ(schedule.rate_of(69), 1.0);
  EXPECT_LT(schedule.rate_of(70), 1.0);
  EXPECT_GT(schedule.rate_of(99), 0.0);
  for (std::int64_t step = 70; step < 99; ++step) {
    EXPECT_GT(schedule.rate_of(step), schedule.rate_of(step + 1));
  }
}

TEST(SpreadWindows, TakeEveryStyleAlike) {
  std::vector<MeasuredWindow> windows;
  for (int i = 0; i < 90; ++i) windows.push_back({GridStyle::kPiano, {i}, 1});
  for (int i = 0; i < 3; ++i) windows.push_back({GridStyle::kMetal, {i}, 1});
  const auto chosen = spread_windows(windows, 20);
  const auto of = [&](GridStyle style) {
    return std::count_if(chosen.begin(), chosen.end(),
                         [&](const MeasuredWindow& w) { return w.style == style; });
  };
  EXPECT_EQ(of(GridStyle::kPiano), 10);
  EXPECT_EQ(of(GridStyle::kMetal), 3);
  EXPECT_EQ(spread_windows(windows, 0).size(), 93U);
}

}  // namespace
}  // namespace undersong
