// `undersong styles [NAME]`.

#include "pipeline/styles.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "common/messages.h"
#include "pipeline/style_example.h"
#include "undersong/console.h"
#include "undersong/verbs/music_flags.h"
#include "undersong/verbs/verbs.h"

namespace undersong {
namespace {

struct StylesFlags {
  Console console;
  StyleExampleRequest example;
  bool play = false;
  bool force = false;
};

void list(Console& console) {
  const StyleListing listing = list_styles();
  if (console.json()) console.print_json_text(to_json(listing));
  if (!listing.styles.empty()) console.show("{}", to_text(listing));
  // The others can be used; scripts find these in the JSON.
  std::fflush(stdout);
  for (const StyleListing::Problem& problem : listing.problems)
    fmt::print(stderr, "{}\n", problem.reason);
  if (listing.styles.empty())
    throw Error(ErrorKind::kNotFound, tr("there are no styles that can be used"));
}

void explain(Console& console, const std::string& name) {
  const FoundStyle found = find_style(name);
  if (console.json()) console.print_json_text(to_json(found));
  console.show("{}", to_text(found));
}

void report(Console& console, const MusicFileReport& file, const std::string& line) {
  if (console.json()) console.print_json(to_json(file));
  console.say("{}", line);
}

void run(StylesFlags& flags) {
  StyleExampleRequest& example = flags.example;
  example.overwrite = flags.force ? Overwrite::kAllow : Overwrite::kRefuse;
  const bool writes = !example.output.empty();
  if (example.style.empty()) {
    if (flags.play || writes)
      throw Error(ErrorKind::kUsage,
                  tr("an example is of one style: undersong styles NAME --play"));
    list(flags.console);
    return;
  }
  if (flags.play && writes)
    throw Error(ErrorKind::kUsage, tr("give either --play or -o, not both"));
  if (!flags.play && !writes) {
    explain(flags.console, example.style);
    return;
  }
  if (writes) {
    const MusicFileReport file = write_style_example(example, flags.console.progress());
    report(flags.console, file, describe(file));
    return;
  }
  const PlayedExample played = play_style_example(example, flags.console.progress());
  report(flags.console, played.file,
         fmt::format("{}, seed {}: {:.1f} s, {}", example.style, example.seed,
                     played.file.length_seconds, played.player));
}

}  // namespace

void add_styles_verb(CLI::App& app) {
  const auto flags = std::make_shared<StylesFlags>();
  CLI::App* verb = app.add_subcommand("styles", tr("List the styles, explain one, hear it"));
  verb->add_option("NAME", flags->example.style,
                   tr("A style, or the .toml file of a style pack, which is checked; without it, "
                      "all styles are listed"))
      ->type_name("");
  verb->add_flag("--play", flags->play, tr("Compose 15 seconds of it and play them"));
  verb->add_option("-o,--output", flags->example.output,
                   tr("Compose 15 seconds of it into a file: .wav .flac .ogg .mp3 .mid .svg"))
      ->type_name("FILE");
  verb->add_option("--seed", flags->example.seed, tr("Another example; by default 1"))
      ->type_name("N");
  verb->add_flag("--force", flags->force, tr("Overwrite the output"));
  flags->console.add_options(*verb);
  verb->footer(
      tr("Packs of your own go into the folder styles of the data folder, which `undersong doctor` "
         "names, or into the folders of UNDERSONG_STYLES.\n"
         "Example: undersong styles lofi --play"));
  verb->callback([flags] { run(*flags); });
}

}  // namespace undersong
