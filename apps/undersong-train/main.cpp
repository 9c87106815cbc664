// undersong-train: the only program that links LibTorch. `undersong train …` runs it with the same
// arguments.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string_view>

#include "base/file.h"
#include "base/progress.h"
#include "common/run.h"
#include "composer.h"
#include "corpus/corpus.h"
#include "corpus/dataset.h"
#include "frames.h"
#include "model/architecture.h"
#include "train/devices.h"
#include "train/training.h"

namespace undersong {
namespace {

struct Arguments {
  std::string architecture;
  std::string corpus;
  std::filesystem::path output;
  std::filesystem::path held_out;
  DatasetOptions dataset;
  TrainingSettings training;
  bool force = false;
  bool quiet = false;
};

std::string architecture_list() {
  std::string text = "Architectures:\n";
  for (const Architecture& known : architectures()) {
    const bool counted = known.kind == Architecture::Kind::kCounting;
    text += fmt::format("  {:<16} {}{}\n", known.name, known.summary,
                        counted ? " (counted by undersong itself)" : "");
  }
  return text + "\nWith options of their own: undersong train composer --help, and\n" +
         fmt::format("  {:<16} {}\n", "frames", frames_summary()) +
         "\nExample:\n  undersong train lstm-embedding --corpus bach -o bach.safetensors\n"
         "\nA run that was stopped or killed goes on when the same command is given again.\n";
}

void add_data_options(CLI::App& app, Arguments& to) {
  app.add_option("architecture", to.architecture, "What to train, from the list below")->required();
  app.add_option("--corpus", to.corpus, "Name of a corpus, or a corpus' folder")->required();
  app.add_option("-o,--output", to.output, "The weight file to write, *.safetensors")->required();
  app.add_option("--group", to.dataset.groups, "Only these groups (folders) of the corpus");
  app.add_option("--track-name", to.dataset.track_name, "Only tracks whose name holds this");
  app.add_option("--minimum-count", to.dataset.minimum_count, "Drop symbols that occur fewer times")
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000}));
  app.add_option("--held-out", to.held_out,
                 "File with a path a line of the pieces to hold out, instead of the corpus' split");
  app.add_flag("--force", to.force, "Overwrite the output");
  app.add_flag("--quiet", to.quiet, "No progress");
}

void add_training_options(CLI::App& app, TrainingSettings& to) {
  app.add_option("--epochs", to.epochs, "Times through the music at most (0: the architecture's)");
  app.add_option("--batch", to.batch, "Samples a step (0: the architecture's)");
  app.add_option("--learning-rate", to.learning_rate, "Of Adamax (0: the architecture's)");
  app.add_option("--window", to.window, "Symbols a prediction sees, or a crop holds (0: as above)");
  app.add_option("--patience", to.patience,
                 "Stop after this many epochs without a better held-out loss (0: as above)");
  app.add_option("--transpose", to.transpose,
                 "Move each piece by up to so many semitones, anew in every epoch (default: the "
                 "architecture's)")
      ->check(CLI::Range(0, 11));
  app.add_option("--dropout", to.dropout, "Share dropped by every dropout layer")
      ->check(CLI::Range(0.0, 0.99));
  app.add_option("--seed", to.seed, "Repeats a training")->capture_default_str();
  app.add_option("--threads", to.threads, "0: one a processor")->capture_default_str();
  app.add_option("--device", to.device, "auto, cpu or cuda")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Device>{
              {"auto", Device::kAuto}, {"cpu", Device::kCpu}, {"cuda", Device::kCuda}},
          CLI::ignore_case))
      ->option_text("auto|cpu|cuda");
  app.add_option("--split", to.hold_out,
                 "Hold out whole pieces, or a fifth of all windows as the seed did, which shares "
                 "most of each window with what was learned")
      ->transform(CLI::CheckedTransformer(std::map<std::string, HoldOut>{
          {"piece", HoldOut::kPieces}, {"windows", HoldOut::kWindows}}))
      ->option_text("piece|windows");
  app.add_option("--keep", to.keep,
                 "Write the weights of the epoch that foretold best what was held out, or train "
                 "all epochs and write the last, as the seed did")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Keep>{{"best", Keep::kBest}, {"last", Keep::kLast}}))
      ->option_text("best|last");
  app.add_flag("--report-both", to.report_both,
               "Train once more in the seed's way and name both losses in the weights");
  app.add_option("--checkpoint-seconds", to.checkpoint_seconds, "Time between checkpoints")
      ->capture_default_str();
  app.add_flag("--fresh", to.fresh, "Start over, whatever checkpoint there is");
}

Corpus open_corpus(const std::string& name) {
  const bool folder = name.find('/') != std::string::npos || std::filesystem::is_directory(name);
  return folder ? Corpus::open_folder(name) : Corpus::open(name);
}

std::string loss_line(std::string_view what, const LossSum& loss) {
  if (loss.count == 0) return "";
  return fmt::format("  {:<10} {:.4f} nats over {} targets\n", what, loss.mean(), loss.count);
}

void report(const TrainingOutcome& outcome, const Arguments& arguments) {
  fmt::print("{}: epoch {} of {} kept\n{}{}{}{}", display(arguments.output), outcome.kept_epoch,
             outcome.epochs, loss_line("train", outcome.train),
             loss_line("held out", outcome.valid), loss_line("test", outcome.test),
             loss_line("frequency", outcome.frequency));
}

void train(Arguments& arguments) {
  const Architecture& architecture = find_architecture(arguments.architecture);
  arguments.dataset.representation = architecture.representation;
  if (!arguments.held_out.empty()) arguments.dataset.held_out = read_held_out(arguments.held_out);
  const auto progress =
      make_progress(arguments.quiet ? ProgressStyle::kQuiet : ProgressStyle::kAuto);
  const Dataset data = load_dataset(open_corpus(arguments.corpus), arguments.dataset);
  const TrainingOutcome outcome =
      train_model(architecture, data, arguments.training, arguments.output,
                  arguments.force ? Overwrite::kAllow : Overwrite::kRefuse, *progress);
  report(outcome, arguments);
}

}  // namespace

int run(int count, char** values) {
  Arguments arguments;
  CLI::App app("Trains a model on a corpus and writes its weights.", "undersong train");
  app.set_help_flag("-h,--help", "Print this help");
  app.add_flag_callback(
      "--devices",
      [] {
        fmt::print("{}\n", describe_devices());
        throw CLI::Success();
      },
      "Say what could train here, and stop");
  add_data_options(app, arguments);
  add_training_options(app, arguments.training);
  app.footer(architecture_list());
  app.callback([&arguments] { train(arguments); });
  return run_program("undersong train", [&] { parse_and_run(app, {values + 1, values + count}); });
}

}  // namespace undersong

int main(int count, char** values) {
  if (count > 1 && std::string_view(values[1]) == "composer") {
    return undersong::run_composer_command(count, values);
  }
  if (count > 1 && std::string_view(values[1]) == "frames") {
    return undersong::run_frames_command(count, values);
  }
  return undersong::run(count, values);
}
