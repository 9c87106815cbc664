// `undersong fetch URL… -o FOLDER`.

#include "pipeline/fetch.h"

#include <fmt/format.h>

#include <memory>

#include "base/error.h"
#include "common/messages.h"
#include "undersong/console.h"
#include "undersong/verbs/fetch_flags.h"
#include "undersong/verbs/verbs.h"

namespace undersong {
namespace {

struct FetchVerb {
  Console console;
  FetchRequest request;
  FetchFlags flags;
};

void run(FetchVerb& verb) {
  verb.request.options = verb.flags.options();
  const FetchReport report = fetch_to_folder(verb.request, verb.console.progress());
  if (verb.console.json()) verb.console.print_json_text(to_json(report));
  verb.console.say("{}", to_text(report));
  const auto failed = report.count(FetchedItem::Outcome::kFailed);
  if (failed == static_cast<std::int64_t>(report.items.size())) {
    throw Error(ErrorKind::kIo,
                fmt::format("nothing could be fetched: {}", report.items.front().reason));
  }
}

}  // namespace

void add_fetch_verb(CLI::App& app) {
  const auto flags = std::make_shared<FetchVerb>();
  CLI::App* verb = app.add_subcommand("fetch", tr("Fetch music from links, for learning from"));
  verb->add_option("URL", flags->request.links,
                   tr("Videos, playlists, pages and files, http:// or https://"))
      ->required()
      ->type_name("");
  verb->add_option("-o,--output", flags->request.folder, tr("The folder; it remembers what it has"))
      ->required()
      ->type_name("FOLDER");
  flags->flags.add_to(*verb);
  flags->console.add_options(*verb);
  verb->footer(
      tr("Example: undersong fetch https://example.org/playlist -o recordings --limit 10"));
  verb->callback([flags] { run(*flags); });
}

}  // namespace undersong
