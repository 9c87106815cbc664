#include "train/frames_training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "nn/weight_file.h"
#include "support/temporary_folder.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using testing::HasSubstr;

// Chords that follow each other in a circle, from anywhere in it.
std::vector<FramePiece> circles(std::size_t count, std::size_t frames) {
  const std::vector<Frame> circle = {{39, 43, 46}, {44, 48, 51}, {46, 50, 53}, {}};
  std::vector<FramePiece> pieces(count);
  for (std::size_t p = 0; p < count; ++p) {
    for (std::size_t t = 0; t < frames; ++t) pieces[p].push_back(circle[(p + t) % circle.size()]);
  }
  return pieces;
}

FrameSet tiny_set() { return {circles(6, 40), circles(2, 30), circles(3, 30)}; }

FrameTrainingSettings tiny_settings() {
  FrameTrainingSettings settings;
  settings.size = {.width = 32, .layers = 1, .context = 64};
  settings.tokens = 20'000;
  settings.rows = 4;
  settings.learning_rate = 1e-2;
  settings.dropout = 0.0;
  settings.transpose = 0;
  settings.device = Device::kCpu;
  settings.threads = 1;
  settings.looks = 4;
  return settings;
}

FrameOutcome train_tiny(const FrameTrainingSettings& settings,
                        const std::filesystem::path& output) {
  return train_frames(tiny_set(), settings, output, Overwrite::kRefuse, silent_progress());
}

TEST(FrameTraining, LearnsWhatFollows) {
  const TemporaryFolder folder;
  const FrameOutcome outcome = train_tiny(tiny_settings(), folder / "a.safetensors");
  ASSERT_TRUE(outcome.finished);
  // The first frame of a piece is one of four; all others follow from what was heard.
  EXPECT_LT(outcome.single[0].test.of_frames, std::log(4.0) / 30.0 + 0.15);
  EXPECT_GT(outcome.single[0].test.of_frames, 0.0);
  EXPECT_TRUE(std::filesystem::exists(folder / "a.log.csv"));
  EXPECT_FALSE(std::filesystem::exists(folder / "a.safetensors.checkpoint"));
  const WeightFile file = load_weights(folder / "a.safetensors");
  EXPECT_THAT(file.metadata.at("undersong.frames"), HasSubstr("\"period\":-1"));
}

TEST(FrameTraining, StoppedByTimeItEndsWithTheBytesOfAnUndisturbedRun) {
  const TemporaryFolder folder;
  FrameTrainingSettings settings = tiny_settings();
  settings.tokens = 4'000;
  settings.networks = 2;
  train_tiny(settings, folder / "whole.safetensors");
  settings.stop_after_seconds = 1e-9;  // after every step
  int runs = 0;
  while (!train_tiny(settings, folder / "parts.safetensors").finished) {
    ++runs;
    ASSERT_LE(runs, 200);
  }
  EXPECT_GE(runs, 15);
  EXPECT_EQ(read_file(folder / "whole.safetensors"), read_file(folder / "parts.safetensors"));
  EXPECT_EQ(read_file(folder / "whole.2.safetensors"), read_file(folder / "parts.2.safetensors"));
}

TEST(FrameTraining, SeveralNetworksAndKeysAreAveraged) {
  const TemporaryFolder folder;
  FrameTrainingSettings settings = tiny_settings();
  settings.tokens = 4'000;
  settings.networks = 2;
  settings.keys = 3;
  const FrameOutcome outcome = train_tiny(settings, folder / "a.safetensors");
  ASSERT_EQ(outcome.single.size(), 2U);
  EXPECT_NE(outcome.single[0].test.of_frames, outcome.single[1].test.of_frames);
  EXPECT_NE(outcome.keys.test.of_frames, outcome.single[0].test.of_frames);
  settings.keys = 1;
  const FrameOutcome alone = train_tiny(settings, folder / "b.safetensors");
  EXPECT_EQ(alone.single[1].test.of_frames, outcome.single[1].test.of_frames);
  // The loss of a mean of distributions is at most the mean of their losses.
  EXPECT_LE(alone.all.test.of_frames,
            0.5 * (alone.single[0].test.of_frames + alone.single[1].test.of_frames) + 1e-6);
}

TEST(FrameTraining, TheTestPiecesDecideNothing) {
  const TemporaryFolder folder;
  FrameTrainingSettings settings = tiny_settings();
  settings.tokens = 4'000;
  train_tiny(settings, folder / "a.safetensors");
  FrameSet other = tiny_set();
  other.test = {{{1, 2, 3, 4, 5}, {2, 3}, {}, {4}}};
  train_frames(other, settings, folder / "b.safetensors", Overwrite::kRefuse, silent_progress());
  const WeightFile one = load_weights(folder / "a.safetensors");
  const WeightFile two = load_weights(folder / "b.safetensors");
  ASSERT_EQ(one.tensors.size(), two.tensors.size());
  for (const auto& [name, tensor] : one.tensors)
    EXPECT_EQ(tensor.values, two.tensors.at(name).values) << name;
}

TEST(FrameTraining, LearnsMoreOftenFromASmallSetAndDropsMoreThen) {
  const FrameTrainingSettings small = fitted({}, tiny_set());
  EXPECT_EQ(small.tokens, 600'000);
  EXPECT_DOUBLE_EQ(small.dropout.value(), 0.3);
  const FrameSet large = {circles(2'000, 100), circles(1, 4), circles(1, 4)};  // 650,000 tokens
  const FrameTrainingSettings more = fitted({}, large);
  EXPECT_EQ(more.tokens, 1'950'000);
  EXPECT_NEAR(more.dropout.value(), 0.09, 1e-9);
  FrameTrainingSettings said;
  said.tokens = 5;
  said.dropout = 0.0;
  EXPECT_EQ(fitted(said, large).tokens, 5);
  EXPECT_EQ(fitted(said, large).dropout.value(), 0.0);
}

TEST(FrameTraining, SaysWhatMakesNoSense) {
  const TemporaryFolder folder;
  const auto message = [&](auto change) {
    FrameTrainingSettings settings = tiny_settings();
    change(settings);
    return thrown_error([&] { train_tiny(settings, folder / "a.safetensors"); }).message();
  };
  EXPECT_THAT(message([](auto& s) { s.size.width = 100; }), HasSubstr("--width"));
  EXPECT_THAT(message([](auto& s) { s.keys = 2; }), HasSubstr("--keys must be an odd number"));
  EXPECT_THAT(message([](auto& s) { s.tokens = -1; }), HasSubstr("--tokens"));
  EXPECT_THAT(message([](auto& s) { s.learning_rate = std::nan(""); }),
              HasSubstr("--learning-rate"));
  FrameSet full = tiny_set();
  full.valid[0][0].clear();
  for (std::uint8_t key = 0; key < kFrameKeys; ++key) full.valid[0][0].push_back(key);
  EXPECT_THAT(thrown_error([&] {
                train_frames(full, tiny_settings(), folder / "a.safetensors", Overwrite::kRefuse,
                             silent_progress());
              }).message(),
              HasSubstr("--context must be at least 178 here"));
  save_file(folder / "a.safetensors", "x", Overwrite::kRefuse);
  EXPECT_THAT(message([](auto&) {}), HasSubstr("a.safetensors"));
}

TEST(FrameTraining, RefusesTheCheckpointOfAnother) {
  const TemporaryFolder folder;
  FrameTrainingSettings settings = tiny_settings();
  settings.stop_after_seconds = 1e-9;
  EXPECT_FALSE(train_tiny(settings, folder / "a.safetensors").finished);
  settings.dropout = 0.2;
  const Error error = thrown_error([&] { train_tiny(settings, folder / "a.safetensors"); });
  EXPECT_EQ(error.kind(), ErrorKind::kMismatch);
  EXPECT_THAT(error.message(), HasSubstr("dropout was 0.0 and is 0.2 now"));
}

TEST(FrameTraining, KnowsWhatWasPublished) {
  EXPECT_EQ(published_frame_loss("Nottingham").rnn_nade, 2.31);
  EXPECT_EQ(published_frame_loss("mine").rnn_nade, 0.0);
}

}  // namespace
}  // namespace undersong
