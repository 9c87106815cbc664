// `undersong render IN.mid -o OUT.mp3`.

#include "pipeline/render.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "common/messages.h"
#include "undersong/console.h"
#include "undersong/verbs/music_flags.h"
#include "undersong/verbs/verbs.h"

namespace undersong {
namespace {

struct RenderFlags {
  Console console;
  MusicFlags music;
  RenderRequest request;
};

void run(RenderFlags& flags) {
  flags.request.bpm = flags.music.bpm;
  flags.request.program = flags.music.program_number();
  flags.request.options = flags.music.options();
  const RenderReport report = render_file(flags.request, flags.console.progress());
  if (flags.console.json()) {
    nlohmann::json value = to_json(report.file);
    value["repairs"] = report.repairs;
    flags.console.print_json(value);
  }
  for (const std::string& repair : report.repairs)
    flags.console.say("{}: {}", display(flags.request.input), repair);
  flags.console.say("{}", describe(report.file));
}

}  // namespace

void add_render_verb(CLI::App& app) {
  const auto flags = std::make_shared<RenderFlags>();
  CLI::App* verb = app.add_subcommand("render", tr("Turn a MIDI file into sound"));
  verb->add_option("IN", flags->request.input, tr("A MIDI file"))->required()->type_name("");
  verb->add_option("-o,--output", flags->request.output,
                   tr("Where to; the suffix is the format: .wav .flac .ogg .mp3 .mid .svg"))
      ->required()
      ->type_name("FILE");
  flags->music.add_to(*verb);
  flags->console.add_options(*verb);
  verb->footer(tr("Example: undersong render piece.mid -o piece.mp3 --program violin"));
  verb->callback([flags] { run(*flags); });
}

}  // namespace undersong
