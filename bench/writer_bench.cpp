// The composer network and the patterns as writers of the same plans, beside each other and beside
// real music; docs/benchmarks.md has the tables, bench/writer_table.sh makes them.
//
//   writer_bench pieces WEIGHTS STYLES SEEDS SECONDS RESULTS.jsonl [DRAFTS]   writes pieces and
//                                        measures them, a line each; what has a line is not made
//                                        again
//   writer_bench tables WEIGHTS RESULTS.jsonl TRAINING-FILE   texture and structure beside real
//                                        pieces, control, copying, recognisability, variety, and by
//                                        role which writer is better
//   writer_bench examples WEIGHTS        what ships as an example beside what was learned
//   writer_bench rolls WEIGHTS STYLES SEEDS SECONDS TRAINING-FILE FOLDER   pieces of both and real
//                                        passages to look at side by side: a page and MIDI files
//   writer_bench bands TRAINING-FILE     what real parts of each style are woven like, as the rows
//   of
//                                        src/compose/part_textures.inc
//   writer_bench time WEIGHTS STYLES SEEDS SECONDS [DRAFTS]   from a request to notes, weights
//                                        loaded: seconds
//
// STYLES: `all` that have a [network], or names with commas between.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "bench_verbs.h"
#include "midi/midi_file.h"
#include "part_bands.h"
#include "writer_examples.h"
#include "writer_yardsticks.h"

namespace undersong {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<Style> network_styles(const std::string& names) {
  std::vector<Style> styles = styles_named(names);
  std::erase_if(styles, [](const Style& style) { return !style.network; });
  if (styles.empty()) throw Error(ErrorKind::kUsage, "no style named has a [network]");
  return styles;
}

// WEIGHTS STYLES SEEDS SECONDS, and DRAFTS at its place.
WriterBenchSetting setting_of(const Arguments& arguments, int threads, std::size_t drafts_at) {
  WriterBenchSetting setting;
  setting.network = load_writer_network(arguments[0], threads);
  setting.styles = network_styles(arguments[1]);
  setting.seeds = std::stoull(arguments[2]);
  setting.seconds = std::stod(arguments[3]);
  if (arguments.size() > drafts_at) setting.drafts = std::stoi(arguments[drafts_at]);
  return setting;
}

void pieces(const Arguments& arguments) { make_pieces(setting_of(arguments, 1, 5), arguments[4]); }

void tables(const Arguments& arguments) {
  const auto network = load_writer_network(arguments[0], 1);
  const TrainingFile file = TrainingFile::open(arguments[2]);
  const std::vector<PackPieces> packs = packs_of(load_pieces(arguments[1]), *network);
  if (packs.empty())
    throw Error(ErrorKind::kUsage,
                arguments[1] + " has no pieces of these weights by both writers");
  Yardsticks real(file);
  print_writer_tables(packs, real, *network);
  print_writer_roles(packs, real);
}

void time_writing(const Arguments& arguments) {
  const WriterBenchSetting setting = setting_of(arguments, 0, 4);
  for (const Style& style : setting.styles) {
    std::vector<double> taken;
    std::size_t notes = 0;
    for (std::uint64_t seed = 1; seed <= setting.seeds; ++seed) {
      const auto begin = Clock::now();
      const ComposedPiece piece = compose_piece(
          style, writer_request(style, setting, seed, WriterKind::kNeural), setting.network);
      const auto bytes = write_midi(piece.score);
      taken.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
      notes += note_count(piece.score) + (bytes.empty() ? 1 : 0);
    }
    std::ranges::sort(taken);
    fmt::print("{}: {:.0f} s of music, {} drafts: median {:.2f} s ({:.2f} to {:.2f}), {} notes\n",
               style.name, setting.seconds, setting.drafts, taken[taken.size() / 2], taken.front(),
               taken.back(), notes / taken.size());
  }
}

void examples(const Arguments& arguments) { print_examples(arguments[0]); }

void rolls(const Arguments& arguments) {
  const TrainingFile file = TrainingFile::open(arguments[4]);
  write_rolls(setting_of(arguments, 1, 6), file, arguments[5]);
}

void bands(const Arguments& arguments) { print_part_bands(TrainingFile::open(arguments[0])); }

int run(int count, char** words) {
  return run_verb("writer_bench",
                  {{"pieces", {pieces, 5}},
                   {"tables", {tables, 3}},
                   {"examples", {examples, 1}},
                   {"rolls", {rolls, 6}},
                   {"bands", {bands, 1}},
                   {"time", {time_writing, 4}}},
                  count, words);
}

}  // namespace
}  // namespace undersong

int main(int count, char** words) { return undersong::run(count, words); }
