#include "train/training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/cancel.h"
#include "model/model.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"
#include "train/checkpoint.h"
#include "train/killed_child.h"
#include "train/tiny_training.h"

namespace undersong {
namespace {

using testing::HasSubstr;

TrainingSettings tiny_settings() {
  TrainingSettings settings;
  settings.device = Device::kCpu;
  settings.threads = 2;
  return settings;
}

TrainingOutcome train_tiny(const std::filesystem::path& output, const TrainingSettings& settings,
                           const Dataset& data = tiny_dataset(8, 60)) {
  return train_model(tiny_architecture(), data, settings, output, Overwrite::kRefuse,
                     silent_progress());
}

TEST(Training, KilledAtAnyMomentItEndsWithTheBytesOfAnUndisturbedRun) {
  const TemporaryFolder folder;
  train_tiny(folder / "undisturbed.safetensors", tiny_settings());
  const auto output = folder / "killed.safetensors";
  const auto checkpoint = folder / "killed.safetensors.checkpoint";
  Rng rng(8);
  int kills = 0;
  for (int life = 0; life < 4; ++life) {
    KilledChild child({UNDERSONG_INTERRUPTED_TRAINING, output});
    const int times = 2 + static_cast<int>(rng.below(7));
    const std::chrono::microseconds more(rng.below(4000));
    if (!killed_after(child, checkpoint, times, more)) break;
    ++kills;
  }
  KilledChild last({UNDERSONG_INTERRUPTED_TRAINING, output});
  while (last.running()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ASSERT_TRUE(last.succeeded());
  EXPECT_GE(kills, 1);
  EXPECT_EQ(read_file(output), read_file(folder / "undisturbed.safetensors"));
  EXPECT_FALSE(std::filesystem::exists(checkpoint));
}

TEST(Training, WritesAModelThatLoadsWithItsLogAndPicture) {
  const TemporaryFolder folder;
  const TrainingOutcome outcome = train_tiny(folder / "a b.safetensors", tiny_settings());
  EXPECT_EQ(outcome.epochs, 6);
  EXPECT_GT(outcome.valid.count, 0);
  EXPECT_GT(outcome.test.count, 0);
  EXPECT_LT(outcome.valid.mean(), outcome.frequency.mean());
  const WeightFile file = load_weights(folder / "a b.safetensors");
  const auto training = nlohmann::json::parse(file.metadata.at("undersong.training"));
  EXPECT_EQ(training.at("licences"), nlohmann::json({"CC0-1.0"}));
  const auto settings = nlohmann::json::parse(file.metadata.at("undersong.settings"));
  EXPECT_EQ(settings.at("groups"), nlohmann::json::array());
  EXPECT_EQ(settings.at("track_name"), "");
  EXPECT_TRUE(settings.contains("held_out") && settings.contains("minimum_count"));
  EXPECT_DOUBLE_EQ(training.at("valid").at("nats").get<double>(), outcome.valid.mean());
  EXPECT_EQ(file.tensors.at("prompts").shape, (std::vector<std::int64_t>{32, 10}));
  const std::string log = read_text_file(folder / "a b.log.csv");
  EXPECT_THAT(log, HasSubstr("epoch,step,train_loss,valid_loss,seconds,samples_per_second\n1,"));
  EXPECT_THAT(read_text_file(folder / "a b.losses.svg"), HasSubstr("</svg>"));
}

TEST(Training, ReportsTheSeedsSplitBesideItsOwn) {
  const TemporaryFolder folder;
  TrainingSettings settings = tiny_settings();
  settings.epochs = 1;
  settings.report_both = true;
  train_tiny(folder / "m.safetensors", settings);
  const WeightFile file = load_weights(folder / "m.safetensors");
  const auto training = nlohmann::json::parse(file.metadata.at("undersong.training"));
  EXPECT_EQ(training.at("split"), "pieces");
  EXPECT_EQ(training.at("windows").at("split"), "windows");
  EXPECT_GT(training.at("windows").at("valid").at("nats").get<double>(), 0.0);
}

TEST(Training, StopsWhenPatienceIsOver) {
  const TemporaryFolder folder;
  TrainingSettings settings = tiny_settings();
  settings.learning_rate = 5.0;  // learns nothing
  settings.epochs = 100;
  settings.patience = 2;
  const TrainingOutcome outcome = train_tiny(folder / "m.safetensors", settings);
  EXPECT_EQ(outcome.epochs, outcome.best_epoch + 2);
}

TEST(Training, KeepsTheLastEpochWhateverWasHeldOutWhenAsked) {
  const TemporaryFolder folder;
  TrainingSettings settings = tiny_settings();
  settings.learning_rate = 5.0;  // learns nothing
  settings.epochs = 6;
  settings.patience = 1;
  settings.keep = Keep::kLast;
  const TrainingOutcome outcome = train_tiny(folder / "m.safetensors", settings);
  EXPECT_EQ(outcome.epochs, 6);
  EXPECT_EQ(outcome.kept_epoch, 6);
  EXPECT_LT(outcome.best_epoch, 6);
}

TEST(Training, LeavesACheckpointWhenItIsCancelled) {
  const TemporaryFolder folder;
  request_cancel();
  const Error error = thrown_error([&] { train_tiny(folder / "m.safetensors", tiny_settings()); });
  clear_cancel();
  EXPECT_EQ(error.kind(), ErrorKind::kCancelled);
  EXPECT_THAT(error.message(), HasSubstr("the same command goes on from"));
  EXPECT_TRUE(std::filesystem::exists(folder / "m.safetensors.checkpoint"));
  EXPECT_FALSE(std::filesystem::exists(folder / "m.safetensors"));
}

TEST(Training, RefusesTheCheckpointOfOtherSettingsUnlessToldToStartOver) {
  const TemporaryFolder folder;
  request_cancel();
  EXPECT_THROW(train_tiny(folder / "m.safetensors", tiny_settings()), Error);
  clear_cancel();
  TrainingSettings other = tiny_settings();
  other.batch = 3;
  other.epochs = 1;
  const Error error = thrown_error([&] { train_tiny(folder / "m.safetensors", other); });
  EXPECT_EQ(error.kind(), ErrorKind::kMismatch);
  EXPECT_THAT(error.message(), HasSubstr("batch was 2 and is 3 now"));
  other.fresh = true;
  EXPECT_NO_THROW(train_tiny(folder / "m.safetensors", other));
}

TEST(Training, RefusesAFileThatIsNoCheckpoint) {
  const TemporaryFolder folder;
  std::ofstream(folder / "m.safetensors.checkpoint") << "rubbish";
  const Error error = thrown_error([&] { train_tiny(folder / "m.safetensors", tiny_settings()); });
  EXPECT_THAT(error.message(), HasSubstr("checkpoint"));
}

TEST(Training, RefusesToOverwriteAModel) {
  const TemporaryFolder folder;
  std::ofstream(folder / "m.safetensors") << "precious";
  EXPECT_THROW(train_tiny(folder / "m.safetensors", tiny_settings()), Error);
  EXPECT_EQ(read_text_file(folder / "m.safetensors"), "precious");
}

TEST(Training, SaysWhenTheCorpusIsSmallerThanAWindow) {
  const TemporaryFolder folder;
  const Architecture& lstm = find_architecture("lstm");
  const Error error = thrown_error([&] {
    train_model(lstm, tiny_dataset(8, 10), tiny_settings(), folder / "m.safetensors",
                Overwrite::kRefuse, silent_progress());
  });
  EXPECT_THAT(error.message(), HasSubstr("smaller than a window of 10"));
}

TEST(Training, SaysWhenNothingIsHeldOut) {
  const TemporaryFolder folder;
  const Error error = thrown_error(
      [&] { train_tiny(folder / "m.safetensors", tiny_settings(), tiny_dataset(2, 60)); });
  EXPECT_THAT(error.message(), HasSubstr("--held-out FILE"));
}

TEST(Training, RefusesNumbersThatMakeNoSense) {
  const TemporaryFolder folder;
  const auto refused = [&](auto change) {
    TrainingSettings settings = tiny_settings();
    change(settings);
    return thrown_error([&] { train_tiny(folder / "m.safetensors", settings); }).kind();
  };
  EXPECT_EQ(refused([](auto& s) { s.epochs = -1; }), ErrorKind::kUsage);
  EXPECT_EQ(refused([](auto& s) { s.batch = 2'000'000; }), ErrorKind::kUsage);
  EXPECT_EQ(refused([](auto& s) { s.learning_rate = -0.1; }), ErrorKind::kUsage);
  EXPECT_EQ(refused([](auto& s) { s.window = -5; }), ErrorKind::kUsage);
  EXPECT_EQ(refused([](auto& s) { s.threads = -1; }), ErrorKind::kUsage);
  EXPECT_FALSE(std::filesystem::exists(folder / "m.safetensors"));
}

TEST(Checkpoint, ComesBackAsItWasWritten) {
  const TemporaryFolder folder;
  TrainingState state;
  state.step = 12;
  state.epochs_done = 2;
  state.batches_done = 2;
  state.epoch_loss = {0.1 + 0.2, 7};
  state.best_loss = 1.0 / 3.0;
  state.best_epoch = 2;
  state.machine = {{"processes", "2"}};
  state.log = {{1, 4, 2.5, 2.0 / 7.0, 1.5, 100.0}, {2, 8, 2.0, 0.25, 2.5, 100.0}};
  state.tensors["a"] = {{2}, std::vector<float>{1.0F, 0.1F}};
  state.best["a"] = {{2}, std::vector<float>{3.0F, 0.3F}};
  save_checkpoint(folder / "c", state, {{"seed", "1"}});
  const auto read = load_checkpoint(folder / "c", {{"seed", "1"}});
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->step, 12);
  EXPECT_EQ(read->batches_done, 2);
  EXPECT_EQ(read->epoch_loss.nats, 0.1 + 0.2);
  EXPECT_EQ(read->best_loss, 1.0 / 3.0);
  EXPECT_EQ(read->machine, state.machine);
  EXPECT_EQ(read->log[0].valid_loss, 2.0 / 7.0);
  EXPECT_EQ(std::get<std::vector<float>>(read->tensors.at("a").values)[1], 0.1F);
  EXPECT_EQ(std::get<std::vector<float>>(read->best.at("a").values)[0], 3.0F);
  EXPECT_FALSE(load_checkpoint(folder / "none", {}).has_value());
}

}  // namespace
}  // namespace undersong
