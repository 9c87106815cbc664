// `undersong train ARCH --corpus NAME -o MODEL.safetensors`: counting models here, networks and the
// measuring of frames by handing the command line to undersong-train.

#include "pipeline/train.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "common/messages.h"
#include "model/architecture.h"
#include "pipeline/trainer.h"
#include "undersong/console.h"
#include "undersong/verbs/verbs.h"

namespace undersong {
namespace {

struct TrainFlags {
  Console console;
  CountingRequest request;
  std::string held_out;  // a file of paths
  bool force = false;
};

bool is_network(const std::string& name) {
  const auto& all = architectures();
  return std::any_of(all.begin(), all.end(), [&](const Architecture& architecture) {
    return architecture.name == name && !architecture.is_counted();
  });
}

bool is_architecture(const std::string& name) {
  const auto& all = architectures();
  return std::any_of(all.begin(), all.end(),
                     [&](const Architecture& architecture) { return architecture.name == name; });
}

// What undersong-train does that makes no weights for `generate`, and so is no architecture.
constexpr const char* kFrames = "frames";

// What follows the word `train`.
std::vector<std::string> trainer_arguments(const std::vector<std::string>& arguments) {
  const auto verb = std::find(arguments.begin(), arguments.end(), "train");
  return {verb == arguments.end() ? verb : verb + 1, arguments.end()};
}

std::string list_of_architectures() {
  std::string list = std::string(tr("Architectures")) + ":\n";
  for (const Architecture& architecture : architectures()) {
    list += fmt::format("  {:<27} {}{}\n", architecture.name, architecture.summary,
                        architecture.is_counted() ? "" : tr(" (undersong-train)"));
  }
  return list + fmt::format("  {:<27} {}{}\n", kFrames,
                            tr("the composer's kind of network measured on published sets"),
                            tr(" (undersong-train)"));
}

nlohmann::json to_json(const CountingReport& report) {
  return {{"path", report.path.string()},
          {"architecture", report.architecture},
          {"corpus", report.corpus},
          {"order", report.order},
          {"symbols", report.vocab_size},
          {"pieces", report.pieces},
          {"nats_per_symbol", report.nats_per_symbol}};
}

void run(TrainFlags& flags, const std::vector<std::string>& arguments) {
  CountingRequest& request = flags.request;
  if (is_network(request.architecture)) become_trainer(trainer_arguments(arguments));
  if (request.corpus.empty()) {
    throw Error(ErrorKind::kUsage,
                tr("say what to learn from with --corpus NAME; see undersong train --help"));
  }
  if (!flags.held_out.empty()) request.dataset.held_out = read_held_out(flags.held_out);
  request.overwrite = flags.force ? Overwrite::kAllow : Overwrite::kRefuse;
  const CountingReport report = train_counting(request, flags.console.progress());
  if (flags.console.json()) flags.console.print_json(to_json(report));
  flags.console.say("{}: {} of {} pieces, {} symbols", display(report.path), report.architecture,
                    report.pieces, report.vocab_size);
  for (const auto& [split, nats] : report.nats_per_symbol)
    flags.console.say("  {:<6} {:.3f} {}", split, nats, tr("nats per symbol"));
}

void add_options(CLI::App& verb, TrainFlags& flags) {
  CountingRequest& request = flags.request;
  verb.add_option("ARCH", request.architecture, tr("What to train; the list is below"))
      ->required()
      ->type_name("");
  verb.add_option("--corpus", request.corpus,
                  tr("What to learn from (composer: or --data, a training file; frames: --set)"))
      ->type_name("NAME");
  verb.add_option("-o,--output", request.output, tr("The weights (.safetensors)"))
      ->required()
      ->type_name("FILE");
  verb.add_option("--group", request.dataset.groups,
                  tr("Only the pieces of this group; may be repeated"))
      ->allow_extra_args(false)
      ->type_name("GROUP");
  verb.add_option("--track-name", request.dataset.track_name,
                  tr("Only tracks whose name holds this"))
      ->type_name("TEXT");
  verb.add_option("--minimum-count", request.dataset.minimum_count,
                  tr("Drop symbols that occur fewer times"))
      ->capture_default_str()
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000}));
  verb.add_option("--held-out", flags.held_out,
                  tr("A file of piece paths, one a line, to judge by instead of the corpus' split"))
      ->type_name("FILE");
  verb.add_option("--order", request.order, tr("Symbols of context (markov)"));
  verb.add_flag("--force", flags.force, tr("Overwrite the output"));
}

}  // namespace

void add_train_verb(CLI::App& app, const std::vector<std::string>& arguments) {
  const auto flags = std::make_shared<TrainFlags>();
  CLI::App* verb = app.add_subcommand("train", tr("Learn from a corpus"));
  add_options(*verb, *flags);
  flags->console.add_options(*verb);
  verb->footer(
      list_of_architectures() +
      tr("A network takes more (--device, --epochs, --seed, --report-both …), and composer "
         "and frames take\nother options:\n"
         "undersong train lstm --help\n"
         "undersong train composer --help\n"
         "undersong train frames --help\n"
         "Example: undersong train markov --corpus piano -o markov.safetensors"));
  // What only undersong-train knows is not an error before we know the architecture.
  verb->allow_extras();
  verb->callback([flags, verb, arguments] {
    if (!is_network(flags->request.architecture) && verb->remaining_size() > 0)
      throw CLI::ExtrasError(verb->remaining());
    run(*flags, arguments);
  });
}

// The first architecture among the arguments decides. A corpus may bear the name of one.
void hand_over_to_trainer(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] != "train") return;
  // No architecture of models, but trained by the same program.
  if (arguments.size() > 1 && arguments[1] == kFrames) become_trainer(trainer_arguments(arguments));
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (arguments[i - 1] == "--corpus") continue;
    if (is_network(arguments[i])) become_trainer(trainer_arguments(arguments));
    if (is_architecture(arguments[i])) return;
  }
}

}  // namespace undersong
