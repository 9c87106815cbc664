// `undersong compose --style lofi --length 1:03.5 -o bed.wav`.

#include "pipeline/compose.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "common/messages.h"
#include "common/usage.h"
#include "pipeline/compose_flags.h"
#include "undersong/console.h"
#include "undersong/verbs/music_flags.h"
#include "undersong/verbs/verbs.h"

namespace undersong {
namespace {

struct ComposeFlags {
  Console console;
  MusicFlags music;
  ComposeRequest request;
  std::string length;
  std::string key;
  std::string mode;
  std::string mood;
  std::string energy;
  std::vector<std::string> hits;
  std::string intro;
  std::string outro;
  std::string ending;
  std::string instruments;
  std::string without;
  std::string regenerate;
  std::string roles;
  std::string writer;
  bool plan_only = false;
  bool allow_copies = false;
  bool no_certificate = false;
  std::vector<CLI::Option*> shaping;  // what a plan has decided already
  std::vector<CLI::Option*> writing;  // what it has too, but not for bars that are written again
};

void read_key(const ComposeFlags& flags, CompositionRequest& composition) {
  if (!flags.mode.empty()) composition.mode = parse_mode(flags.mode);
  if (flags.key.empty()) return;
  const auto [tonic, mode] = parse_key(flags.key);
  composition.tonic = tonic;
  if (mode && composition.mode && *mode != *composition.mode) {
    throw Error(ErrorKind::kUsage,
                fmt::format("--key {} and --mode {} contradict each other: leave "
                            "one of the modes away",
                            flags.key, flags.mode));
  }
  if (mode) composition.mode = mode;
}

void read_instruments(const ComposeFlags& flags, CompositionRequest& composition) {
  if (!flags.without.empty()) composition.without = parse_role_list(flags.without, "--without");
  if (flags.instruments.empty()) return;
  InstrumentWish wish = parse_instrument_list(flags.instruments);
  RoleSet named = wish.only.value_or(RoleSet());
  for (const auto& [role, program] : wish.instruments) named.insert(role);
  for (const Role role : kRoles) {
    if (!named.contains(role) || !composition.without.contains(role)) continue;
    throw Error(
        ErrorKind::kUsage,
        fmt::format("--instruments and --without both name {}: it cannot play and be silent",
                    name_of(role)));
  }
  composition.only = wish.only;
  composition.instruments = std::move(wish.instruments);
}

CompositionRequest read_composition(const ComposeFlags& flags) {
  CompositionRequest composition = flags.request.composition;
  if (!flags.length.empty()) composition.length_seconds = parse_length(flags.length);
  read_key(flags, composition);
  composition.bpm = flags.music.bpm;
  if (!flags.mood.empty()) composition.mood = parse_mood(flags.mood);
  if (!flags.energy.empty()) composition.energy = parse_energy_curve(flags.energy);
  for (const std::string& hit : flags.hits) composition.hits_seconds.push_back(parse_length(hit));
  std::sort(composition.hits_seconds.begin(), composition.hits_seconds.end());
  if (!flags.intro.empty()) composition.intro_bars = parse_bar_count(flags.intro, "--intro");
  if (!flags.outro.empty()) composition.outro_bars = parse_bar_count(flags.outro, "--outro");
  if (!flags.ending.empty()) composition.ending = parse_ending(flags.ending);
  read_instruments(flags, composition);
  return composition;
}

// Whatever has decided the piece already leaves nothing to these flags.
void refuse(const std::vector<CLI::Option*>& options, const char* decided_by, const char* remedy) {
  for (const CLI::Option* option : options) {
    if (option->count() == 0) continue;
    throw Error(ErrorKind::kUsage, fmt::format("{} and {} contradict each other: {}", decided_by,
                                               option->get_name(), remedy));
  }
}

void read_rewrite(ComposeFlags& flags) {
  if (!flags.request.from) {
    if (flags.regenerate.empty() && flags.roles.empty()) return;
    throw Error(ErrorKind::kUsage,
                "--regenerate and --roles change a track: name it with --from track.mid");
  }
  if (flags.plan_only) return;
  if (flags.regenerate.empty() || flags.roles.empty()) {
    throw Error(ErrorKind::kUsage,
                "say which bars to write again and for whom, such as --regenerate bars=9-16 "
                "--roles lead");
  }
  Rewrite& rewrite = flags.request.rewrite;
  std::tie(rewrite.first_bar, rewrite.last_bar) = parse_bar_range(flags.regenerate, "--regenerate");
  rewrite.roles = parse_role_list(flags.roles, "--roles");
}

void read_flags(ComposeFlags& flags) {
  ComposeRequest& request = flags.request;
  if (request.plan) {
    constexpr const char* kRemedy = "the plan decides that; edit it there";
    refuse(flags.shaping, "--plan", kRemedy);
    refuse(flags.writing, "--plan", kRemedy);
  }
  if (request.from) {
    refuse(flags.shaping, "--from",
           "the track's own request decides that; compose a new piece, or edit its plan "
           "(--plan-only --from prints it)");
    if (flags.plan_only) refuse(flags.writing, "--plan-only --from", "the plan is the track's own");
  }
  read_rewrite(flags);
  request.composition = read_composition(flags);
  if (!flags.writer.empty()) request.writer.kind = parse_writer_kind(flags.writer);
  request.music = flags.music.options();
  request.gate.remedy = "try another --seed or more --candidates";
  if (flags.allow_copies) request.gate.copies = Copies::kAllow;
  if (flags.no_certificate) request.certificate = CertificateWish::kOmit;
}

void run_plan_only(ComposeFlags& flags) {
  for (const auto& output : flags.request.outputs) {
    if (output.extension() != ".json")
      throw Error(ErrorKind::kUsage,
                  "a plan is JSON: name it something.json, or leave "
                  "--plan-only away");
    check_output(output, flags.music.options().overwrite);
  }
  if (flags.request.variants != 1 || flags.request.stems)
    throw Error(ErrorKind::kUsage, "--plan-only makes one plan and no sound");
  const PlannedPiece planned = plan_music(flags.request);
  const std::string json = to_json_text(planned.plan);
  if (flags.console.json()) flags.console.print_json_text(json);
  flags.console.show("{}", describe(planned.plan, planned.style.style));
  for (const auto& output : flags.request.outputs) {
    if (flags.request.plan) require_not_an_input(output, *flags.request.plan);
    save_file(output, json, flags.music.options().overwrite);
    flags.console.say("{}", display(output));
  }
}

double bpm_of(const Plan& plan) { return 6e7 / plan.bars.front().microseconds_per_quarter; }

nlohmann::json to_json(const std::vector<PatternBars>& bars) {
  nlohmann::json list = nlohmann::json::array();
  for (const PatternBars& each : bars) {
    list.push_back(
        {{"role", name_of(each.role)}, {"first_bar", each.first_bar}, {"last_bar", each.last_bar}});
  }
  return list;
}

nlohmann::json to_json(const ComposedVariant& variant) {
  nlohmann::json files = nlohmann::json::array();
  for (const MusicFileReport& file : variant.files) files.push_back(to_json(file));
  nlohmann::json stems = nlohmann::json::array();
  for (const MusicFileReport& stem : variant.stems) stems.push_back(stem.path.string());
  const Plan& plan = variant.plan;
  return {
      {"seed", variant.seed},
      {"length_seconds", plan.request.length_seconds},
      {"bars", plan.bars.size()},
      {"bpm", bpm_of(plan)},
      {"key", name_of(plan.key)},
      {"notes", variant.notes},
      {"request", to_json(plan.request)},
      {"originality", to_json(variant.originality)},
      {"in_the_networks_place", to_json(variant.in_the_networks_place)},
      {"files", files},
      {"stems", stems},
      {"certificate", variant.certificate.empty() ? nlohmann::json()
                                                  : nlohmann::json(variant.certificate.string())}};
}

nlohmann::json to_json(const ComposeReport& report) {
  nlohmann::json variants = nlohmann::json::array();
  for (const ComposedVariant& variant : report.variants) variants.push_back(to_json(variant));
  return {{"style", report.style.style.name},
          {"edited", report.edited},
          {"writer", report.writer},
          {"variants", variants}};
}

void show(const ComposeReport& report, Console& console) {
  for (const UnusedReference& unused : report.unused)
    console.say("not compared with {}: {}", display(unused.name), unused.reason);
  if (report.edited) console.say("{}", tr("the track was edited; what is not written again stays"));
  if (!report.writer.empty()) console.say("{}", report.writer);
  for (const ComposedVariant& variant : report.variants) {
    console.show("seed {}", variant.seed);
    const Plan& plan = variant.plan;
    console.say("{} in {}, {:.4g} beats a minute: {} bars, {} notes", report.style.style.title,
                name_of(plan.key), bpm_of(plan), plan.bars.size(), variant.notes);
    if (const std::string text = to_text(variant.in_the_networks_place); !text.empty())
      console.say("{}", text);
    console.say("{}", to_text(variant.originality));
    for (const MusicFileReport& file : variant.files) console.say("{}", describe(file));
    if (!variant.stems.empty()) {
      console.say("{}: {} stems", display(variant.stems.front().path.parent_path()),
                  variant.stems.size());
    }
    if (!variant.certificate.empty()) console.say("{}", display(variant.certificate));
  }
}

void run(ComposeFlags& flags) {
  read_flags(flags);
  if (flags.plan_only) return run_plan_only(flags);
  const ComposeReport report = compose_music(flags.request, flags.console.progress());
  if (flags.console.json()) flags.console.print_json(to_json(report));
  show(report, flags.console);
}

void add_shape(CLI::App& verb, ComposeFlags& flags) {
  const auto add = [&](const char* name, auto& value, const char* type, const char* about) {
    flags.shaping.push_back(
        verb.add_option(name, value, about)->check(not_empty())->type_name(type));
  };
  add("--length", flags.length, "TIME", tr("Exactly so long: 63.5, 1:03.5 or 1m3s; by default 60"));
  add("--key", flags.key, "KEY", tr("F#, Am or \"C minor\""));
  add("--mode", flags.mode, "MODE",
      tr("major, minor, dorian, phrygian, lydian, mixolydian or harmonic-minor"));
  add("--bpm", flags.music.bpm, "NUMBER",
      tr("Tempo in quarter notes a minute, met within 3 % so that the length fits"));
  add("--mood", flags.mood, "MOOD", tr("happy, hopeful, calm, dreamy, sad, dark, tense, epic …"));
  add("--energy", flags.energy, "CURVE",
      tr("Energy from 0 to 1 by time, such as \"0:0.2 0:30:0.9 1:00:0.3\""));
  add("--hit", flags.hits, "TIME", tr("A downbeat exactly there, as often as you like"));
  flags.shaping.back()->allow_extra_args(false);
  add("--intro", flags.intro, "BARS", tr("Length of the intro, or none"));
  add("--outro", flags.outro, "BARS", tr("Length of the outro, or none"));
  add("--ending", flags.ending, "ENDING",
      tr("ring (a final chord), fade, cut, or loop (.wav gets loop marks); by default ring"));
  add("--instruments", flags.instruments, "LIST",
      tr("lead=flute,drums=brush changes instruments; roles alone, as drums,bass,lead=flute, let "
         "only these play"));
  add("--without", flags.without, "LIST",
      tr("Roles that are silent: drums, percussion, bass, chords, pad, arpeggio, lead, counter"));
}

void add_plan(CLI::App& verb, ComposeFlags& flags) {
  ComposeRequest& request = flags.request;
  verb.add_flag("--plan-only", flags.plan_only,
                tr("Print the plan; as JSON with --json or -o plan.json"));
  verb.add_option("--plan", request.plan, tr("Compose from a plan that you edited (.json)"))
      ->type_name("FILE");
  verb.add_option("--from", request.from, tr("A track of ours (.mid), to write some of it again"))
      ->type_name("FILE");
  verb.add_option("--regenerate", flags.regenerate, tr("Which bars, such as bars=9-16"))
      ->type_name("BARS");
  verb.add_option("--roles", flags.roles, tr("Whose, such as lead,counter"))->type_name("LIST");
}

void add_writer(CLI::App& verb, ComposeFlags& flags) {
  const auto add = [&](const char* name, auto& value, const char* type, const char* about) {
    flags.writing.push_back(
        verb.add_option(name, value, about)->check(not_empty())->type_name(type));
  };
  add("--writer", flags.writer, "WRITER",
      tr("Who writes the parts: neural (the composer network, where the style names music that it "
         "learned) or pattern; by default as the style has it. With --regenerate: who writes these "
         "bars; by default who wrote the track"));
  add("--drafts", flags.request.writer.drafts, "NUMBER",
      tr("Drafts of each passage that the network writes, of which the best is taken; by default "
         "4"));
  verb.add_option("--model", flags.request.writer.model,
                  tr("Weights of the composer network (.safetensors); by default those that ship"))
      ->type_name("FILE");
}

void add_output(CLI::App& verb, ComposeFlags& flags) {
  ComposeRequest& request = flags.request;
  verb.add_option("-o,--output", request.outputs,
                  tr("Where to, as often as you like; the suffix is the format: .wav .flac .ogg "
                     ".mp3 .mid .svg; by default STYLE-SEED.wav"))
      ->allow_extra_args(false)
      ->type_name("FILE");
  verb.add_option("--stems", request.stems,
                  tr("A folder for one WAV (32-bit float) a part; together they are the mix"))
      ->type_name("FOLDER");
  verb.add_option("--seed", request.seed, tr("Repeats a piece; without it one is chosen and told"))
      ->check(whole_number())
      ->type_name("NUMBER");
  verb.add_option("--variants", request.variants,
                  tr("So many pieces, of one seed after another: bed-1.wav, bed-2.wav …"))
      ->type_name("NUMBER")
      ->capture_default_str();
  verb.add_flag("--no-certificate", flags.no_certificate,
                tr("Write no TRACK.certificate.json and .html"));
  verb.add_option("--candidates", request.gate.candidates,
                  tr("Draw at most so many until one is not too close to what models learned"))
      ->type_name("NUMBER")
      ->capture_default_str();
  verb.add_flag("--allow-copies", flags.allow_copies,
                tr("Write the first candidate, whatever it is close to"));
}

}  // namespace

void add_compose_verb(CLI::App& app) {
  const auto flags = std::make_shared<ComposeFlags>();
  CLI::App* verb = app.add_subcommand(
      "compose", tr("Make a finished piece of any style and exactly any length"));
  verb->add_option("--style", flags->request.composition.style,
                   tr("A name (`undersong styles` lists them), or a pack of your own (.toml)"))
      ->check(not_empty())
      ->type_name("STYLE");
  add_shape(*verb, *flags);
  add_plan(*verb, *flags);
  add_writer(*verb, *flags);
  add_output(*verb, *flags);
  flags->music.add_sound_to(*verb);
  flags->console.add_options(*verb);
  verb->footer(
      tr("Exit code: 3 when every candidate is too close to what models learned.\n"
         "Example: undersong compose --style lofi --length 1:03.5 -o bed.wav -o bed.mid\n"
         "Example: undersong compose --regenerate bars=9-16 --roles lead --from bed.mid "
         "-o other.wav -o other.mid\n"
         "Example: undersong compose --regenerate bars=9-16 --roles lead --writer neural --from "
         "bed.mid -o other.mid"));
  verb->callback([flags] { run(*flags); });
}

}  // namespace undersong
