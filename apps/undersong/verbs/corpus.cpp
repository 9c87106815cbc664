// `undersong corpus add | list | stats | show | fingerprint | prepare | remove`.

#include "pipeline/corpus.h"

#include <fmt/format.h>

#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "common/messages.h"
#include "pipeline/fingerprint.h"
#include "undersong/console.h"
#include "undersong/verbs/fetch_flags.h"
#include "undersong/verbs/verbs.h"

namespace undersong {
namespace {

// Every result of pipeline/corpus.h can be printed both ways. A listing is what was asked for; what
// a change did is a remark, which --quiet leaves out.
template <typename Result>
void print_listing(Console& console, const Result& result) {
  if (console.json()) console.print_json_text(to_json(result));
  console.show("{}", to_text(result));
}

template <typename Result>
void print_remark(Console& console, const Result& result) {
  if (console.json()) console.print_json_text(to_json(result));
  console.say("{}", to_text(result));
}

struct CorpusFlags {
  Console console;
  CorpusAddRequest add;
  FetchFlags fetch;
  bool only_midi = false;
  FingerprintRequest fingerprint;
  CorpusPrepareRequest prepare;
  std::string name;
  std::string group;
  std::int64_t rare_below = 10;
  std::string picture;
  bool force = false;
};

using Flags = std::shared_ptr<CorpusFlags>;

CLI::App* add_inner(CLI::App& corpus, const Flags& flags, const char* name, const char* summary,
                    const char* example) {
  CLI::App* verb = corpus.add_subcommand(name, summary);
  flags->console.add_options(*verb);
  verb->footer(fmt::format("{}: undersong corpus {}", tr("Example"), example));
  return verb;
}

void add_name(CLI::App& verb, const Flags& flags) {
  verb.add_option("NAME", flags->name, tr("The corpus"))->required()->type_name("");
}

void add_group(CLI::App& verb, const Flags& flags) {
  verb.add_option("--group", flags->group, tr("Only the pieces of this group"))->type_name("GROUP");
}

void describe_add(CLI::App& corpus, const Flags& flags) {
  CLI::App* verb = add_inner(
      corpus, flags, "add", tr("Take in MIDI files, recordings, folders, archives and links"),
      "add piano ~/midi/piano --licence CC-BY-4.0 --source https://example.org");
  CorpusAddRequest& request = flags->add;
  verb->add_option("NAME", request.name, tr("The corpus; made when there is none of that name"))
      ->required()
      ->type_name("");
  verb->add_option("PATH", request.paths,
                   tr("Folders, MIDI files, zip and tar archives, recordings, links"))
      ->required()
      ->type_name("");
  verb->add_option("--group", request.group, tr("One group for all, instead of their folders"))
      ->type_name("GROUP");
  verb->add_option("--licence", request.licence, tr("Terms of the music, such as CC-BY-4.0"))
      ->type_name("SPDX");
  verb->add_option("--source", request.source, tr("Where the music comes from"))->type_name("TEXT");
  verb->add_flag("--only-midi", flags->only_midi, tr("Leave the recordings in folders out"));
  flags->fetch.add_to(*verb);
  verb->callback([flags] {
    flags->add.fetch = flags->fetch.options();
    if (flags->only_midi) flags->add.recordings = Recordings::kLeave;
    const CorpusAddReport report = corpus_add(flags->add, flags->console.progress());
    print_remark(flags->console, report);
    if (report.accepted == 0 && report.already_there == 0)
      throw Error(ErrorKind::kFormat, tr("no piece could be read; the reasons are above"));
  });
}

void describe_listings(CLI::App& corpus, const Flags& flags) {
  add_inner(corpus, flags, "list", tr("List the corpora"), "list")->callback([flags] {
    print_listing(flags->console, corpus_list());
  });
  CLI::App* show = add_inner(corpus, flags, "show",
                             tr("List the pieces, and what was rejected and why"), "show piano");
  add_name(*show, flags);
  add_group(*show, flags);
  show->callback(
      [flags] { print_listing(flags->console, corpus_show(flags->name, flags->group)); });
}

void describe_stats(CLI::App& corpus, const Flags& flags) {
  CLI::App* verb = add_inner(corpus, flags, "stats", tr("Count pieces, notes, symbols and terms"),
                             "stats piano --group Chopin -o piano.svg");
  add_name(*verb, flags);
  add_group(*verb, flags);
  verb->add_option("--rare-below", flags->rare_below, tr("Symbols seen fewer times are rare"))
      ->capture_default_str();
  verb->add_option("-o,--output", flags->picture, tr("Draw the counts too (.svg)"))
      ->type_name("FILE");
  verb->add_flag("--force", flags->force, tr("Overwrite the picture"));
  verb->callback([flags] {
    if (!flags->picture.empty() && !flags->picture.ends_with(".svg"))
      throw Error(ErrorKind::kUsage, "the picture is an SVG: name it something.svg");
    const CorpusStatistics statistics =
        corpus_stats(flags->name, flags->group, flags->rare_below, flags->console.progress());
    if (!flags->picture.empty())
      save_file(flags->picture, to_svg(statistics),
                flags->force ? Overwrite::kAllow : Overwrite::kRefuse);
    print_listing(flags->console, statistics);
  });
}

void describe_fingerprint(CLI::App& corpus, const Flags& flags) {
  CLI::App* verb = add_inner(corpus, flags, "fingerprint",
                             tr("Make what ships beside weights in place of their music"),
                             "fingerprint piano --group Chopin -o chopin.fingerprints");
  FingerprintRequest& request = flags->fingerprint;
  verb->add_option("NAME", request.corpus, tr("The corpus"))->required()->type_name("");
  verb->add_option("--group", request.groups,
                   tr("Only the pieces of this group, as in training; may be repeated"))
      ->allow_extra_args(false)
      ->type_name("GROUP");
  verb->add_option("--track-name", request.track_name,
                   tr("Only tracks whose name holds this, as in training"))
      ->type_name("TEXT");
  verb->add_option("-o,--output", request.output, tr("MODEL.fingerprints beside MODEL.safetensors"))
      ->required()
      ->type_name("FILE");
  verb->add_flag("--force", flags->force, tr("Overwrite the output"));
  verb->callback([flags] {
    flags->fingerprint.overwrite = flags->force ? Overwrite::kAllow : Overwrite::kRefuse;
    print_remark(flags->console, fingerprint_corpus(flags->fingerprint, flags->console.progress()));
  });
}

void describe_prepare(CLI::App& corpus, const Flags& flags) {
  CLI::App* verb = add_inner(corpus, flags, "prepare",
                             tr("Write a folder that the composer network learns from"),
                             "prepare mine -o mine.training");
  CorpusPrepareRequest& request = flags->prepare;
  verb->add_option("NAME", request.name, tr("The corpus"))->required()->type_name("");
  verb->add_option("-o,--output", request.output, tr("The folder"))
      ->required()
      ->type_name("FOLDER");
  verb->add_option("--styles", request.styles,
                   tr("Rules that give pieces a style; without them all is your own"))
      ->type_name("RULES");
  verb->add_option("--fewest-notes", request.fewest_notes, tr("Pieces of fewer notes are left out"))
      ->capture_default_str();
  verb->add_flag("--force", flags->force, tr("Overwrite an earlier training file"));
  verb->callback([flags] {
    flags->prepare.overwrite = flags->force ? Overwrite::kAllow : Overwrite::kRefuse;
    print_remark(flags->console, corpus_prepare(flags->prepare, flags->console.progress()));
  });
}

void describe_remove(CLI::App& corpus, const Flags& flags) {
  CLI::App* verb = add_inner(corpus, flags, "remove",
                             tr("Remove a corpus or a group of it; the files that were added stay"),
                             "remove piano");
  add_name(*verb, flags);
  add_group(*verb, flags);
  verb->callback(
      [flags] { print_remark(flags->console, corpus_remove(flags->name, flags->group)); });
}

}  // namespace

void add_corpus_verb(CLI::App& app) {
  const auto flags = std::make_shared<CorpusFlags>();
  CLI::App* corpus = app.add_subcommand("corpus", tr("Collect music to learn from"));
  corpus->require_subcommand(1);
  corpus->footer(tr("Example: undersong corpus add piano ~/midi/piano"));
  describe_add(*corpus, flags);
  describe_listings(*corpus, flags);
  describe_stats(*corpus, flags);
  describe_fingerprint(*corpus, flags);
  describe_prepare(*corpus, flags);
  describe_remove(*corpus, flags);
}

}  // namespace undersong
