#include "pipeline/composition_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "audio/audio_writer.h"
#include "base/cancel.h"
#include "base/check.h"
#include "base/error.h"
#include "compose/compose.h"
#include "corpus/candidates.h"
#include "midi/midi_file.h"
#include "pipeline/picture.h"
#include "render/instrument_level.h"
#include "render/soundfont.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kChannels = 2;
constexpr std::int64_t kBlockFrames = 1 << 16;

Finish finish_of(Ending ending) {
  switch (ending) {
    case Ending::kRing: return Finish::kRing;
    case Ending::kFade: return Finish::kFade;
    case Ending::kCut: return Finish::kCut;
    case Ending::kLoop: return Finish::kLoop;
  }
  return Finish::kRing;
}

// What the track begins with, as its MIDI file says: an edited one may have another than the plan.
int program_of(const Track& track) {
  const auto is_program = [](const ControlEvent& event) {
    return event.kind == ControlEvent::Kind::kProgram;
  };
  const auto found = std::find_if(track.controls.begin(), track.controls.end(), is_program);
  return found == track.controls.end() ? 0 : found->value;
}

// A style's level holds whichever of its instruments plays.
constexpr double kLeastLevelDb = -40.0;
constexpr double kMostLevelDb = 12.0;
RoleSound evened(RoleSound sound, Role role, const Track& track) {
  const double level_db = sound.level_db + evening_gain_db(role, program_of(track));
  sound.level_db = std::clamp(level_db, kLeastLevelDb, kMostLevelDb);
  return sound;
}

bool is_audio(const fs::path& path) { return audio_format_of(path).has_value(); }

// An encoder's delay and padding make a gap where the end meets the beginning.
void check_loop(const fs::path& path) {
  if (audio_format_of(path) != AudioFormat::kMp3) return;
  throw Error(ErrorKind::kUsage,
              fmt::format("{}: an MP3 cannot loop without a gap; write .wav, which holds loop "
                          "marks for editors too, or .flac",
                          display(path)));
}

void check_stems_folder(const fs::path& folder, Overwrite overwrite) {
  std::error_code failure;
  if (fs::exists(folder, failure) && !fs::is_directory(folder, failure))
    throw Error(ErrorKind::kUsage, display(folder) + " is a file; --stems wants a folder");
  if (overwrite == Overwrite::kAllow) return;
  fs::directory_iterator entries(folder, failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    if (!is_audio(entries->path())) continue;
    throw Error(ErrorKind::kUsage,
                fmt::format("{} holds {} already; name another folder, or overwrite with --force",
                            display(folder), display(entries->path().filename())));
  }
}

LoopMark loop_mark(const Plan& plan) {
  LoopMark mark;
  double quarters = 0.0;
  for (const PlannedBar& bar : plan.bars) quarters += bar.beats * 4.0 / plan.beat_unit;
  mark.beats = static_cast<std::int32_t>(std::lround(quarters));
  mark.bpm = quarters * 60.0 / plan.request.length_seconds;
  mark.root_note = 60 + plan.key.tonic;
  mark.meter_numerator = plan.bars.front().beats;
  mark.meter_denominator = plan.beat_unit;
  return mark;
}

// Files that stand beside their names until all of them are whole.
class Stage {
 public:
  explicit Stage(Overwrite overwrite) : overwrite_(overwrite) {}

  void add(const fs::path& path, std::span<const std::uint8_t> bytes) {
    plain_.push_back(std::make_unique<AtomicFile>(path, overwrite_));
    plain_.back()->write(bytes);
  }
  void add(const fs::path& path, std::string_view text) {
    plain_.push_back(std::make_unique<AtomicFile>(path, overwrite_));
    plain_.back()->write(text);
  }
  AudioWriter& add_audio(const fs::path& path, const AudioTags& tags,
                         SampleFormat samples = SampleFormat::k24Bit) {
    const AudioWriter::Format format{kCompositionSampleRate, kChannels, samples};
    audio_.push_back(std::make_unique<AudioWriter>(path, format, tags, overwrite_));
    return *audio_.back();
  }
  void commit() {
    for (auto& file : plain_) file->commit();
    for (auto& file : audio_) file->commit();
  }

 private:
  Overwrite overwrite_;
  std::vector<std::unique_ptr<AtomicFile>> plain_;
  std::vector<std::unique_ptr<AudioWriter>> audio_;
};

template <typename Read>
void copy_frames(std::int64_t frames, Read read, std::span<AudioWriter* const> writers) {
  std::vector<float> block(static_cast<std::size_t>(kBlockFrames * kChannels));
  for (std::int64_t first = 0; first < frames; first += kBlockFrames) {
    throw_if_cancelled();
    const auto count = static_cast<std::size_t>(std::min(kBlockFrames, frames - first));
    const std::span<float> samples = std::span(block).first(count * kChannels);
    read(first, samples);
    for (AudioWriter* writer : writers) writer->write(samples);
  }
}

// "01-Drums.wav": sorted as the score is, and of letters that every file system takes.
fs::path stem_path(const fs::path& folder, std::size_t number, std::string name) {
  std::replace(name.begin(), name.end(), '/', '-');
  return folder / fmt::format("{:02}-{}.wav", number + 1, name);
}

// Whether a file has a name of ours for a stem: two digits, a dash, a role or the crackle.
bool is_stem_name(const std::string& name) {
  if (name.size() < 4 || name[2] != '-' || !name.ends_with(".wav")) return false;
  if (name.find_first_not_of("0123456789") != 2) return false;
  const std::string_view part = std::string_view(name).substr(3, name.size() - 7);
  return part == kVinylStem || std::any_of(kRoles.begin(), kRoles.end(),
                                           [&](Role role) { return title_of(role) == part; });
}

// An overwritten folder holds the stems of one piece: those of the one before that the new ones do
// not replace would not add up with them.
void remove_other_stems(const fs::path& folder, const std::vector<MusicFileReport>& written) {
  std::error_code failure;
  std::vector<fs::path> others;
  fs::directory_iterator entries(folder, failure);
  for (; !failure && entries != fs::directory_iterator(); entries.increment(failure)) {
    const fs::path name = entries->path().filename();
    const bool ours = std::any_of(written.begin(), written.end(), [&](const auto& report) {
      return report.path.filename() == name;
    });
    if (!ours && is_stem_name(name.string())) others.push_back(entries->path());
  }
  for (const fs::path& other : others) fs::remove(other, failure);
}

struct Sounding {
  const Production& production;
  const Composition& composition;
  const MusicFileOptions& options;
};

MusicFileReport report_of(const fs::path& path, const Sounding& sounding) {
  MusicFileReport report;
  report.path = path;
  report.is_audio = true;
  report.length_seconds =
      static_cast<double>(sounding.production.frames()) / kCompositionSampleRate;
  report.soundfont = sounding.options.render.soundfont;
  report.mastering = sounding.production.mastering();
  return report;
}

void write_mixes(const Sounding& sounding, const std::vector<fs::path>& paths, Stage& stage,
                 std::vector<MusicFileReport>& reports) {
  std::vector<AudioWriter*> writers;
  const Plan& plan = sounding.composition.plan;
  for (const fs::path& path : paths) {
    writers.push_back(&stage.add_audio(path, tags_for(path, sounding.options.origin)));
    if (plan.request.ending == Ending::kLoop && audio_format_of(path) == AudioFormat::kWav)
      writers.back()->mark_loop(loop_mark(plan));
    reports.push_back(report_of(path, sounding));
  }
  if (writers.empty()) return;
  const Production& production = sounding.production;
  copy_frames(
      production.frames(),
      [&](std::int64_t first, std::span<float> samples) { production.read_mix(first, samples); },
      writers);
}

void write_stems(const Sounding& sounding, const CompositionFiles& files, Stage& stage,
                 std::vector<MusicFileReport>& reports) {
  if (!files.stems) return;
  const Production& production = sounding.production;
  const auto& names = production.stems();
  const Plan& plan = sounding.composition.plan;
  const fs::path whole = *main_file(files);
  for (std::size_t stem = 0; stem < names.size(); ++stem) {
    const fs::path path = stem_path(*files.stems, stem, names[stem]);
    MusicOrigin origin = sounding.options.origin;
    origin.title = title_of(whole, origin) + " - " + names[stem];
    // One instrument alone may pass full scale where the mix does not.
    AudioWriter* const writer =
        &stage.add_audio(path, tags_for(path, origin), SampleFormat::kFloat);
    if (plan.request.ending == Ending::kLoop) writer->mark_loop(loop_mark(plan));
    copy_frames(
        production.frames(),
        [&](std::int64_t first, std::span<float> samples) {
          production.read_stem(stem, first, samples);
        },
        std::span(&writer, 1));
    reports.push_back(report_of(path, sounding));
  }
}

MusicFileReport write_notes(const Score& score, const fs::path& path,
                            const MusicFileOptions& options, Stage& stage) {
  if (is_midi_name(path.string())) {
    stage.add(path, write_midi(score));
  } else {
    stage.add(path, piano_roll_svg(score, title_of(path, options.origin)));
  }
  MusicFileReport report;
  report.path = path;
  report.length_seconds = length_seconds(score);
  return report;
}

// In the order in which they were asked for.
std::vector<MusicFileReport> in_order(std::vector<MusicFileReport> reports,
                                      const std::vector<fs::path>& paths) {
  std::vector<MusicFileReport> sorted;
  for (const fs::path& path : paths) {
    const auto found =
        std::find_if(reports.begin(), reports.end(),
                     [&](const MusicFileReport& report) { return report.path == path; });
    UNDERSONG_CHECK(found != reports.end());
    sorted.push_back(std::move(*found));
    reports.erase(found);
  }
  return sorted;
}

void set_time(std::vector<MusicFileReport>& reports, Clock::time_point start) {
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  for (MusicFileReport& report : reports) {
    if (!report.is_audio) continue;
    report.seconds_taken = seconds;
    report.times_real_time = report.length_seconds / std::max(seconds, 1e-9);
  }
}

}  // namespace

bool has_sound(const CompositionFiles& files) {
  return files.stems || std::any_of(files.outputs.begin(), files.outputs.end(), is_audio);
}

std::optional<fs::path> main_file(const CompositionFiles& files) {
  const auto is_midi = [](const fs::path& path) { return is_midi_name(path.string()); };
  for (const auto& is_kind : {std::function<bool(const fs::path&)>(is_audio), {is_midi}}) {
    const auto found = std::find_if(files.outputs.begin(), files.outputs.end(), is_kind);
    if (found != files.outputs.end()) return *found;
  }
  if (!files.stems) return std::nullopt;
  return files.stems->has_filename() ? *files.stems : files.stems->parent_path();
}

void check_files(const CompositionFiles& files, Ending ending, const MusicFileOptions& options) {
  check_options(options.mastering);
  std::vector<fs::path> seen;
  for (const fs::path& path : files.outputs) {
    check_music_suffix(path);
    check_output(path, options.overwrite);
    // In other folders too: a certificate tells files by their names.
    if (std::find(seen.begin(), seen.end(), path.filename()) != seen.end()) {
      throw Error(ErrorKind::kUsage, display(path.filename()) +
                                         " is named twice; each output needs a name of its own");
    }
    seen.push_back(path.filename());
    if (ending == Ending::kLoop) check_loop(path);
  }
  if (files.stems) check_stems_folder(*files.stems, options.overwrite);
}

ProductionSettings production_settings(const Composition& composition, const Score& score,
                                       const MusicFileOptions& options) {
  const Plan& plan = composition.plan;
  const Style& style = composition.style.style;
  ProductionSettings settings;
  for (std::size_t i = 0; i < score.tracks.size(); ++i) {
    const Track& track = score.tracks[i];
    if (track.notes.empty()) continue;
    const auto role = role_of(track);
    ProducedStem stem;
    stem.track = i;
    stem.name = track.name;
    if (role) {
      stem.role = *role;
      stem.name = std::string(title_of(*role));
      if (const RolePack* pack = style.role(*role)) stem.sound = evened(pack->sound, *role, track);
    }
    settings.stems.push_back(std::move(stem));
  }
  settings.mix = style.mix;
  settings.sample_rate = kCompositionSampleRate;
  settings.frames = std::llround(plan.request.length_seconds * kCompositionSampleRate);
  settings.finish = finish_of(plan.request.ending);
  if (plan.request.ending == Ending::kFade) settings.fade_seconds = plan.tail_seconds;
  settings.seed = plan.request.seed;
  settings.soundfont = options.render.soundfont;
  settings.mastering = options.mastering;
  return settings;
}

WrittenFiles write_files(const Composition& composition, const Score& score,
                         const CompositionFiles& files, const MusicFileOptions& asked,
                         Progress& progress) {
  const auto start = Clock::now();
  MusicFileOptions options = asked;
  options.origin.seed = composition.plan.request.seed;
  options.origin.style = composition.style.style.name;
  options.origin.genre = composition.style.style.title;
  Stage stage(options.overwrite);
  WrittenFiles written;
  std::vector<fs::path> mixes;
  for (const fs::path& path : files.outputs) {
    if (is_audio(path)) {
      mixes.push_back(path);
    } else {
      written.outputs.push_back(write_notes(score, path, options, stage));
    }
  }
  if (has_sound(files)) {
    // The folders take files: told before the work.
    for (const fs::path& path : mixes) const AtomicFile probe(path, options.overwrite);
    options.render.soundfont = find_soundfont(options.render.soundfont);
    check_soundfont(options.render.soundfont);
    const Production production = produce(score, production_settings(composition, score, options),
                                          files.stems ? Stems::kKeep : Stems::kNone, progress);
    const Sounding sounding{production, composition, options};
    write_mixes(sounding, mixes, stage, written.outputs);
    write_stems(sounding, files, stage, written.stems);
  }
  stage.commit();
  if (files.stems) remove_other_stems(*files.stems, written.stems);
  set_time(written.outputs, start);
  set_time(written.stems, start);
  written.outputs = in_order(std::move(written.outputs), files.outputs);
  return written;
}

}  // namespace undersong
