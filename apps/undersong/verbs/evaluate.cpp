// `undersong evaluate MODEL|FOLDER|FILE|CORPUS… [--against …] [--report r.html]`.

#include "pipeline/evaluate.h"

#include <fmt/format.h>

#include <memory>

#include "base/error.h"
#include "base/file.h"
#include "common/messages.h"
#include "common/usage.h"
#include "undersong/console.h"
#include "undersong/verbs/verbs.h"

namespace undersong {
namespace {

struct EvaluateFlags {
  Console console;
  EvaluateRequest request;
  std::filesystem::path report;
  bool force = false;
};

void check_report(const EvaluateFlags& flags) {
  if (flags.report.empty()) return;
  const std::string suffix = flags.report.extension().string();
  if (suffix != ".html" && suffix != ".htm") {
    throw Error(ErrorKind::kUsage, fmt::format("{} is not named .html; the report is a web page",
                                               display(flags.report)));
  }
  check_output(flags.report, flags.force ? Overwrite::kAllow : Overwrite::kRefuse);
}

void run(EvaluateFlags& flags) {
  check_report(flags);
  const EvaluateReport report = evaluate(flags.request, flags.console.progress());
  if (!flags.report.empty()) {
    save_file(flags.report, to_html(report), flags.force ? Overwrite::kAllow : Overwrite::kRefuse);
  }
  if (flags.console.json()) flags.console.print_json_text(to_json(report));
  std::string text = to_text(report);
  text.pop_back();  // the line feed that show() adds
  flags.console.show("{}", text);
  if (!flags.report.empty()) flags.console.say("{}: {}", display(flags.report), tr("the report"));
}

void add_writing(CLI::App& verb, EvaluateRequest& request) {
  verb.add_option("--tracks", request.tracks, tr("How many tracks a model writes"))
      ->type_name("NUMBER")
      ->capture_default_str();
  verb.add_option("--notes", request.notes, tr("How many symbols or notes each of them has"))
      ->type_name("NUMBER")
      ->capture_default_str();
  verb.add_option("--temperature", request.temperature,
                  tr("Above 1 bolder, below 1 more careful; above 0, at most 10"))
      ->type_name("NUMBER")
      ->capture_default_str();
  verb.add_option("--seed", request.seed,
                  tr("Of the first track a model writes, and of what is drawn from a corpus"))
      ->check(whole_number())
      ->type_name("NUMBER")
      ->capture_default_str();
}

void add_choice(CLI::App& verb, EvaluateRequest& request) {
  verb.add_option("--pieces", request.pieces,
                  tr("At most so many pieces of a corpus, and of each split for a model's losses"))
      ->type_name("NUMBER")
      ->capture_default_str();
  verb.add_option("--group", request.group, tr("Only the pieces of this group"))
      ->type_name("GROUP");
  verb.add_option("--track-name", request.track_name, tr("Only tracks whose name holds this"))
      ->type_name("TEXT");
  verb.add_flag("--by-group", request.by_group,
                tr("Tell groups (sub-folders) apart by style, rather than what is named"));
}

}  // namespace

void add_evaluate_verb(CLI::App& app) {
  const auto flags = std::make_shared<EvaluateFlags>();
  CLI::App* verb =
      app.add_subcommand("evaluate", tr("Measure models and music, alone or against each other"));
  verb->add_option("WHAT", flags->request.subjects,
                   tr("Weight files, folders of MIDI files, MIDI files, names of corpora"))
      ->required()
      ->type_name("");
  verb->add_option(
          "--against", flags->request.against,
          tr("A corpus, folder or model to compare with: the yardstick; or fingerprints, for "
             "copying alone"))
      ->type_name("WHAT");
  verb->add_option("--report", flags->report, tr("A page with tables and pictures (.html)"))
      ->type_name("FILE");
  add_writing(*verb, flags->request);
  add_choice(*verb, flags->request);
  verb->add_flag("--force", flags->force, tr("Overwrite a report that exists"));
  flags->console.add_options(*verb);
  verb->footer(
      tr("Example: undersong evaluate models/lstm-embedding.safetensors --against piano "
         "--report report.html"));
  verb->callback([flags] { run(*flags); });
}

}  // namespace undersong
