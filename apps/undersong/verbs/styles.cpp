// `undersong styles [NAME]`.

#include "pipeline/styles.h"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

#include "base/error.h"
#include "common/messages.h"
#include "undersong/console.h"
#include "undersong/verbs/verbs.h"

namespace undersong {
namespace {

struct StylesFlags {
  Console console;
  std::string name;
};

void list(Console& console) {
  const StyleListing listing = list_styles();
  if (console.json()) console.print_json_text(to_json(listing));
  if (!listing.styles.empty()) console.show("{}", to_text(listing));
  // The others can be used; scripts find these in the JSON.
  for (const StyleListing::Problem& problem : listing.problems)
    fmt::print(stderr, "{}\n", problem.reason);
  if (listing.styles.empty())
    throw Error(ErrorKind::kNotFound, tr("there are no styles that can be used"));
}

void run(StylesFlags& flags) {
  if (flags.name.empty()) {
    list(flags.console);
    return;
  }
  const FoundStyle found = find_style(flags.name);
  if (flags.console.json()) flags.console.print_json_text(to_json(found));
  flags.console.show("{}", to_text(found));
}

}  // namespace

void add_styles_verb(CLI::App& app) {
  const auto flags = std::make_shared<StylesFlags>();
  CLI::App* verb = app.add_subcommand("styles", tr("List the styles, explain one, hear it"));
  verb->add_option("NAME", flags->name,
                   tr("A style, or the .toml file of a style pack; without it, all are listed"))
      ->type_name("");
  flags->console.add_options(*verb);
  verb->footer(
      tr("Packs of your own go into the folder styles of the data folder (undersong doctor names "
         "it), or into the folders of UNDERSONG_STYLES.\n"
         "Example: undersong styles lofi"));
  verb->callback([flags] { run(*flags); });
}

}  // namespace undersong
