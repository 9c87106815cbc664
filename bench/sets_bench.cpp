// Sets of real music against each other, and models on a corpus; docs/benchmarks.md has the tables.
//
//   sets_bench time PIECES FOLDER…           how long do the measures of sets take?
//   sets_bench compare FOLDER FOLDER         the nine features of one set against another's
//   sets_bench recognise FOLDER…             which folder is this from?
//   sets_bench composers FOLDER LEAST        which sub-folder, of those with LEAST pieces or more?
//   sets_bench variety YARDSTICK FOLDER…     how varied is each folder beside the yardstick?
//   sets_bench foretell CORPUS TRACK-NAME GROUP MODEL…   by piece, and by the seed's windows

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "bench_verbs.h"
#include "corpus/dataset.h"
#include "evaluate/cross_entropy.h"
#include "evaluate/recognisability.h"
#include "evaluate/set_comparison.h"
#include "evaluate/variety.h"
#include "midi/midi_file.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSeed = 1;
constexpr int kFolds = 10;
constexpr int kWindow = 10;
constexpr std::size_t kMostWindows = 20'000;

std::vector<fs::path> midi_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto suffix = entry.path().extension();
    if (suffix == ".mid" || suffix == ".MID" || suffix == ".midi") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

// Files with notes; those that cannot be read are left out.
std::vector<Score> scores_of(const fs::path& folder) {
  std::vector<Score> scores;
  for (const fs::path& file : midi_files(folder)) {
    try {
      Score score = load_midi(file).score;
      if (note_count(score) > 0) scores.push_back(std::move(score));
    } catch (const Error& error) {
      fmt::print(stderr, "{}\n", error.message());
    }
  }
  return scores;
}

std::string name_of_folder(const fs::path& folder) {
  return folder.has_filename() ? folder.filename().string()
                               : folder.parent_path().filename().string();
}

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

std::vector<FeatureVector> features_of(const std::vector<Score>& scores) {
  std::vector<FeatureVector> features;
  for (const Score& score : scores) features.push_back(measure_features(score));
  return features;
}

std::vector<std::vector<double>> styles_of(const std::vector<Score>& scores) {
  std::vector<std::vector<double>> styles;
  for (const Score& score : scores) styles.push_back(style_features(score));
  return styles;
}

void time_measures(const Arguments& arguments) {
  const std::size_t pieces = std::stoul(arguments.at(0));
  std::vector<Score> scores;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    for (Score& score : scores_of(arguments[i])) scores.push_back(std::move(score));
  }
  // Both sets from all folders in turn.
  scores.resize(std::min(scores.size(), 2 * pieces));
  std::size_t notes = 0;
  for (const Score& score : scores) notes += note_count(score);
  fmt::print("{} pieces, {} notes\n", scores.size(), notes);
  const Stopwatch nine;
  const auto features = features_of(scores);
  fmt::print("nine features: {:.2f} s\n", nine.seconds());
  const Stopwatch style;
  const auto styles = styles_of(scores);
  fmt::print("style features: {:.2f} s\n", style.seconds());
  const std::size_t half = scores.size() / 2;
  const Stopwatch comparison;
  compare_sets(std::span(features).first(half), std::span(features).subspan(half));
  fmt::print("{} against {}: {:.2f} s\n", half, scores.size() - half, comparison.seconds());
  const Stopwatch variety;
  measure_variety(std::span(styles).first(half), std::span(styles).subspan(half));
  fmt::print("variety: {:.2f} s\n", variety.seconds());
  std::vector<LabelledFeatures> tracks;
  for (std::size_t i = 0; i < styles.size(); ++i) {
    tracks.push_back({i < half ? "first" : "second", styles[i]});
  }
  const Stopwatch recognition;
  measure_recognisability(tracks, kFolds, kSeed);
  fmt::print("recognisability, {} folds: {:.2f} s\n", kFolds, recognition.seconds());
}

std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{:.3f}", *value) : "-";
}

void compare(const Arguments& arguments) {
  const auto a = features_of(scores_of(arguments.at(0)));
  const auto b = features_of(scores_of(arguments.at(1)));
  fmt::print("| feature | mean a | deviation | mean b | deviation | KL a | OA a | KL b | OA b |\n");
  fmt::print("|---|---|---|---|---|---|---|---|---|\n");
  for (const FeatureComparison& each : compare_sets(a, b)) {
    const bool single = each.mean_a.size() == 1;
    fmt::print("| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", name_of(each.feature),
               single ? fmt::format("{:.2f}", each.mean_a[0]) : "",
               single ? fmt::format("{:.2f}", each.deviation_a[0]) : "",
               single ? fmt::format("{:.2f}", each.mean_b[0]) : "",
               single ? fmt::format("{:.2f}", each.deviation_b[0]) : "", number(each.kl_a),
               number(each.overlap_a), number(each.kl_b), number(each.overlap_b));
  }
}

void print_recognisability(const std::vector<LabelledFeatures>& tracks) {
  const Recognisability result = measure_recognisability(tracks, kFolds, kSeed);
  fmt::print("{} tracks: {:.1f} % right (95 %: {:.1f}-{:.1f}), chance {:.1f} %\n", tracks.size(),
             100 * result.accuracy, 100 * result.accuracy_low, 100 * result.accuracy_high,
             100 * result.chance);
  for (std::size_t i = 0; i < result.labels.size(); ++i) {
    fmt::print("| {} ({}) |", result.labels[i], result.counts[i]);
    for (const auto count : result.confusion[i]) fmt::print(" {} |", count);
    fmt::print("\n");
  }
}

void recognise(const Arguments& arguments) {
  std::vector<LabelledFeatures> tracks;
  for (const std::string& folder : arguments) {
    for (const auto& style : styles_of(scores_of(folder))) {
      tracks.push_back({name_of_folder(folder), style});
    }
  }
  print_recognisability(tracks);
}

void recognise_composers(const Arguments& arguments) {
  const std::size_t least = std::stoul(arguments.at(1));
  std::map<std::string, std::vector<fs::path>> composers;
  for (const fs::path& file : midi_files(arguments.at(0))) {
    composers[fs::relative(file, arguments.at(0)).begin()->string()].push_back(file);
  }
  std::vector<LabelledFeatures> tracks;
  for (const auto& [composer, files] : composers) {
    if (files.size() < least) continue;
    for (const fs::path& file : files) {
      tracks.push_back({composer, style_features(load_midi(file).score)});
    }
  }
  print_recognisability(tracks);
}

void variety(const Arguments& arguments) {
  const auto yardstick = styles_of(scores_of(arguments.at(0)));
  fmt::print("| folder | tracks | mean | nearest | mean ratio | nearest ratio |\n");
  fmt::print("|---|---|---|---|---|---|\n");
  for (const std::string& folder : arguments) {
    const Variety result = measure_variety(styles_of(scores_of(folder)), yardstick);
    fmt::print("| {} | {} | {} | {} | {} | {} |\n", name_of_folder(folder), result.tracks,
               number(result.mean_distance), number(result.nearest_distance),
               number(result.mean_ratio), number(result.nearest_ratio));
  }
}

std::string summary(const CrossEntropy& result) {
  return fmt::format("{:.4f} | {:.1f} | {:.1f} % | {}", result.nats, result.perplexity,
                     100 * result.accuracy, result.symbols);
}

void foretell(const Arguments& arguments) {
  const Corpus corpus = Corpus::open(arguments.at(0));
  fmt::print("| model | by | nats | perplexity | right | symbols |\n|---|---|---|---|---|---|\n");
  for (std::size_t i = 3; i < arguments.size(); ++i) {
    const LoadedModel loaded = load_model(arguments[i]);
    DatasetOptions options;
    options.track_name = arguments[1];
    options.representation = loaded.info.representation;
    if (!arguments[2].empty()) options.groups = {arguments[2]};
    const Dataset data = load_dataset(corpus, options);
    if (data.vocabulary.to_json() != loaded.vocabulary.to_json()) {
      fmt::print(stderr, "{} speaks another vocabulary than this music\n", arguments[i]);
      continue;
    }
    const std::string name = fs::path(arguments[i]).stem().string();
    std::vector<std::vector<TokenId>> all;
    for (const DatasetPiece& piece : data.pieces) all.push_back(piece.ids);
    for (const Split split : {Split::kTrain, Split::kValid, Split::kTest}) {
      std::vector<std::vector<TokenId>> pieces;
      for (const DatasetPiece* piece : data.of(split)) pieces.push_back(piece->ids);
      if (pieces.size() > 200) pieces.resize(200);
      fmt::print("| {} | piece, {} ({}) | {} |\n", name,
                 split == Split::kTrain   ? "learned from"
                 : split == Split::kValid ? "chose the epoch"
                                          : "test",
                 pieces.size(),
                 summary(cross_entropy_by_piece(*loaded.model, pieces, silent_progress())));
      std::fflush(stdout);
    }
    fmt::print("| {} | window of all | {} |\n", name,
               summary(cross_entropy_by_window(*loaded.model, all, kWindow, kMostWindows, kSeed,
                                               silent_progress())));
    std::fflush(stdout);
  }
}

int run(int count, char** words) {
  return run_verb("sets_bench",
                  {{"time", {time_measures, 2}},
                   {"compare", {compare, 2}},
                   {"recognise", {recognise, 1}},
                   {"composers", {recognise_composers, 2}},
                   {"variety", {variety, 1}},
                   {"foretell", {foretell, 4}}},
                  count, words);
}

}  // namespace
}  // namespace undersong

int main(int count, char** words) { return undersong::run(count, words); }
