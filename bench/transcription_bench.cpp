// How well sound becomes notes; docs/benchmarks.md has the tables.
//
//   transcription_bench excerpts DATA OUT          rendered excerpts of the sets below DATA, with
//   labels transcription_bench score OUT PREDICTIONS…     folders with NAME.mid or NAME.json, side
//   by side

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "bench_verbs.h"
#include "transcription_excerpts.h"
#include "transcription_scores.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

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

}  // namespace
}  // namespace undersong

int main(int count, char** words) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  return undersong::run_verb("transcription_bench",
                             {{"excerpts", {undersong::make, 2}}, {"score", {undersong::score, 2}}},
                             count, words);
}
