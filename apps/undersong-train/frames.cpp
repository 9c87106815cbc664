#include "frames.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>

#include "base/file.h"
#include "base/progress.h"
#include "common/run.h"
#include "train/frames_text.h"
#include "train/frames_training.h"

namespace undersong {
namespace {

struct FramesArguments {
  std::filesystem::path set;
  std::filesystem::path output;
  FrameTrainingSettings training;
  bool force = false;
  bool quiet = false;
};

void add_options(CLI::App& app, FramesArguments& to) {
  FrameTrainingSettings& training = to.training;
  app.add_option("--set", to.set,
                 "The set: FOLDER/NAME stands for NAME.train.txt, NAME.valid.txt and "
                 "NAME.test.txt in the folder")
      ->required();
  app.add_option("-o,--output", to.output, "The weight file to write, *.safetensors")->required();
  app.add_option("--tokens", training.tokens, "To learn from, a network; 0: by the set's size")
      ->capture_default_str();
  app.add_option("--width", training.size.width, "Of the network")->capture_default_str();
  app.add_option("--layers", training.size.layers, "Of the network")->capture_default_str();
  app.add_option("--context", training.size.context, "Tokens it hears")->capture_default_str();
  app.add_option("--rows", training.rows, "Crops a step of training")->capture_default_str();
  app.add_option("--learning-rate", training.learning_rate,
                 "Of Adam; Muon, which moves the matrices, has twice that")
      ->capture_default_str();
  app.add_option("--warm-up", training.warm_up, "Share of the training over which it rises")
      ->capture_default_str();
  app.add_option("--decay", training.decay, "Share at the end over which it falls to 0")
      ->capture_default_str();
  app.add_option("--dropout", training.dropout, "Share of each branch that is dropped")
      ->default_str("by how often the set is heard");
  app.add_option("--weight-decay", training.weight_decay, "Of matrices")->capture_default_str();
  app.add_option("--transpose", training.transpose, "Moves pieces by up to so many semitones")
      ->capture_default_str();
  app.add_option("--looks", training.looks, "At what is held out; the best weights are kept")
      ->capture_default_str();
  app.add_option("--networks", training.networks, "Networks to train and average")
      ->capture_default_str();
  app.add_option("--keys", training.keys, "Transpositions to average, an odd number")
      ->capture_default_str();
  app.add_option("--seed", training.seed, "Of the first network")->capture_default_str();
  app.add_option("--threads", training.threads, "0: one a processor")->capture_default_str();
  app.add_option("--device", training.device, "auto, cpu or cuda")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Device>{
              {"auto", Device::kAuto}, {"cpu", Device::kCpu}, {"cuda", Device::kCuda}},
          CLI::ignore_case))
      ->option_text("auto|cpu|cuda");
  app.add_option("--checkpoint-seconds", training.checkpoint_seconds, "Time between checkpoints")
      ->capture_default_str();
  app.add_option(
         "--stop-after", training.stop_after_seconds,
         "Stop after so many seconds with a checkpoint; the same command goes on (0: never)")
      ->capture_default_str();
  app.add_flag("--fresh", training.fresh, "Start over, whatever checkpoint there is");
  app.add_flag("--force", to.force, "Overwrite the output");
  app.add_flag("--quiet", to.quiet, "No progress");
}

void print_row(const std::string& what, const FrameLoss& loss) {
  fmt::print("  {:<38} {:>8.4f} {:>8.4f} {:>12.4f} {:>8.4f}\n", what, loss.valid.of_frames,
             loss.test.of_frames, loss.valid.of_pieces, loss.test.of_pieces);
}

void print_published(const std::string& who, double test) {
  if (test > 0.0) fmt::print("  {:<38} {:>8} {:>8.2f}\n", who, "", test);
}

void report(const FrameOutcome& outcome, const FramesArguments& arguments) {
  if (!outcome.finished) {
    fmt::print("stopped by time; the same command goes on\n");
    return;
  }
  const FrameTrainingSettings& settings = arguments.training;
  const std::string set = arguments.set.filename().string();
  fmt::print("{}, nats a time step, {} parameters\n  {:<38} {:>8} {:>8} {:>12} {:>8}\n", set,
             outcome.parameters, "over all steps; mean of pieces", "valid", "test", "valid",
             "test");
  for (std::size_t n = 0; n < outcome.single.size(); ++n)
    print_row(fmt::format("network {}", n + 1), outcome.single[n]);
  if (settings.keys > 1) print_row(fmt::format("network 1, {} keys", settings.keys), outcome.keys);
  if (settings.networks > 1) {
    print_row(fmt::format("{} networks, {} key{}", settings.networks, settings.keys,
                          settings.keys == 1 ? "" : "s"),
              outcome.all);
  }
  const PublishedFrameLoss published = published_frame_loss(set);
  print_published("published: RNN-NADE (2012)", published.rnn_nade);
  print_published("published: BALSTM (2017)", published.balstm);
}

void train(const FramesArguments& arguments) {
  const auto progress =
      make_progress(arguments.quiet ? ProgressStyle::kQuiet : ProgressStyle::kAuto);
  const FrameSet set = read_frame_set(arguments.set);
  report(train_frames(set, arguments.training, arguments.output,
                      arguments.force ? Overwrite::kAllow : Overwrite::kRefuse, *progress),
         arguments);
}

}  // namespace

const char* frames_summary() {
  return "the composer's kind of network measured on published sets (--help says more)";
}

int run_frames_command(int count, char** values) {
  FramesArguments arguments;
  CLI::App app(
      "Trains the composer's kind of network on music as frames of sounding keys and measures the "
      "likelihood of the test pieces, in nats a time step.",
      "undersong train frames");
  app.set_help_flag("-h,--help", "Print this help");
  add_options(app, arguments);
  app.footer(
      "Example:\n  undersong train frames --set boulanger-lewandowski/JSB_Chorales "
      "-o jsb.safetensors\n\nA run that was stopped or killed goes on when the same command is "
      "given again.\n");
  app.callback([&arguments] { train(arguments); });
  return run_program("undersong train frames", [&] {
    parse_and_run(app, {values + 2, values + count});
  });
}

}  // namespace undersong
