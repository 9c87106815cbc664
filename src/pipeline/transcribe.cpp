#include "pipeline/transcribe.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <system_error>
#include <utility>

#include "audio/mono_stream.h"
#include "base/error.h"
#include "nn/weight_file.h"
#include "pipeline/render.h"
#include "pipeline/transcribe_json.h"
#include "transcribe/basic_pitch_import.h"
#include "transcribe/onset_strength.h"
#include "transcribe/pitch_activations.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

bool is_notes_file(const fs::path& path) { return path.extension() == ".json"; }

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

void check_target(const fs::path& path, Overwrite overwrite) {
  if (!is_notes_file(path)) check_music_suffix(path);
  check_output(path, overwrite);
}

// Where each recording goes to; checked before hours of listening.
std::vector<std::vector<fs::path>> targets_of(const TranscribeRequest& request) {
  const bool is_single = request.recordings.size() == 1 &&
                         !(request.outputs.size() == 1 && is_folder(request.outputs.front()));
  if (!is_single && (request.outputs.size() != 1 || request.outputs.front().has_extension())) {
    throw Error(ErrorKind::kUsage,
                "several recordings go into one folder: give it as -o FOLDER, a name without a "
                "suffix");
  }
  std::vector<std::vector<fs::path>> targets;
  std::set<fs::path> taken;
  for (const fs::path& recording : request.recordings) {
    std::vector<fs::path> outputs = request.outputs;
    if (!is_single) {
      fs::path name = recording.stem();
      for (int n = 2; !taken.insert(name).second; ++n)
        name = recording.stem().string() + fmt::format("-{}", n);
      name += ".mid";
      outputs = {request.outputs.front() / name};
    }
    for (const fs::path& output : outputs) {
      check_target(output, request.overwrite);
      require_not_an_input(output, recording);
    }
    targets.push_back(std::move(outputs));
  }
  return targets;
}

void write_outputs(const Transcription& heard, const fs::path& recording,
                   const std::vector<fs::path>& outputs, Overwrite overwrite, Progress& progress) {
  MusicFileOptions options;
  options.overwrite = overwrite;
  options.origin.title = recording.stem().string();
  for (const fs::path& output : outputs) {
    if (is_notes_file(output)) {
      save_file(output, notes_json(heard), overwrite);
    } else {
      write_music(heard.score, output, options, progress);
    }
  }
}

TranscribedFile transcribe_one(const fs::path& recording, const std::vector<fs::path>& outputs,
                               const PitchNetwork& network, const TranscribeRequest& request,
                               Progress& progress) {
  const auto start = Clock::now();
  const Transcription heard = transcribe_file(recording, network, request.options, progress);
  write_outputs(heard, recording, outputs, request.overwrite, progress);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return {.recording = recording,
          .outputs = outputs,
          .failure = "",
          .notes = heard.notes.size(),
          .note_confidence = heard.note_confidence(),
          .has_beat = heard.beats.has_beat(),
          .bpm = heard.beats.bpm,
          .beat_confidence = heard.beats.confidence,
          .beats_per_bar = heard.beats.beats_per_bar,
          .length_seconds = heard.length_seconds,
          .times_real_time = heard.length_seconds / std::max(seconds, 1e-9),
          .ended_early = heard.ended_early};
}

std::string line_of(const TranscribedFile& file) {
  if (!file.failure.empty()) return fmt::format("{}: {}\n", display(file.recording), file.failure);
  std::string names;
  for (const fs::path& output : file.outputs)
    names += (names.empty() ? "" : ", ") + display(output);
  const std::string beat = file.has_beat
                               ? fmt::format("{:.1f} BPM ({:.0f} % sure), {} beats a bar", file.bpm,
                                             100.0 * file.beat_confidence, file.beats_per_bar)
                               : "no beat found";
  std::string line = fmt::format(
      "{}: {} notes ({:.0f} % sure) in {:.1f} s, {}; {:.0f} times real "
      "time\n",
      names, file.notes, 100.0 * file.note_confidence, file.length_seconds, beat,
      file.times_real_time);
  if (file.ended_early)
    line += fmt::format("{} is cut short: what could be read of it was heard\n",
                        display(file.recording));
  return line;
}

}  // namespace

double Transcription::note_confidence() const {
  double sum = 0.0;
  for (const DetectedNote& note : notes) sum += note.confidence;
  return notes.empty() ? 0.0 : sum / static_cast<double>(notes.size());
}

std::size_t TranscribeReport::failed() const {
  return static_cast<std::size_t>(
      std::count_if(files.begin(), files.end(),
                    [](const TranscribedFile& file) { return !file.failure.empty(); }));
}

PitchNetwork load_pitch_network(const fs::path& weights) {
  const fs::path path = weights.empty() ? find_pitch_network() : weights;
  return with_context("reading " + display(path), [&] { return PitchNetwork(load_weights(path)); });
}

Transcription transcribe_file(const fs::path& recording, const PitchNetwork& network,
                              const TranscriptionOptions& options, Progress& progress) {
  check_decisions(options.decisions);
  MonoStream stream(recording);
  OnsetStrength onsets;
  const SampleReader read = [&](std::span<float> to) {
    const std::size_t n = stream.read(to);
    onsets.hear(to.first(n));
    return n;
  };
  Transcription heard;
  {
    const PitchActivations activations =
        hear_pitches(network, read, {.length_seconds = stream.length_seconds()}, progress);
    heard.notes = decide_notes(activations, options.decisions);
    heard.length_seconds = activations.length_seconds;
  }
  heard.ended_early = stream.ended_early();
  if (heard.notes.empty()) {
    throw Error(ErrorKind::kUnsupported,
                fmt::format("no notes heard in {} ({:.1f} s): it is silent, or holds no pitches; "
                            "lower --onset and --frame hear more",
                            display(recording), heard.length_seconds));
  }
  const BandLevels levels = onsets.finish();
  heard.beats = find_beats(onset_curve(levels), heard.notes);
  TranscribedScore music = to_score(heard.notes, heard.hits, heard.beats,
                                    {.quantise = options.quantise,
                                     .program = options.program,
                                     .name = recording.stem().string()});
  heard.score = std::move(music.score);
  heard.lead_in_seconds = music.lead_in_seconds;
  return heard;
}

TranscribeReport transcribe(const TranscribeRequest& request, Progress& progress) {
  if (request.recordings.empty() || request.outputs.empty())
    throw Error(ErrorKind::kUsage, "name a recording, and with -o where its notes go");
  check_decisions(request.options.decisions);
  const auto targets = targets_of(request);
  const PitchNetwork network = load_pitch_network(request.network);
  TranscribeReport report;
  for (std::size_t i = 0; i < request.recordings.size(); ++i) {
    const fs::path& recording = request.recordings[i];
    try {
      report.files.push_back(transcribe_one(recording, targets[i], network, request, progress));
    } catch (const Error& error) {
      if (request.recordings.size() == 1 || error.kind() == ErrorKind::kCancelled) throw;
      report.files.emplace_back();
      report.files.back().recording = recording;
      report.files.back().failure = error.message();
    }
  }
  return report;
}

std::string to_text(const TranscribeReport& report) {
  std::string text;
  for (const TranscribedFile& file : report.files) text += line_of(file);
  if (!text.empty()) text.pop_back();
  return text;
}

}  // namespace undersong
