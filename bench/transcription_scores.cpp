#include "transcription_scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "midi/midi_file.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// A tempo is told where the piece keeps one; within a tenth it does.
constexpr double kSteadySpread = 0.1;
constexpr double kTempoShare = 0.02;

std::vector<double> beats_of(const Score& score, double end_seconds) {
  const TempoMap tempo(score);
  const Ticks numerator = score.meters.empty() ? 4 : score.meters.front().numerator;
  const Ticks denominator = score.meters.empty() ? 4 : score.meters.front().denominator;
  const bool is_compound = denominator >= 8 && numerator > 3 && numerator % 3 == 0;
  const Ticks step =
      std::max(4 * score.ticks_per_quarter / denominator * (is_compound ? 3 : 1), Ticks{1});
  std::vector<double> beats;
  for (Ticks tick = 0; tempo.seconds_at(tick) < end_seconds; tick += step) {
    beats.push_back(tempo.seconds_at(tick));
  }
  return beats;
}

double median_tempo(const std::vector<double>& beats) {
  std::vector<double> lengths;
  for (std::size_t i = 1; i < beats.size(); ++i) lengths.push_back(beats[i] - beats[i - 1]);
  if (lengths.empty()) return 0.0;
  std::sort(lengths.begin(), lengths.end());
  return 60.0 / lengths[lengths.size() / 2];
}

Transcript transcript_of(const Score& score, double end_seconds) {
  const TempoMap tempo(score);
  Transcript transcript;
  for (const Track& track : score.tracks) {
    for (const Note& note : track.notes) {
      const double onset = tempo.seconds_at(note.onset_ticks);
      if (note.channel == kDrumChannel) {
        transcript.hits.push_back({onset, note.pitch});
      } else {
        transcript.notes.push_back(
            {onset, tempo.seconds_at(note.onset_ticks + note.duration_ticks), note.pitch});
      }
    }
  }
  transcript.beats = beats_of(score, end_seconds);
  transcript.tempo_bpm = median_tempo(transcript.beats);
  return transcript;
}

Transcript transcript_of(const json& value) {
  Transcript transcript;
  for (const json& note : value.at("notes")) {
    if (note.is_array()) {
      transcript.notes.push_back({note.at(0), note.at(1), note.at(2)});
    } else {
      transcript.notes.push_back(
          {note.at("onset_seconds"), note.at("offset_seconds"), note.at("pitch")});
    }
  }
  return transcript;
}

using Group = std::vector<std::size_t>;  // indices of excerpts

double mean_over(const Group& group, const std::function<double(std::size_t)>& value) {
  double sum = 0.0;
  for (const std::size_t i : group) sum += value(i);
  return sum / static_cast<double>(group.size());
}

void print_row(const std::string& name, const Group& group,
               const std::vector<NamedScores>& transcribers) {
  fmt::print("| {} | {} |", name, group.size());
  double first_onset = 0.0;
  double first_offset = 0.0;
  for (std::size_t t = 0; t < transcribers.size(); ++t) {
    const auto& scores = transcribers[t].scores;
    const double onset =
        100.0 * mean_over(group, [&](std::size_t i) { return scores[i].onsets.f1(); });
    const double offset =
        100.0 * mean_over(group, [&](std::size_t i) { return scores[i].offsets.f1(); });
    fmt::print(" {:.1f} | {:.1f} |", onset, offset);
    if (t > 0) fmt::print(" {:+.1f} | {:+.1f} |", onset - first_onset, offset - first_offset);
    if (t == 0) std::tie(first_onset, first_offset) = std::pair(onset, offset);
  }
  fmt::print("\n");
}

void print_pooled(const Group& group, const NamedScores& transcriber) {
  NoteScore sum;
  for (const std::size_t i : group) {
    sum.onsets += transcriber.scores[i].onsets;
    sum.offsets += transcriber.scores[i].offsets;
  }
  fmt::print(
      "{}: {} true notes, {} told; precision {:.1f}, recall {:.1f}, F1 {:.1f}; with offsets "
      "F1 {:.1f}\n",
      transcriber.name, sum.onsets.reference, sum.onsets.estimated, 100.0 * sum.onsets.precision(),
      100.0 * sum.onsets.recall(), 100.0 * sum.onsets.f1(), 100.0 * sum.offsets.f1());
}

// Kick, snare and hat as the transcriber tells them apart; other keys are no class.
std::optional<int> drum_class(int key) {
  switch (key) {
    case 35:
    case 36: return 36;
    case 37:
    case 38:
    case 39:
    case 40: return 38;
    case 42:
    case 44:
    case 46: return 42;
    default: return std::nullopt;
  }
}

std::vector<HitInSeconds> classes_of(const std::vector<HitInSeconds>& hits) {
  std::vector<HitInSeconds> classes;
  for (const HitInSeconds& hit : hits) {
    if (const auto kind = drum_class(hit.kind)) classes.push_back({hit.seconds, *kind});
  }
  return classes;
}

void print_rhythm(const std::string& name, const Group& group,
                  const std::vector<LabelledExcerpt>& excerpts,
                  const std::vector<Transcript>& transcripts) {
  std::size_t steady = 0;
  std::size_t right = 0;
  std::size_t octave = 0;
  double beats = 0.0;
  for (const std::size_t i : group) {
    const ExcerptTruth& truth = excerpts[i].truth;
    beats += count_beats(truth.beats, transcripts[i].beats).f1();
    const double bpm = transcripts[i].tempo_bpm;
    if (truth.tempo_spread > kSteadySpread || truth.beats.size() < 3 || bpm <= 0.0) continue;
    ++steady;
    if (is_right_tempo(truth.tempo_bpm, bpm, kTempoShare)) ++right;
    if (is_right_tempo(truth.tempo_bpm, bpm, kTempoShare, TempoRule::kOrOctave)) ++octave;
  }
  const auto percent = [&](std::size_t count) {
    return 100.0 * static_cast<double>(count) /
           static_cast<double>(std::max<std::size_t>(steady, 1));
  };
  fmt::print("| {} | {} | {:.1f} | {} | {:.0f} % | {:.0f} % |\n", name, group.size(),
             100.0 * beats / static_cast<double>(group.size()), steady, percent(right),
             percent(octave));
}

void print_drums(const std::vector<LabelledExcerpt>& excerpts,
                 const std::vector<Transcript>& transcripts) {
  std::map<int, MatchCounts> sums;
  for (std::size_t i = 0; i < excerpts.size(); ++i) {
    if (excerpts[i].truth.hits.empty()) continue;
    const auto counts =
        count_hits(classes_of(excerpts[i].truth.hits), classes_of(transcripts[i].hits));
    for (const auto& [kind, count] : counts) sums[kind] += count;
  }
  fmt::print("\n| drum | true hits | told | F1 |\n|---|---|---|---|\n");
  const std::map<int, const char*> names = {{36, "kick"}, {38, "snare"}, {42, "hat"}};
  for (const auto& [kind, count] : sums) {
    fmt::print("| {} | {} | {} | {:.1f} |\n", names.at(kind), count.reference, count.estimated,
               100.0 * count.f1());
  }
}

Group all_of(const std::vector<LabelledExcerpt>& excerpts) {
  Group all(excerpts.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

}  // namespace

Transcript load_transcript(const fs::path& folder, const LabelledExcerpt& excerpt) {
  const fs::path midi = folder / (excerpt.plan.name + ".mid");
  if (fs::exists(midi)) {
    return transcript_of(load_midi(midi).score, excerpt.plan.length_seconds);
  }
  const fs::path notes = folder / (excerpt.plan.name + ".json");
  try {
    return transcript_of(json::parse(read_text_file(notes)));
  } catch (const json::exception& error) {
    throw Error(ErrorKind::kFormat, display(notes) + ": " + error.what());
  }
}

NoteScore score_notes(const ExcerptTruth& truth, const std::vector<NoteInSeconds>& notes) {
  return {count_notes(truth.notes, notes, NoteRule::kOnset),
          count_notes(truth.notes, notes, NoteRule::kOnsetAndOffset)};
}

void print_note_tables(const std::vector<LabelledExcerpt>& excerpts,
                       const std::vector<NamedScores>& scores) {
  std::map<std::string, std::map<std::string, Group>> groups;
  for (std::size_t i = 0; i < excerpts.size(); ++i) {
    for (const auto& [category, value] : categories_of(excerpts[i])) {
      groups[category][value].push_back(i);
    }
  }
  fmt::print("| | excerpts |");
  for (std::size_t t = 0; t < scores.size(); ++t) {
    fmt::print(" {} F1 | with offsets |", scores[t].name);
    if (t > 0) fmt::print(" gain | with offsets |");
  }
  fmt::print("\n|---|---|");
  for (std::size_t t = 0; t < scores.size(); ++t) {
    fmt::print("---|---|{}", t > 0 ? "---|---|" : "");
  }
  fmt::print("\n");
  print_row("all", all_of(excerpts), scores);
  for (const auto& [category, values] : groups) {
    for (const auto& [value, group] : values) print_row(category + ": " + value, group, scores);
  }
  fmt::print("\n");
  for (const NamedScores& transcriber : scores) print_pooled(all_of(excerpts), transcriber);
}

void print_rhythm_tables(const std::vector<LabelledExcerpt>& excerpts,
                         const std::vector<Transcript>& transcripts) {
  fmt::print(
      "\n| | excerpts | beat F1 | steady ones | tempo within 2 % | or an octave off |\n"
      "|---|---|---|---|---|---|\n");
  print_rhythm("all", all_of(excerpts), excerpts, transcripts);
  std::map<std::string, Group> sets;
  for (std::size_t i = 0; i < excerpts.size(); ++i) sets[excerpts[i].plan.set].push_back(i);
  for (const auto& [set, group] : sets) print_rhythm(set, group, excerpts, transcripts);
  print_drums(excerpts, transcripts);
}

}  // namespace undersong
