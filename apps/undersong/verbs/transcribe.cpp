// `undersong transcribe IN… -o OUT.mid`.

#include "pipeline/transcribe.h"

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/paths.h"
#include "common/messages.h"
#include "score/general_midi.h"
#include "transcribe/basic_pitch_import.h"
#include "undersong/console.h"
#include "undersong/verbs/verbs.h"

namespace undersong {
namespace {

struct TranscribeFlags {
  Console console;
  TranscribeRequest request;
  std::filesystem::path package;  // to import the network from
  std::string program;
  std::optional<double> shortest_milliseconds;
  bool force = false;
};

std::size_t frames_of(double milliseconds) {
  if (!(milliseconds >= 0.0 && milliseconds <= 10'000.0))
    throw Error(ErrorKind::kUsage, "--min-note is a time in milliseconds, from 0 to 10000");
  constexpr double kFramesPerMillisecond = 22.050 / static_cast<double>(kPitchFrameSamples);
  return static_cast<std::size_t>(std::floor(milliseconds * kFramesPerMillisecond));
}

void import_network(const TranscribeFlags& flags, Console& console) {
  const auto path = install_basic_pitch(flags.package, user_data_folder() / "models");
  console.say("{}: the network of transcribe, its licence beside it", display(path));
}

void run(TranscribeFlags& flags) {
  if (!flags.package.empty()) return import_network(flags, flags.console);
  TranscribeRequest& request = flags.request;
  request.overwrite = flags.force ? Overwrite::kAllow : Overwrite::kRefuse;
  if (!flags.program.empty()) request.options.program = parse_program(flags.program);
  if (flags.shortest_milliseconds)
    request.options.decisions.shortest_frames = frames_of(*flags.shortest_milliseconds);
  const TranscribeReport report = transcribe(request, flags.console.progress());
  if (flags.console.json()) flags.console.print_json_text(to_json(report));
  flags.console.say("{}", to_text(report));
  if (report.failed() > 0) {
    throw Error(ErrorKind::kIo, fmt::format("{} of {} recordings could not be transcribed",
                                            report.failed(), report.files.size()));
  }
}

void add_thresholds(CLI::App& verb, TranscribeFlags& flags) {
  NoteDecisions& decisions = flags.request.options.decisions;
  verb.add_option("--onset", decisions.onset_threshold,
                  tr("How sure that a note begins, 0 to 1; less hears more notes"))
      ->capture_default_str();
  verb.add_option("--frame", decisions.frame_threshold,
                  tr("How sure that it goes on, 0 to 1; less makes notes longer"))
      ->capture_default_str();
  verb.add_option("--min-note", flags.shortest_milliseconds,
                  tr("What lasts no longer is no note, in milliseconds (58)"));
  verb.add_option("--quietest", decisions.quietest_decibels,
                  tr("What is softer than the loud notes by more decibels is noise"));
}

}  // namespace

void add_transcribe_verb(CLI::App& app) {
  const auto flags = std::make_shared<TranscribeFlags>();
  CLI::App* verb = app.add_subcommand("transcribe", tr("Turn recordings into MIDI files"));
  verb->add_option("IN", flags->request.recordings, tr("Recordings: sound or video"))
      ->type_name("");
  verb->add_option("-o,--output", flags->request.outputs,
                   tr("Where to: .mid, .svg, .json (notes in seconds) or sound; of several "
                      "recordings a folder"))
      ->type_name("FILE")
      ->allow_extra_args(false);
  add_thresholds(*verb, *flags);
  verb->add_flag("--quantise", flags->request.options.quantise,
                 tr("Put notes on the grid of the beat"));
  verb->add_option("--program", flags->program, tr("The instrument, a name or 0 to 127 (piano)"));
  verb->add_option("--network", flags->request.network, tr("Weights other than the installed ones"))
      ->type_name("FILE");
  verb->add_option("--import-network", flags->package,
                   tr("Install the network from an unpacked @spotify/basic-pitch, and end"))
      ->type_name("FOLDER");
  verb->add_flag("--force", flags->force, tr("Write over files that exist"));
  flags->console.add_options(*verb);
  verb->footer(tr("Example: undersong transcribe take.mp3 -o take.mid --quantise"));
  verb->callback([flags] { run(*flags); });
}

}  // namespace undersong
