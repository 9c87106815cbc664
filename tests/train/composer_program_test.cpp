// undersong-train composer as a process: killed, together with others, and with bad files.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "base/file.h"
#include "base/rng.h"
#include "model/composer_model.h"
#include "support/temporary_folder.h"
#include "train/killed_child.h"
#include "train/process_runs.h"
#include "train/tiny_composer_training.h"

namespace undersong {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Twelve steps, with a checkpoint after each.
std::vector<std::string> composer_arguments(const std::filesystem::path& music,
                                            const std::filesystem::path& output,
                                            const std::string& tokens = "6144",
                                            const std::string& dropout = "0.1") {
  return {"composer", "--data",
          music,      "--size",
          "tiny",     "--context",
          "128",      "--tokens",
          tokens,     "--step-tokens",
          "512",      "--dropout",
          dropout,    "--evaluate-every",
          "0.25",     "--evaluated-windows",
          "4",        "--threads",
          "1",        "--device",
          "cpu",      "--checkpoint-seconds",
          "0",        "--quiet",
          "-o",       output};
}

std::vector<std::string> composer_command(const std::filesystem::path& music,
                                          const std::filesystem::path& output,
                                          const std::string& tokens = "6144") {
  std::vector<std::string> command = composer_arguments(music, output, tokens);
  command.insert(command.begin(), UNDERSONG_TRAIN);
  return command;
}

MemberResult run_alone(const std::filesystem::path& music, const std::filesystem::path& output) {
  return run_together(UNDERSONG_TRAIN, composer_arguments(music, output), 1).front();
}

bool trained_to_the_end(const std::vector<std::string>& command) {
  KilledChild child(command);
  while (child.running()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return child.succeeded();
}

TEST(ComposerProgram, KilledWhileItWritesACheckpointItEndsWithTheBytesOfAnUndisturbedRun) {
  const TemporaryFolder folder;
  walking_music(folder / "music");
  std::filesystem::create_directories(folder / "killed");
  ASSERT_TRUE(trained_to_the_end(composer_command(folder / "music", folder / "whole.safetensors")));
  const auto output = folder / "killed/m.safetensors";
  const auto checkpoint = folder / "killed/m.safetensors.checkpoint";
  const auto command = composer_command(folder / "music", output);
  Rng rng(5);
  int kills = 0;
  for (int life = 0; life < 6; ++life) {
    KilledChild child(command);
    const bool killed =
        life % 2 == 0
            ? killed_while_writing(child, checkpoint, 1 + static_cast<int>(rng.below(2)))
            : killed_after(child, checkpoint, 1, std::chrono::microseconds(rng.below(20'000)));
    if (killed) ++kills;
  }
  EXPECT_GE(kills, 3);
  EXPECT_FALSE(std::filesystem::exists(output));
  EXPECT_GE(unfinished_files(folder / "killed"), 1);  // a kill came in the midst of writing
  ASSERT_TRUE(trained_to_the_end(command));
  EXPECT_EQ(read_file(output), read_file(folder / "whole.safetensors"));
  EXPECT_FALSE(std::filesystem::exists(checkpoint));
}

// What damage does to a checkpoint, and what the program says of it.
struct Damage {
  const char* what;
  std::vector<std::uint8_t> (*done)(std::vector<std::uint8_t> bytes);
};

TEST(ComposerProgram, SaysThatACheckpointIsNoneAndLeavesIt) {
  const TemporaryFolder folder;
  walking_music(folder / "music");
  const auto output = folder / "m.safetensors";
  const auto checkpoint = folder / "m.safetensors.checkpoint";
  {
    KilledChild child(composer_command(folder / "music", output));
    ASSERT_TRUE(killed_after(child, checkpoint, 2, {}));
  }
  const std::vector<std::uint8_t> good = read_file(checkpoint);
  const Damage damages[] = {
      {"cut short", [](auto bytes) { return bytes.resize(bytes.size() / 2), bytes; }},
      {"one byte short", [](auto bytes) { return bytes.pop_back(), bytes; }},
      {"empty", [](auto) { return std::vector<std::uint8_t>(); }},
      {"text", [](auto) { return std::vector<std::uint8_t>(500, 'x'); }},
      {"a bit of the header", [](auto bytes) { return bytes[9] ^= 16, bytes; }},
      {"a bit of a value", [](auto bytes) { return bytes[bytes.size() - 5000] ^= 16, bytes; }},
  };
  for (const Damage& damage : damages) {
    save_file(checkpoint, damage.done(good), Overwrite::kAllow);
    const std::vector<std::uint8_t> before = read_file(checkpoint);
    const MemberResult result = run_alone(folder / "music", output);
    EXPECT_EQ(result.exit_code, 1) << damage.what << result.errors;
    EXPECT_THAT(result.errors, AllOf(HasSubstr("undersong train: "),
                                     HasSubstr("m.safetensors.checkpoint"), HasSubstr("--fresh")))
        << damage.what;
    EXPECT_EQ(read_file(checkpoint), before);
    EXPECT_FALSE(std::filesystem::exists(output));
  }
}

double test_loss(const std::filesystem::path& weights) {
  return nlohmann::json::parse(load_model(weights).info.training_json)
      .at("test")
      .at("all")
      .at("nats_per_note")
      .get<double>();
}

// Two processes add up other sums of the same gradients, so near and not the same.
TEST(ComposerProgram, TwoProcessesReachTheLossOfOne) {
  const TemporaryFolder folder;
  walking_music(folder / "music");
  for (const int processes : {1, 2}) {
    const auto output = folder / (std::to_string(processes) + ".safetensors");
    const auto arguments = composer_arguments(folder / "music", output, "6144", "0");
    for (const MemberResult& result : run_together(UNDERSONG_TRAIN, arguments, processes))
      EXPECT_EQ(result.exit_code, 0) << result.errors;
  }
  const double one = test_loss(folder / "1.safetensors");
  EXPECT_NEAR(test_loss(folder / "2.safetensors"), one, 0.01 * one);
}

std::vector<std::string> member_command(int rank, int port, const TemporaryFolder& folder) {
  std::vector<std::string> command = {"/bin/sh",
                                      "-c",
                                      "exec \"$@\" 2> \"$0\"",
                                      folder / ("errors" + std::to_string(rank)),
                                      "/usr/bin/env",
                                      "RANK=" + std::to_string(rank),
                                      "WORLD_SIZE=2",
                                      "MASTER_ADDR=127.0.0.1",
                                      "MASTER_PORT=" + std::to_string(port)};
  // More tokens than it will come to.
  const auto program = composer_command(folder / "music", folder / "m.safetensors", "100000000");
  command.insert(command.end(), program.begin(), program.end());
  return command;
}

TEST(ComposerProgram, OneWhoseOtherIsKilledSaysSoAndLeavesTheCheckpoint) {
  const TemporaryFolder folder;
  walking_music(folder / "music");
  const int port = free_port();
  KilledChild first(member_command(0, port, folder));
  KilledChild second(member_command(1, port, folder));
  ASSERT_TRUE(killed_after(second, folder / "m.safetensors.checkpoint", 2, {}));
  while (first.running()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(first.exit_code(), 1);
  EXPECT_THAT(read_text_file(folder / "errors0"),
              AllOf(HasSubstr("undersong train: process 0 of 2 lost the others"),
                    HasSubstr("they go on from the checkpoint")));
  EXPECT_TRUE(std::filesystem::exists(folder / "m.safetensors.checkpoint"));
}

}  // namespace
}  // namespace undersong
