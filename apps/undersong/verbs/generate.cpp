// `undersong generate --model MODEL --notes 300 -o LSTM.mid`.

#include "pipeline/generate.h"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "common/messages.h"
#include "common/usage.h"
#include "pipeline/compose_flags.h"
#include "plan/request.h"
#include "undersong/console.h"
#include "undersong/verbs/music_flags.h"
#include "undersong/verbs/verbs.h"

namespace undersong {
namespace {

struct GenerateFlags {
  Console console;
  MusicFlags music;
  GenerateRequest request;
  std::string rhythm = "learned";
  std::string style;
  std::string key;
  std::string rewrite;
  std::string roles;
  bool greedy = false;
  bool allow_copies = false;
};

nlohmann::json to_json(const GenerateReport& report) {
  nlohmann::json unused = nlohmann::json::array();
  for (const auto& [name, reason] : report.unused)
    unused.push_back({{"name", name}, {"reason", reason}});
  nlohmann::json files = nlohmann::json::array();
  for (const MusicFileReport& file : report.files) files.push_back(to_json(file));
  return {{"seed", report.seed},
          {"notes", report.notes},
          {"length_seconds", report.length_seconds},
          {"model",
           {{"architecture", report.model.architecture},
            {"corpus", report.model.corpus},
            {"corpus_sha256", report.model.corpus_sha256}}},
          {"originality", to_json(report.originality)},
          {"not_compared_with", unused},
          {"files", files}};
}

void run(GenerateFlags& flags) {
  GenerateRequest& request = flags.request;
  if (flags.greedy) request.sampling.method = SamplingOptions::Method::kGreedy;
  request.rhythm = flags.rhythm == "even" ? Rhythm::kEven : Rhythm::kLearned;
  request.bpm = flags.music.bpm;
  if (!flags.style.empty()) request.composer.style = parse_grid_style(flags.style);
  if (!flags.key.empty()) {
    const auto [tonic, mode] = parse_key(flags.key);
    request.composer.key = Key{tonic, mode.value_or(Mode::kMajor)};
  }
  if (!flags.rewrite.empty()) {
    const auto [first, last] = parse_bar_range(flags.rewrite, "--rewrite");
    request.composer.rewrite = BarSpan{first - 1, last};
  }
  if (!flags.roles.empty()) request.composer.roles = parse_role_list(flags.roles, "--roles");
  request.program = flags.music.program_number();
  request.music = flags.music.options();
  if (flags.allow_copies) request.gate.copies = Copies::kAllow;
  const GenerateReport report = generate(request, flags.console.progress());
  if (flags.console.json()) flags.console.print_json(to_json(report));
  flags.console.show("seed {}", report.seed);
  flags.console.say("{} notes by {}, learned from {}", report.notes, report.model.architecture,
                    display(report.model.corpus));
  flags.console.say("{}", to_text(report.originality));
  for (const UnusedReference& unused : report.unused)
    flags.console.say("not compared with what {} learned: {}", display(unused.name), unused.reason);
  for (const MusicFileReport& file : report.files) flags.console.say("{}", describe(file));
}

void add_sampling(CLI::App& verb, GenerateFlags& flags) {
  GenerateRequest& request = flags.request;
  SamplingOptions& sampling = request.sampling;
  verb.add_option("--notes", request.notes, tr("How many symbols or notes"))
      ->type_name("NUMBER")
      ->capture_default_str();
  verb.add_option("--seed", request.seed, tr("Repeats a piece; without it one is chosen and told"))
      ->check(whole_number())
      ->type_name("NUMBER");
  verb.add_option("--temperature", sampling.temperature,
                  tr("Above 1 bolder, below 1 more careful; above 0, at most 10"))
      ->type_name("NUMBER")
      ->capture_default_str();
  verb.add_option("--top-k", sampling.top_k, tr("Only the K likeliest; 0: all"))
      ->type_name("K")
      ->capture_default_str();
  verb.add_option("--top-p", sampling.top_p, tr("Only the likeliest that together reach P"))
      ->type_name("P")
      ->capture_default_str();
  verb.add_flag("--greedy", flags.greedy, tr("Always the likeliest: the seed's argmax"));
  verb.add_option("--prompt", request.prompt, tr("A MIDI file to go on from"))->type_name("FILE");
  verb.add_option("--rhythm", flags.rhythm,
                  tr("For symbols without rhythm: learned, or even quarter notes"))
      ->check(CLI::IsMember({"even", "learned"}))
      ->type_name("RHYTHM")
      ->capture_default_str();
}

void add_wishes(CLI::App& verb, GenerateFlags& flags) {
  ComposerWishes& wishes = flags.request.composer;
  constexpr auto kGroup = "Of a composer";
  verb.add_option("--style", flags.style, tr("What it learned from: piano, lied, quartet …"))
      ->type_name("STYLE")
      ->group(tr(kGroup));
  verb.add_option("--bars", wishes.bars, tr("Exactly so many bars, whatever --notes"))
      ->check(CLI::Range(1, kMostBarsOfAComposer))
      ->type_name("NUMBER")
      ->group(tr(kGroup));
  verb.add_option("--meter", wishes.meter, tr("4/4, 3/4, 6/8 …"))
      ->type_name("METER")
      ->group(tr(kGroup));
  verb.add_option("--rewrite", flags.rewrite,
                  tr("Write these bars of --prompt anew, such as 5-8, counted from its first note; "
                     "the rest stays, on a grid of a twelfth of a beat"))
      ->type_name("BARS")
      ->group(tr(kGroup));
  verb.add_option("--roles", flags.roles, tr("For whom, such as lead,bass; without it all"))
      ->type_name("ROLES")
      ->group(tr(kGroup));
  verb.add_option("--key", flags.key, tr("F#, Am or \"C minor\""))
      ->type_name("KEY")
      ->group(tr(kGroup));
}

void add_gate(CLI::App& verb, GenerateFlags& flags) {
  verb.add_option("--candidates", flags.request.gate.candidates,
                  tr("Draw at most so many until one is not too close to what the model learned"))
      ->type_name("NUMBER")
      ->capture_default_str();
  verb.add_flag("--allow-copies", flags.allow_copies,
                tr("Write the first candidate, whatever it copies"));
}

}  // namespace

void add_generate_verb(CLI::App& app) {
  const auto flags = std::make_shared<GenerateFlags>();
  CLI::App* verb = app.add_subcommand("generate", tr("Let a model write music"));
  verb->add_option("--model", flags->request.model, tr("The weights (.safetensors)"))
      ->required()
      ->type_name("FILE");
  verb->add_option("-o,--output", flags->request.outputs,
                   tr("Where to, as often as you like; the suffix is the format: .mid .wav .flac "
                      ".ogg .mp3 .svg"))
      ->required()
      ->allow_extra_args(false)
      ->type_name("FILE");
  add_sampling(*verb, *flags);
  add_wishes(*verb, *flags);
  add_gate(*verb, *flags);
  flags->music.add_to(*verb);
  flags->console.add_options(*verb);
  verb->footer(
      tr("Exit code: 3 when every candidate is too close to what the model learned.\n"
         "Example: undersong generate --model models/lstm-embedding.safetensors --seed 7 "
         "-o piece.mid -o piece.mp3\n"
         "Example: undersong generate --model models/composer.safetensors --prompt mine.mid "
         "--rewrite 5-8 --roles lead -o mine-2.mid"));
  verb->callback([flags] { run(*flags); });
}

}  // namespace undersong
