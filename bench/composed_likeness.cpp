#include "composed_likeness.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "base/error.h"
#include "base/parallel.h"
#include "base/scratch_folder.h"
#include "bench_verbs.h"
#include "evaluate/recognisability.h"
#include "evaluate/variety.h"
#include "midi/midi_file.h"
#include "originality/index.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

namespace fs = std::filesystem;

constexpr int kFolds = 10;
constexpr std::uint64_t kFoldSeed = 1;

std::size_t pieces_a_set(const ScoresByStyle& pieces) {
  std::size_t most = 0;
  for (const auto& [style, scores] : pieces) most = std::max(most, scores.size());
  return most;
}

double longest_of(const ScoresByStyle& pieces) {
  double longest = 0.0;
  for (const auto& [style, scores] : pieces) {
    for (const Score& score : scores) longest = std::max(longest, length_seconds(score));
  }
  return longest;
}

Score first_seconds(Score score, double seconds) {
  const Ticks end = TempoMap(score).ticks_at(seconds);
  for (Track& track : score.tracks) {
    std::erase_if(track.notes, [end](const Note& note) { return note.onset_ticks >= end; });
    for (Note& note : track.notes)
      note.duration_ticks = std::min(note.duration_ticks, end - note.onset_ticks);
  }
  return score;
}

// Evenly spaced files of a folder, those that can be read.
std::vector<Score> human_pieces(const fs::path& folder, std::size_t count, double seconds) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".mid") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::vector<Score> scores;
  for (std::size_t i = 0; i < std::min(count, files.size()); ++i) {
    try {
      Score score = load_midi(files[i * files.size() / std::min(count, files.size())]).score;
      if (length_seconds(score) >= seconds / 2)
        scores.push_back(first_seconds(std::move(score), seconds));
    } catch (const Error& error) {
      fmt::print(stderr, "{}\n", error.message());
    }
  }
  return scores;
}

std::vector<std::vector<double>> features_of(const std::vector<Score>& scores) {
  std::vector<std::vector<double>> features(scores.size());
  for_each_in_parallel(scores.size(),
                       [&](std::size_t i) { features[i] = style_features(scores[i]); });
  return features;
}

std::vector<double> without_instruments(std::vector<double> features) {
  static const std::set<std::string_view> kInstruments = {"piano",
                                                          "chromatic percussion",
                                                          "organ",
                                                          "guitar",
                                                          "bass",
                                                          "strings",
                                                          "brass",
                                                          "reed",
                                                          "pipe",
                                                          "synth",
                                                          "other instruments"};
  const auto names = style_feature_names();
  std::vector<double> kept;
  for (std::size_t i = 0; i < features.size(); ++i) {
    if (!kInstruments.contains(names[i])) kept.push_back(features[i]);
  }
  return kept;
}

void print_result(const std::string& what, const Recognisability& result) {
  fmt::print("{}: {:.1f} % right (95 %: {:.1f}-{:.1f}; chance {:.1f} %)\n", what,
             100 * result.accuracy, 100 * result.accuracy_low, 100 * result.accuracy_high,
             100 * result.chance);
  for (std::size_t i = 0; i < result.labels.size(); ++i) {
    for (std::size_t j = 0; j < result.labels.size(); ++j) {
      if (i != j && result.confusion[i][j] > 0)
        fmt::print("  {} taken for {}: {} of {}\n", result.labels[i], result.labels[j],
                   result.confusion[i][j], result.counts[i]);
    }
  }
}

struct Copying {
  std::vector<Closeness> closeness;
  Baseline baseline;
};

// Every piece against the others.
Copying copying_within(const std::vector<Score>& scores) {
  const ScratchFolder folder;
  IndexBuilder builder("bench", std::string(64, '0'));
  for (std::size_t i = 0; i < scores.size(); ++i) {
    LearnedPiece piece;
    piece.id = fmt::format("{:064d}", i);
    piece.family = piece.id;
    builder.add(piece, scores[i]);
  }
  const fs::path path = folder.path() / "index";
  builder.save(path, scores.size(), Overwrite::kAllow, silent_progress());
  const auto index = OriginalityIndex::open(path);
  Copying copying;
  copying.baseline = index->baseline();
  copying.closeness.resize(scores.size());
  for_each_in_parallel(scores.size(), [&](std::size_t i) {
    copying.closeness[i] = index->compare(scores[i], fmt::format("{:064d}", i));
  });
  return copying;
}

// Which, and why: on the standard error output.
void tell_refused(const std::string& name, const Closeness& closeness) {
  const SharedRun& run = closeness.most_distinctive_run;
  const WindowOverlap* window = highest_overlap(closeness);
  fmt::print(stderr, "{}: {} distinctive notes (bars {}-{}, as number {}), symbols {}", name,
             run.distinctive_notes, run.bars.first, run.bars.last, run.nearest.piece + 1,
             closeness.symbol_run.distinctive_notes);
  if (window != nullptr)
    fmt::print(stderr, ", {:.2f} of bars {}-{} ({} points; number {}, bars {}-{})", window->overlap,
               window->bars.first, window->bars.last, window->points, window->nearest.piece + 1,
               window->nearest.bars.first, window->nearest.bars.last);
  fmt::print(stderr, "\n");
}

void print_copies(const std::string& name, const Copying& copying, const Limits& limits) {
  std::vector<double> notes;
  std::vector<double> distinctive;
  std::vector<double> overlaps;
  std::array<std::vector<double>, 3> coverage;
  std::size_t refused = 0;
  for (const Closeness& each : copying.closeness) {
    notes.push_back(static_cast<double>(each.longest_run.notes));
    distinctive.push_back(static_cast<double>(each.most_distinctive_run.distinctive_notes));
    if (const WindowOverlap* highest = highest_overlap(each)) overlaps.push_back(highest->overlap);
    for (std::size_t k = 0; k < coverage.size(); ++k) {
      if (each.coverage[k]) coverage[k].push_back(100 * *each.coverage[k]);
    }
    if (judge(each, limits) == Verdict::kTooClose) {
      ++refused;
      tell_refused(name, each);
    }
  }
  fmt::print(
      "| {} | {} | {:.0f}/{:.0f} | {:.0f}/{:.0f} | {:.0f} | {:.0f} | {:.0f} | {:.2f}/{:.2f} "
      "| {:.0f} % |\n",
      name, copying.closeness.size(), share_below(notes, 0.5).value_or(0.0),
      share_below(notes, 0.95).value_or(0.0), share_below(distinctive, 0.5).value_or(0.0),
      share_below(distinctive, 0.95).value_or(0.0), share_below(coverage[0], 0.5).value_or(0.0),
      share_below(coverage[1], 0.5).value_or(0.0), share_below(coverage[2], 0.5).value_or(0.0),
      share_below(overlaps, 0.5).value_or(0.0), share_below(overlaps, 0.95).value_or(0.0),
      100.0 * static_cast<double>(refused) /
          static_cast<double>(std::max<std::size_t>(copying.closeness.size(), 1)));
  std::fflush(stdout);
}

}  // namespace

FeaturesByStyle features_of(const ScoresByStyle& pieces) {
  FeaturesByStyle features;
  for (const auto& [style, scores] : pieces) features[style] = features_of(scores);
  return features;
}

std::vector<double> features_of(const Score& score) { return style_features(score); }

VarietyRatios variety_of(const std::vector<std::vector<double>>& features,
                         const std::vector<std::vector<double>>& yardstick) {
  const Variety variety = measure_variety(features, yardstick);
  return {variety.mean_ratio, variety.nearest_ratio};
}

void print_recognition(const FeaturesByStyle& pieces) {
  std::vector<LabelledFeatures> all;
  std::vector<LabelledFeatures> bare;
  for (const auto& [style, rows] : pieces) {
    for (const auto& features : rows) {
      all.push_back({style, features});
      bare.push_back({style, without_instruments(features)});
    }
  }
  fmt::print("{} pieces of {} styles\n", all.size(), pieces.size());
  print_result("All features", measure_recognisability(all, kFolds, kFoldSeed));
  print_result("Without instruments", measure_recognisability(bare, kFolds, kFoldSeed));
}

void print_variety(const ScoresByStyle& pieces, const std::vector<fs::path>& humans) {
  for (const fs::path& folder : humans) {
    const auto yardstick =
        features_of(human_pieces(folder, 5 * pieces_a_set(pieces), longest_of(pieces)));
    fmt::print(
        "\nBeside {} ({} pieces)\n\n| style | mean distance | nearest | over the people's | "
        "nearest over the people's |\n|---|---|---|---|---|\n",
        folder.filename().string(), yardstick.size());
    for (const auto& [style, scores] : pieces) {
      const Variety result = measure_variety(features_of(scores), yardstick);
      fmt::print("| {} | {:.2f} | {:.2f} | {:.2f} | {:.2f} |\n", style,
                 result.mean_distance.value_or(0.0), result.nearest_distance.value_or(0.0),
                 result.mean_ratio.value_or(0.0), result.nearest_ratio.value_or(0.0));
    }
  }
}

void print_copying(const ScoresByStyle& pieces, const std::vector<fs::path>& humans) {
  std::vector<Score> people;
  std::map<std::string, std::vector<Score>> by_folder;
  for (const fs::path& folder : humans) {
    auto& scores = by_folder[folder.filename().string()];
    scores = human_pieces(folder, pieces_a_set(pieces), longest_of(pieces));
    people.insert(people.end(), scores.begin(), scores.end());
  }
  const Limits limits = limits_of(people.empty() ? Baseline{} : copying_within(people).baseline);
  fmt::print(
      "\nLimits: {} distinctive notes, {} symbols, {:.2f} of four bars\n\n"
      "| set | pieces | longest run, notes, median/95 % | distinctive notes | coverage of 5 "
      "% | of 8 % | of 12 % | highest overlap of 4 bars | refused |\n"
      "|---|---|---|---|---|---|---|---|---|\n",
      limits.distinctive_notes, limits.distinctive_symbols, limits.overlap.value_or(0.0));
  for (const auto& [name, scores] : by_folder)
    print_copies(name + " (people)", copying_within(scores), limits);
  for (const auto& [style, scores] : pieces) print_copies(style, copying_within(scores), limits);
}

}  // namespace undersong
