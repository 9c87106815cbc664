#include "transcription_decisions.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <functional>
#include <string>
#include <utility>

#include "audio/mono_stream.h"
#include "base/error.h"
#include "base/file.h"
#include "base/parallel.h"
#include "nn/weight_file.h"
#include "transcribe/basic_pitch_import.h"
#include "transcribe/note_decisions.h"
#include "transcription_scores.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

// A row of the cache: notes, onsets, levels.
constexpr std::size_t kRowBytes = kPitchKeys * (2 * sizeof(float) + 1);

std::vector<std::uint8_t> bytes_of(const PitchActivations& heard) {
  std::vector<std::uint8_t> bytes;
  const auto append = [&](auto values) {
    const auto raw = std::as_bytes(values);
    const std::size_t at = bytes.size();
    bytes.resize(at + raw.size());
    std::memcpy(bytes.data() + at, raw.data(), raw.size());
  };
  for (std::size_t i = 0; i < heard.frames(); ++i) {
    append(heard.notes.row(i));
    append(heard.onsets.row(i));
    append(heard.levels.row(i));
  }
  return bytes;
}

PitchActivations activations_of(const fs::path& path) {
  const std::vector<std::uint8_t> bytes = read_file(path);
  if (bytes.size() % kRowBytes != 0) {
    throw Error(ErrorKind::kFormat, display(path) + " is no cache of this build; remove it.");
  }
  PitchActivations heard;
  std::array<float, kPitchKeys> row{};
  for (std::size_t at = 0; at < bytes.size(); at += kRowBytes) {
    std::memcpy(row.data(), bytes.data() + at, sizeof(row));
    heard.notes.push(row);
    std::memcpy(row.data(), bytes.data() + at + sizeof(row), sizeof(row));
    heard.onsets.push(row);
    heard.levels.push(std::span(bytes).subspan(at + 2 * sizeof(row), kPitchKeys));
  }
  return heard;
}

std::vector<NoteScore> scores_of(const std::vector<LabelledExcerpt>& excerpts,
                                 const std::vector<PitchActivations>& heard,
                                 const NoteDecisions& decisions) {
  std::vector<NoteScore> scores(excerpts.size());
  for_each_in_parallel(excerpts.size(), [&](std::size_t i) {
    std::vector<NoteInSeconds> notes;
    for (const DetectedNote& note : decide_notes(heard[i], decisions)) {
      notes.push_back({note.onset_seconds, note.offset_seconds, note.pitch});
    }
    scores[i] = score_notes(excerpts[i].truth, notes);
  });
  return scores;
}

// One of our decisions put back to the reference's.
struct Without {
  const char* what;
  std::function<void(NoteDecisions&)> put_back;
};

std::vector<Without> single_steps() {
  const NoteDecisions theirs = reference_decisions();
  return {
      {"ours", [](NoteDecisions&) {}},
      {"onset threshold 0.5",
       [=](NoteDecisions& ours) { ours.onset_threshold = theirs.onset_threshold; }},
      {"frame threshold 0.3",
       [=](NoteDecisions& ours) { ours.frame_threshold = theirs.frame_threshold; }},
      {"onsets inferred", [=](NoteDecisions& ours) { ours.infer_onsets = true; }},
      {"remaining notes from 0.3",
       [=](NoteDecisions& ours) { ours.remaining_threshold = theirs.remaining_threshold; }},
      {"no remaining notes", [](NoteDecisions& ours) { ours.remaining_threshold.reset(); }},
      {"ends by the frame threshold alone", [](NoteDecisions& ours) { ours.ending_share = 0.0; }},
      {"no least amplitude", [](NoteDecisions& ours) { ours.least_amplitude = 0.0; }},
      {"no leads",
       [](NoteDecisions& ours) { ours.onset_lead_seconds = ours.offset_lead_seconds = 0.0; }},
      {"shortest 11 frames", [](NoteDecisions& ours) { ours.shortest_frames = 11; }},
      {"the reference's", [=](NoteDecisions& ours) { ours = theirs; }},
  };
}

void print_steps(const std::vector<LabelledExcerpt>& excerpts,
                 const std::vector<PitchActivations>& heard) {
  fmt::print(
      "| half to tune on | F1 | with offsets | precision | recall |\n|---|---|---|---|---|\n");
  for (const Without& step : single_steps()) {
    NoteDecisions decisions;
    step.put_back(decisions);
    const std::vector<NoteScore> scores = scores_of(excerpts, heard, decisions);
    std::array<double, 4> sums{};
    double count = 0.0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (excerpts[i].plan.half != "tune") continue;
      count += 1.0;
      sums[0] += 100.0 * scores[i].onsets.f1();
      sums[1] += 100.0 * scores[i].offsets.f1();
      sums[2] += 100.0 * scores[i].onsets.precision();
      sums[3] += 100.0 * scores[i].onsets.recall();
    }
    fmt::print("| {} | {:.1f} | {:.1f} | {:.1f} | {:.1f} |\n", step.what, sums[0] / count,
               sums[1] / count, sums[2] / count, sums[3] / count);
  }
}

template <typename T>
std::vector<T> half_of(const std::vector<T>& all, const std::vector<LabelledExcerpt>& excerpts,
                       const std::string& half) {
  std::vector<T> chosen;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (excerpts[i].plan.half == half) chosen.push_back(all[i]);
  }
  return chosen;
}

}  // namespace

std::vector<PitchActivations> hear_excerpts(const std::vector<LabelledExcerpt>& excerpts,
                                            const fs::path& folder, const fs::path& cache) {
  const PitchNetwork network(load_weights(find_pitch_network()));
  fs::create_directories(cache);
  std::vector<PitchActivations> heard;
  for (const LabelledExcerpt& excerpt : excerpts) {
    const fs::path path = cache / (excerpt.plan.name + ".activations");
    if (!fs::exists(path)) {
      MonoStream stream(folder / excerpt.audio);
      save_file(path, bytes_of(hear_pitches(network, stream.reader())), Overwrite::kAllow);
    }
    heard.push_back(activations_of(path));
  }
  return heard;
}

void compare_decisions(const std::vector<LabelledExcerpt>& excerpts,
                       const std::vector<PitchActivations>& heard) {
  print_steps(excerpts, heard);
  const std::vector<NoteScore> theirs = scores_of(excerpts, heard, reference_decisions());
  const std::vector<NoteScore> ours = scores_of(excerpts, heard, NoteDecisions{});
  for (const std::string half : {"tune", "test"}) {
    fmt::print("\n## The half to {}\n\n", half == "tune" ? "tune on" : "test on");
    print_note_tables(
        half_of(excerpts, excerpts, half),
        {{"reference", half_of(theirs, excerpts, half)}, {"ours", half_of(ours, excerpts, half)}});
  }
  fmt::print("\n## Both\n\n");
  print_note_tables(excerpts, {{"reference", theirs}, {"ours", ours}});
}

}  // namespace undersong
