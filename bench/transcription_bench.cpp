// How well sound becomes notes, and how quickly; docs/benchmarks.md has the tables.
//
//   transcription_bench excerpts DATA OUT          rendered, labelled excerpts of the sets below
//   DATA transcription_bench score OUT PREDICTIONS…     folders with NAME.mid or NAME.json, side by
//   side transcription_bench decide OUT CACHE           the reference's note decisions and ours
//   transcription_bench hear FILE                  notes of one recording: time and memory
//   transcription_bench reference FILE.wav JSON    are they those that bench/reference wrote?

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "audio/mono_stream.h"
#include "base/error.h"
#include "base/file.h"
#include "bench_verbs.h"
#include "nn/weight_file.h"
#include "transcribe/basic_pitch_import.h"
#include "transcribe/note_decisions.h"
#include "transcription_decisions.h"
#include "transcription_excerpts.h"
#include "transcription_scores.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

void make(const Arguments& arguments) { make_excerpts(arguments.at(0), arguments.at(1)); }

void score(const Arguments& arguments) {
  const std::vector<LabelledExcerpt> excerpts = load_excerpts(arguments.at(0));
  std::vector<NamedScores> all;
  std::vector<Transcript> transcripts;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const fs::path folder = arguments[i];
    NamedScores& named = all.emplace_back();
    named.name = folder.filename().string();
    transcripts.clear();
    for (const LabelledExcerpt& excerpt : excerpts) {
      transcripts.push_back(load_transcript(folder, excerpt));
      named.scores.push_back(score_notes(excerpt.truth, transcripts.back().notes));
    }
  }
  print_note_tables(excerpts, all);
  print_rhythm_tables(excerpts, transcripts);  // of the last
}

void decide(const Arguments& arguments) {
  const std::vector<LabelledExcerpt> excerpts = load_excerpts(arguments.at(0));
  compare_decisions(excerpts, hear_excerpts(excerpts, arguments.at(0), arguments.at(1)));
}

PitchActivations heard_in(const fs::path& file) {
  const PitchNetwork network(load_weights(find_pitch_network()));
  MonoStream stream(file);
  return hear_pitches(network, stream.reader());
}

double cpu_seconds(const rusage& usage) {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void hear(const Arguments& arguments) {
  const auto begin = std::chrono::steady_clock::now();
  const PitchActivations heard = heard_in(arguments.at(0));
  const std::size_t notes = decide_notes(heard, {}).size();
  const double wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const double length = pitch_frame_seconds(heard.frames());
  fmt::print(
      "{:.1f} s of sound, {} notes: {:.2f} s ({:.1f} times real time), {:.2f} s of processors; "
      "peak memory {:.0f} MB\n",
      length, notes, wall, length / wall, cpu_seconds(usage),
      static_cast<double>(usage.ru_maxrss) / 1024.0);
}

// Notes as frames must be equal, so that their times differ by the clock alone.
void check_reference(const Arguments& arguments) {
  const PitchActivations heard = heard_in(arguments.at(0));
  std::vector<NoteFrames> ours = decide_note_frames(heard, reference_decisions());
  std::sort(ours.begin(), ours.end(), [](const NoteFrames& a, const NoteFrames& b) {
    return std::pair(a.first, a.pitch) < std::pair(b.first, b.pitch);
  });
  const json theirs = json::parse(read_text_file(arguments.at(1))).at("notes");
  // Their clock takes 0.010326 s back every 172 frames (src/toMidi.ts, modelFrameToTime).
  const auto their_time = [](std::size_t frame) {
    constexpr double kFrame = 256.0 / 22050.0;
    constexpr double kWindowOffset = kFrame * (172.0 - 43844.0 / 256.0) + 0.0018;
    return static_cast<double>(frame) * kFrame -
           kWindowOffset * std::floor(static_cast<double>(frame) / 172.0);
  };
  std::size_t equal = 0;
  double largest = 0.0;
  for (const json& row : theirs) {
    const auto same = std::find_if(ours.begin(), ours.end(), [&](const NoteFrames& note) {
      return note.pitch == row.at(2).get<int>() &&
             std::abs(their_time(note.first) - row.at(0).get<double>()) < 1e-6 &&
             std::abs(their_time(note.first + note.count) - row.at(1).get<double>()) < 2e-2;
    });
    if (same == ours.end()) continue;
    ++equal;
    largest = std::max(largest, std::abs(same->amplitude - row.at(3).get<double>()));
  }
  fmt::print("{} notes of theirs, {} of ours, {} equal; amplitudes differ by {:.1e} at most\n",
             theirs.size(), ours.size(), equal, largest);
}

}  // namespace
}  // namespace undersong

int main(int count, char** words) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  return undersong::run_verb("transcription_bench",
                             {{"excerpts", {undersong::make, 2}},
                              {"score", {undersong::score, 2}},
                              {"decide", {undersong::decide, 2}},
                              {"hear", {undersong::hear, 1}},
                              {"reference", {undersong::check_reference, 2}}},
                             count, words);
}
