#include "composer.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>

#include "base/error.h"
#include "base/progress.h"
#include "base/scratch_folder.h"
#include "common/run.h"
#include "corpus/corpus.h"
#include "corpus/training_file.h"
#include "train/composer_training.h"

namespace undersong {
namespace {

struct ComposerArguments {
  std::string command;  // "composer"
  std::filesystem::path data;
  std::string corpus;
  std::optional<std::string> style;
  std::filesystem::path output;
  ComposerTrainingSettings training;
  bool force = false;
  bool quiet = false;
};

void add_data_options(CLI::App& app, ComposerArguments& to) {
  app.add_option("architecture", to.command)->required()->group("");
  app.add_option("--data", to.data,
                 "A training file that `undersong corpus prepare` made, a folder");
  app.add_option("--corpus", to.corpus,
                 "Name of a corpus, or its folder, to prepare and learn from instead");
  app.add_option("--style", to.style, "What the music of --corpus is, for the network")
      ->default_str("own");
  app.add_option("-o,--output", to.output, "The weight file to write, *.safetensors")->required();
  app.add_flag("--force", to.force, "Overwrite the output");
  app.add_flag("--quiet", to.quiet, "No progress");
}

void add_network_options(CLI::App& app, ComposerTrainingSettings& to) {
  std::string sizes;
  for (const ComposerSize& size : composer_sizes()) {
    sizes += (sizes.empty() ? "" : ", ") + size.name;
  }
  app.add_option("--size", to.size, "Of the network: " + sizes)
      ->default_str("full on CUDA, small on a CPU");
  app.add_option("--from", to.from, "Weights of a composer to adapt; they decide the size");
  app.add_option("--low-rank", to.low_rank,
                 "With --from: learn products of this rank beside the weights (0: all weights)")
      ->capture_default_str();
  app.add_option("--context", to.samples.context, "Tokens that the network hears at once")
      ->default_str("1024; with --from those of the weights, and no more");
  app.add_option("--dropout", to.dropout, "Share dropped of what each layer adds")
      ->default_str("0.1 for the full size, else 0");
}

void add_pace_options(CLI::App& app, ComposerTrainingSettings& to) {
  app.add_option("--tokens", to.tokens,
                 "To learn from, over all (0: 300 million on CUDA and 30 million on a CPU, which "
                 "are hours on either; with --from 400,000); may be raised for a run that goes on, "
                 "until the learning rate falls");
  app.add_option("--step-tokens", to.step_tokens, "A step (0: 65536 on CUDA, 4096 on a CPU)");
  app.add_option("--learning-rate", to.learning_rate,
                 "Of Adam; Muon, which moves the matrices, has twice that (0: by size)");
  app.add_option("--warm-up", to.warm_up, "Share of the tokens over which the rate rises")
      ->capture_default_str();
  app.add_option("--decay", to.decay, "Share at the end over which the rate falls to 0")
      ->capture_default_str();
  app.add_option("--seed", to.seed, "Repeats a training")->capture_default_str();
  app.add_option("--threads", to.threads, "0: one a processor")->capture_default_str();
  app.add_option("--device", to.device, "auto, cpu or cuda")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Device>{
              {"auto", Device::kAuto}, {"cpu", Device::kCpu}, {"cuda", Device::kCuda}},
          CLI::ignore_case))
      ->option_text("auto|cpu|cuda");
  app.add_option("--evaluate-every", to.evaluate_every,
                 "Share of the tokens between two looks at what is held out")
      ->capture_default_str();
  app.add_option("--evaluated-windows", to.evaluated_windows,
                 "Windows of held-out music in such a look (0: all)")
      ->capture_default_str();
  app.add_option("--test-windows", to.test_windows, "Windows of the test at the end (0: all)")
      ->capture_default_str();
  app.add_option("--checkpoint-seconds", to.checkpoint_seconds, "Time between checkpoints")
      ->capture_default_str();
  app.add_option("--stop-after", to.stop_after_seconds,
                 "Seconds after which this run writes a checkpoint and ends (0: never)");
  app.add_flag("--fresh", to.fresh, "Start over, whatever checkpoint there is");
}

Corpus corpus_of(const std::string& name) {
  const bool folder = name.find('/') != std::string::npos || std::filesystem::is_directory(name);
  return folder ? Corpus::open_folder(name) : Corpus::open(name);
}

GridStyle style_of(const ComposerArguments& arguments) {
  return arguments.style ? parse_grid_style(*arguments.style) : GridStyle::kOwn;
}

// A training file of a corpus, for as long as the training goes on.
class PreparedCorpus {
 public:
  PreparedCorpus(const ComposerArguments& arguments, Progress& progress) {
    PrepareOptions options;
    const GridStyle style = style_of(arguments);
    if (style != GridStyle::kOwn) options.rules = {StyleRule{.pattern = "*", .style = style}};
    const PrepareReport report = prepare_training_file(corpus_of(arguments.corpus), options,
                                                       folder(), Overwrite::kRefuse, progress);
    progress.line(fmt::format("{}: {} pieces, {} bars, {} notes; {} left out", arguments.corpus,
                              report.pieces, report.bars, report.notes, report.left_out.size()));
  }

  std::filesystem::path folder() const { return scratch_.path() / "music.training"; }

 private:
  ScratchFolder scratch_;
};

void print_losses(std::string_view title, const std::vector<StyleLoss>& losses) {
  if (losses.empty()) return;
  fmt::print("  {:<28} {:.4f} nats a note over {} notes\n", title, total_of(losses).per_note(),
             total_of(losses).notes);
  for (const StyleLoss& loss : losses) {
    fmt::print("    {:<26} {:.4f} over {}\n", name_of(loss.style), loss.per_note(), loss.notes);
  }
}

void report(const ComposerOutcome& outcome, const ComposerArguments& arguments) {
  if (!outcome.finished) {
    fmt::print(
        "The time is over: {} of {} tokens are learned. Give the same command again to go "
        "on.\n",
        outcome.tokens, outcome.wanted_tokens);
    return;
  }
  fmt::print("{}: {} tokens\n", display(arguments.output), outcome.tokens);
  print_losses("held out", outcome.valid);
  print_losses("test", outcome.test);
  print_losses("test, controls given", outcome.test_given);
}

// Before the music is prepared, which may take long.
void check(const ComposerArguments& arguments, Overwrite overwrite) {
  if (arguments.data.empty() == arguments.corpus.empty()) {
    throw Error(ErrorKind::kUsage,
                "say what to learn from: --data FOLDER that `undersong corpus prepare` made, or "
                "--corpus NAME");
  }
  if (arguments.style && !arguments.data.empty()) {
    throw Error(ErrorKind::kUsage,
                "--style and --data contradict each other: a training file says the styles of its "
                "pieces, and `undersong corpus prepare --styles` decides them");
  }
  style_of(arguments);
  check_composer_training(arguments.training, arguments.output, overwrite);
}

void train(const ComposerArguments& arguments) {
  const Overwrite overwrite = arguments.force ? Overwrite::kAllow : Overwrite::kRefuse;
  check(arguments, overwrite);
  const auto progress =
      make_progress(arguments.quiet ? ProgressStyle::kQuiet : ProgressStyle::kAuto);
  std::optional<PreparedCorpus> prepared;
  if (arguments.data.empty()) prepared.emplace(arguments, *progress);
  const TrainingFile file = TrainingFile::open(prepared ? prepared->folder() : arguments.data);
  const ComposerOutcome outcome =
      train_composer(file, arguments.training, arguments.output, overwrite, *progress);
  report(outcome, arguments);
}

}  // namespace

int run_composer_command(int count, char** values) {
  ComposerArguments arguments;
  CLI::App app("Trains the composer network, or adapts it to your own music.",
               "undersong train composer");
  app.set_help_flag("-h,--help", "Print this help");
  add_data_options(app, arguments);
  add_network_options(app, arguments.training);
  add_pace_options(app, arguments.training);
  app.footer(
      "Examples:\n"
      "  undersong train composer --data shipping.training --size small -o composer.safetensors\n"
      "  undersong train composer --from models/composer.safetensors --corpus mine "
      "-o mine.safetensors\n"
      "\nA run that was stopped or killed goes on when the same command is given again. With "
      "another number\nof threads or processes it goes on too, to weights of other bytes.\n");
  app.callback([&arguments] { train(arguments); });
  return run_program("undersong train", [&] { parse_and_run(app, {values + 1, values + count}); });
}

}  // namespace undersong
