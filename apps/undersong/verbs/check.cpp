// `undersong check TRACK.mid…`.

#include "pipeline/check.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "common/messages.h"
#include "pipeline/certificate.h"
#include "pipeline/render.h"
#include "undersong/console.h"
#include "undersong/verbs/verbs.h"

namespace undersong {
namespace {

struct CheckFlags {
  Console console;
  CheckRequest request;
  std::string page;
  std::string picture;
  bool force = false;
  bool certificate = false;
  std::filesystem::path soundfont;
  std::filesystem::path model;

  Overwrite overwrite() const { return force ? Overwrite::kAllow : Overwrite::kRefuse; }
};

void check_file(const std::string& path, const char* suffix, const char* complaint,
                const CheckFlags& flags) {
  if (path.empty()) return;
  for (const auto& track : flags.request.tracks) require_not_an_input(path, track);
  if (!path.ends_with(suffix)) throw Error(ErrorKind::kUsage, complaint);
  check_output(path, flags.overwrite());
}

void write_picture(CheckFlags& flags, const CheckReport& report) {
  if (flags.picture.empty()) return;
  const CheckedTrack* nearest = nearest_of(report);
  if (nearest == nullptr) {
    flags.console.show("{}", tr("no picture: there is nothing to compare"));
    return;
  }
  save_file(flags.picture, nearest->picture, flags.overwrite());
  flags.console.say("{}: {}", display(flags.picture), display(nearest->path));
}

// Of several tracks all are looked at before the program says that one failed.
void run_certificates(CheckFlags& flags) {
  const CheckRequest& request = flags.request;
  const bool compares = !request.against.empty() || request.limits.distinctive_notes ||
                        request.limits.overlap || !flags.page.empty() || !flags.picture.empty();
  if (compares) {
    throw Error(ErrorKind::kUsage,
                "--certificate verifies what a certificate says; leave --against, the limits, "
                "--report and -o away");
  }
  nlohmann::json values = nlohmann::json::array();
  bool all_hold = true;
  for (const auto& track : request.tracks) {
    const Verification verification =
        verify_certificate(track, flags.soundfont, flags.model, flags.console.progress());
    all_hold = all_hold && verification.holds();
    values.push_back(nlohmann::json(to_json(verification)));
    flags.console.show("{}", to_text(verification));
    flags.console.show("{}", conclusion(verification));
  }
  if (flags.console.json()) flags.console.print_json(values.size() == 1 ? values[0] : values);
  if (!all_hold)
    throw Error(ErrorKind::kMismatch, tr("the certificate does not hold; what differs is above"));
}

void run(CheckFlags& flags) {
  if (flags.certificate) return run_certificates(flags);
  if (!flags.soundfont.empty())
    throw Error(ErrorKind::kUsage, "--soundfont is for --certificate: nothing else is rendered");
  if (!flags.model.empty()) {
    throw Error(
        ErrorKind::kUsage,
        "--model is for --certificate; to compare with what a model learned, use --against");
  }
  check_file(flags.page, ".html", "the report is a page: name it something.html", flags);
  check_file(flags.picture, ".svg", "the picture is an SVG: name it something.svg", flags);
  if (!flags.page.empty() || !flags.picture.empty()) flags.request.pictures = Pictures::kDraw;
  const CheckReport report = check(flags.request, flags.console.progress());
  if (flags.console.json()) flags.console.print_json_text(to_json(report));
  flags.console.show("{}", to_text(report));
  if (!flags.page.empty()) {
    save_file(flags.page, to_html(report), flags.overwrite());
    flags.console.say("{}", display(flags.page));
  }
  write_picture(flags, report);
  // The report is out; scripts want to know too.
  if (report.too_close() > 0) throw Error(ErrorKind::kTooClose, complaint(report));
  if (report.unreadable() > 0) throw Error(ErrorKind::kFormat, complaint(report));
}

}  // namespace

void add_check_verb(CLI::App& app) {
  const auto flags = std::make_shared<CheckFlags>();
  CheckRequest& request = flags->request;
  CLI::App* verb =
      app.add_subcommand("check", tr("Tell how close tracks come to what was learned"));
  verb->add_option("TRACK", request.tracks, tr("MIDI files, and folders and archives of them"))
      ->required()
      ->type_name("");
  verb->add_option("--against", request.against,
                   tr("A corpus, a .fingerprints file or a model (.safetensors), as often as you "
                      "like; by default all corpora and every model that ships"))
      ->allow_extra_args(false)
      ->type_name("NAME|FILE");
  verb->add_option("--max-run", request.limits.distinctive_notes,
                   tr("Too close above a run of so many distinctive notes; by default what follows "
                      "from human pieces"))
      ->type_name("NOTES");
  verb->add_option(
          "--max-overlap", request.limits.overlap,
          tr("Too close above this share of four bars, 0 to 1; by default as above. Fingerprints "
             "know no windows"))
      ->type_name("SHARE");
  verb->add_option("--report", flags->page, tr("A page with tables and pictures (.html)"))
      ->type_name("FILE");
  verb->add_option("-o,--output", flags->picture,
                   tr("The closest track and the learned piece over each other (.svg)"))
      ->type_name("FILE");
  verb->add_flag("--certificate", flags->certificate,
                 tr("Verify TRACK.certificate.json instead: files, request, sound and originality; "
                    "TRACK may be audio, MIDI or the certificate"));
  verb->add_option("--soundfont", flags->soundfont,
                   tr("With --certificate: where the SoundFont that it names is"))
      ->type_name("FILE");
  verb->add_option("--model", flags->model,
                   tr("With --certificate: where the weights that it names are"))
      ->type_name("FILE");
  verb->add_flag("--force", flags->force, tr("Overwrite the page and the picture"));
  flags->console.add_options(*verb);
  verb->footer(
      tr("Exit code: 0 when no track is too close, 3 when one is, 1 when one cannot be read; with "
         "--certificate 1 when anything differs.\n"
         "Example: undersong check piece.mid --against piano --report piece.html\n"
         "Example: undersong check bed.wav --certificate"));
  verb->callback([flags] { run(*flags); });
}

}  // namespace undersong
