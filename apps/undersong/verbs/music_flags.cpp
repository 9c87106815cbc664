#include "undersong/verbs/music_flags.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "common/messages.h"
#include "pipeline/delivery.h"
#include "score/general_midi.h"

namespace undersong {

void MusicFlags::add_to(CLI::App& verb) {
  add_sound_to(verb);
  verb.add_option("--bpm", bpm, tr("Tempo in quarter notes a minute, 10 to 1000"))
      ->type_name("NUMBER");
  verb.add_option("--program", program,
                  tr("Instrument: a General MIDI number, 0 to 127, or a part of its name"))
      ->type_name("PROGRAM");
}

void MusicFlags::add_sound_to(CLI::App& verb) {
  verb.add_option("--title", title, tr("Title in the tags; by default the file's name"))
      ->type_name("TEXT");
  verb.add_option("--soundfont", soundfont, tr("The instruments (.sf2, .sf3)"))->type_name("FILE");
  CLI::Option* place =
      verb.add_option("--loudness", loudness,
                      tr("youtube (-14 LUFS), bed (under speech: -17 LUFS), broadcast (-23 LUFS), "
                         "or a number of LUFS; by default youtube"))
          ->type_name("PLACE");
  verb.add_option("--lufs", lufs, tr("The loudness as a number alone"))
      ->type_name("NUMBER")
      ->excludes(place);
  verb.add_option("--ceiling", ceiling,
                  tr("Highest true peak, in dBTP; by default that of the place"))
      ->type_name("NUMBER");
  verb.add_flag("--force", force, tr("Overwrite an output that exists"));
}

std::optional<int> MusicFlags::program_number() const {
  if (program.empty()) return std::nullopt;
  return parse_program(program);
}

MusicFileOptions MusicFlags::options() const {
  MusicFileOptions options;
  options.origin.title = title;
  options.render.soundfont = soundfont;
  if (!loudness.empty()) options.mastering = parse_loudness(loudness);
  if (lufs) options.mastering.target_lufs = *lufs;
  if (ceiling) options.mastering.ceiling_dbtp = *ceiling;
  options.overwrite = force ? Overwrite::kAllow : Overwrite::kRefuse;
  return options;
}

namespace {

// What a person would otherwise find out in the editor.
std::string missed_loudness(const MasteringReport& mastering) {
  constexpr double kHeardLu = 0.3;
  const double missing = mastering.target_lufs - mastering.loudness_lufs;
  if (!(missing > kHeardLu) || !std::isfinite(missing)) return "";
  return fmt::format(
      "; {:.1f} LU quieter than asked: its few loud strokes would have to be crushed to reach it",
      missing);
}

}  // namespace

std::string describe(const MusicFileReport& report) {
  std::string text = fmt::format("{}: {:.1f} s", display(report.path), report.length_seconds);
  if (report.is_audio) {
    text += fmt::format(", {:.1f} LUFS, {:.1f} dBTP, {:.0f} times real time",
                        report.mastering.loudness_lufs, report.mastering.true_peak_dbtp,
                        report.times_real_time) +
            missed_loudness(report.mastering);
  }
  return text;
}

nlohmann::json to_json(const MusicFileReport& report) {
  nlohmann::json value = {{"path", report.path.string()},
                          {"length_seconds", report.length_seconds},
                          {"seconds_taken", report.seconds_taken}};
  if (report.is_audio) {
    const MasteringReport& mastering = report.mastering;
    value["soundfont"] = report.soundfont.string();
    // JSON has no infinity: silence has no loudness.
    value["loudness_lufs"] = std::isfinite(mastering.loudness_lufs)
                                 ? nlohmann::json(mastering.loudness_lufs)
                                 : nlohmann::json();
    value["target_lufs"] = mastering.target_lufs;
    value["true_peak_dbtp"] = std::isfinite(mastering.true_peak_dbtp)
                                  ? nlohmann::json(mastering.true_peak_dbtp)
                                  : nlohmann::json();
    value["gain_db"] = mastering.gain_db;
    value["reduction_db"] = mastering.reduction_db;
    value["times_real_time"] = report.times_real_time;
  }
  return value;
}

}  // namespace undersong
