// Composed music as it is by default, measured; docs/benchmarks.md has the tables,
// bench/compose_table.sh makes them.
//
//   compose_bench notes STYLES SEEDS SECONDS…     length, harmony, ranges, energy, hits, texture
//   compose_bench likeness STYLES SEEDS SECONDS HUMAN-FOLDER…   are styles recognised, do seeds
//                                                 differ, do they copy each other? Beside music by
//                                                 people in each folder
//   compose_bench sound STYLES SEEDS RESULTS.jsonl SECONDS…   renders files, measures them, adds a
//                                                 line each; what has a line is not done again
//   compose_bench sound-table RESULTS.jsonl
//   compose_bench write STYLES SEEDS SECONDS FOLDER   MIDI files, to look at and to listen to
//
// STYLES: `all`, or names with commas between.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <mutex>
#include <numeric>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/parallel.h"
#include "bench_verbs.h"
#include "composed_likeness.h"
#include "composed_piece.h"
#include "composed_sound.h"
#include "evaluate/structure.h"
#include "evaluate/texture.h"
#include "midi/midi_file.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

constexpr double kLongestForTexture = 300.0;  // seconds; longer pieces repeat, and cost

constexpr std::size_t kTextures = 7;
using Textures = std::array<std::optional<double>, kTextures>;

Textures textures_of(const Score& score) {
  const Texture texture = measure_texture(score);
  const Structureness structure = measure_structure(self_similarity(score));
  return {texture.entropy_1_bar,      texture.entropy_4_bars, texture.grooving_similarity,
          texture.chord_irregularity, structure.short_term,   structure.mid_term,
          structure.long_term};
}

// What `notes` gathers of one style.
struct Gathered {
  std::size_t pieces = 0;
  NoteMeasures sums;
  double worst_length_error = 0.0;
  double longest_gap = 0.0;
  std::vector<double> own_energy;    // correlations, forms' own curves
  std::vector<double> asked_energy;  // asked curves
  std::vector<double> hits_ms;
  std::vector<Textures> textures;
  std::vector<std::string> failures;
  double seconds = 0.0;
  double music_seconds = 0.0;
};

void add(const ComposedPiece& piece, const Style& style, Asking asking, Gathered& gathered,
         std::mutex& mutex) {
  const NoteMeasures measured = measure_notes(piece, style);
  const std::vector<double> hits = hit_errors_ms(piece);
  std::optional<Textures> textures;
  if (asking == Asking::kFreely && piece.request.length_seconds >= 30.0 &&
      piece.request.length_seconds <= kLongestForTexture)
    textures = textures_of(piece.score);
  const std::lock_guard lock(mutex);
  ++gathered.pieces;
  gathered.sums.in_key += measured.in_key;
  gathered.sums.strong_in_chord += measured.strong_in_chord;
  gathered.sums.lead_in_chord += measured.lead_in_chord;
  gathered.sums.avoid_notes += measured.avoid_notes;
  gathered.sums.muddy_bars += measured.muddy_bars;
  gathered.sums.out_of_role += measured.out_of_role;
  gathered.sums.out_of_instrument += measured.out_of_instrument;
  gathered.worst_length_error =
      std::max(gathered.worst_length_error, std::abs(measured.length_error_seconds));
  gathered.longest_gap = std::max(gathered.longest_gap, measured.longest_gap_seconds);
  if (measured.energy_correlation)
    (asking == Asking::kCurve ? gathered.asked_energy : gathered.own_energy)
        .push_back(*measured.energy_correlation);
  gathered.hits_ms.insert(gathered.hits_ms.end(), hits.begin(), hits.end());
  if (textures) gathered.textures.push_back(*textures);
  gathered.seconds += piece.seconds_taken;
  gathered.music_seconds += piece.request.length_seconds;
}

struct Task {
  std::uint64_t seed;
  double seconds;
  Asking asking;
};

Gathered gather(const Style& style, const std::vector<Task>& tasks) {
  Gathered gathered;
  std::mutex mutex;
  for_each_in_parallel(tasks.size(), [&](std::size_t i) {
    const CompositionRequest request =
        bench_request(style, tasks[i].seed, tasks[i].seconds, tasks[i].asking);
    try {
      add(compose_by_default(style, request), style, tasks[i].asking, gathered, mutex);
    } catch (const std::exception& error) {
      const std::lock_guard lock(mutex);
      gathered.failures.push_back(fmt::format("{} seed {} {} s asking {}: {}", style.name,
                                              tasks[i].seed, tasks[i].seconds,
                                              static_cast<int>(tasks[i].asking), error.what()));
    }
  });
  return gathered;
}

std::vector<Task> tasks_of(std::size_t seeds, const std::vector<double>& lengths) {
  std::vector<Task> tasks;
  for (const double seconds : lengths) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      tasks.push_back({seed, seconds, Asking::kFreely});
      // Long pieces cost most and say the same.
      if (seconds < 20.0 || (seconds > 300.0 && seed > 4)) continue;
      tasks.push_back({seed, seconds, Asking::kCurve});
      tasks.push_back({seed, seconds, Asking::kHits});
    }
  }
  return tasks;
}

void print_notes(const std::string& name, const Gathered& all) {
  fmt::print(
      "| {} | {} | {:.1e} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} | {} | {} | {:.2f} | "
      "{:.2f}/{:.2f} | {:.2f}/{:.2f} | {:.1f} | {:.0f} |\n",
      name, all.pieces, all.worst_length_error, all.sums.in_key.percent(),
      all.sums.strong_in_chord.percent(), all.sums.lead_in_chord.percent(),
      all.sums.avoid_notes.percent(), all.sums.muddy_bars.percent(), all.sums.out_of_role.part,
      all.sums.out_of_instrument.part, all.longest_gap,
      share_below(all.own_energy, 0.5).value_or(0.0),
      share_below(all.own_energy, 0.05).value_or(0.0),
      share_below(all.asked_energy, 0.5).value_or(0.0),
      share_below(all.asked_energy, 0.05).value_or(0.0),
      [&] {
        double worst = 0.0;
        for (const double error : all.hits_ms) worst = std::max(worst, std::abs(error));
        return worst;
      }(),
      all.seconds > 0 ? all.music_seconds / all.seconds : 0.0);
}

void print_textures(const std::string& name, const Gathered& all) {
  fmt::print("| {} | {} |", name, all.textures.size());
  for (std::size_t k = 0; k < kTextures; ++k) {
    std::vector<double> values;
    for (const Textures& each : all.textures) {
      if (each[k]) values.push_back(*each[k]);
    }
    if (values.empty())
      fmt::print(" - |");
    else
      fmt::print(" {:.2f}-{:.2f} ({:.2f}) |", *share_below(values, 0.025),
                 *share_below(values, 0.975), *share_below(values, 0.5));
  }
  fmt::print("\n");
}

void notes(const Arguments& arguments) {
  const std::vector<Style> styles = styles_named(arguments.at(0));
  const std::size_t seeds = std::stoul(arguments.at(1));
  std::vector<double> lengths;
  for (std::size_t i = 2; i < arguments.size(); ++i) lengths.push_back(std::stod(arguments[i]));
  const std::vector<Task> tasks = tasks_of(seeds, lengths);
  std::vector<Gathered> all;
  for (const Style& style : styles) {
    all.push_back(gather(style, tasks));
    fmt::print(stderr, "{}: {} pieces, {} failures\n", style.name, all.back().pieces,
               all.back().failures.size());
  }
  fmt::print(
      "| style | pieces | length error, s | in key % | strong in chord % | lead, strong in "
      "chord % | avoid notes % | muddy bars % | out of role | out of instrument | longest "
      "gap, s | own energy r, median/5 % | asked energy r, median/5 % | hits, worst ms | "
      "times real time |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
  for (std::size_t i = 0; i < styles.size(); ++i) print_notes(styles[i].name, all[i]);
  fmt::print(
      "\n| style | pieces | H1 | H4 | GS | CPI | SI short | SI mid | SI long |\n"
      "|---|---|---|---|---|---|---|---|---|\n");
  for (std::size_t i = 0; i < styles.size(); ++i) print_textures(styles[i].name, all[i]);
  for (const Gathered& each : all) {
    for (const std::string& failure : each.failures) fmt::print(stderr, "{}\n", failure);
  }
}

void likeness(const Arguments& arguments) {
  const std::vector<Style> styles = styles_named(arguments.at(0));
  const std::size_t seeds = std::stoul(arguments.at(1));
  const double seconds = std::stod(arguments.at(2));
  const std::vector<fs::path> humans(arguments.begin() + 3, arguments.end());
  std::map<std::string, std::vector<Score>> pieces;
  for (const Style& style : styles) {
    std::vector<Score>& scores = pieces[style.name];
    scores.resize(seeds);
    for_each_in_parallel(seeds, [&](std::size_t i) {
      scores[i] =
          compose_by_default(style, bench_request(style, i + 1, seconds, Asking::kFreely)).score;
    });
  }
  print_recognition(features_of(pieces));
  print_variety(pieces, humans);
  print_copying(pieces, humans);
}

void sound(const Arguments& arguments) {
  std::vector<double> lengths;
  for (std::size_t i = 3; i < arguments.size(); ++i) lengths.push_back(std::stod(arguments[i]));
  measure_sound(styles_named(arguments.at(0)), std::stoul(arguments.at(1)), lengths,
                arguments.at(2));
}

void sound_table(const Arguments& arguments) { print_sound(arguments.at(0)); }

void write(const Arguments& arguments) {
  const fs::path folder = arguments.at(3);
  fs::create_directories(folder);
  for (const Style& style : styles_named(arguments.at(0))) {
    for (std::uint64_t seed = 1; seed <= std::stoul(arguments.at(1)); ++seed) {
      const ComposedPiece piece = compose_by_default(
          style, bench_request(style, seed, std::stod(arguments.at(2)), Asking::kFreely));
      save_midi(folder / fmt::format("{}-{}.mid", style.name, seed), piece.score,
                Overwrite::kAllow);
      fmt::print("{}-{}\n{}\n", style.name, seed, describe(piece.plan, style));
    }
  }
}

int run(int count, char** words) {
  return run_verb("compose_bench",
                  {{"notes", {notes, 3}},
                   {"likeness", {likeness, 3}},
                   {"sound", {sound, 4}},
                   {"sound-table", {sound_table, 1}},
                   {"write", {write, 4}}},
                  count, words);
}

}  // namespace
}  // namespace undersong

int main(int count, char** words) { return undersong::run(count, words); }
