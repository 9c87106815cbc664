// A corpus -> a training file.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include "base/cancel.h"
#include "base/error.h"
#include "base/parallel.h"
#include "base/suggestion.h"
#include "corpus/training_file.h"
#include "corpus/training_split.h"
#include "corpus/training_writer.h"
#include "tokens/composer_text.h"

namespace undersong {
namespace {

// Of the notes of a style; enough to tell styles apart, and what is held out teaches nothing.
constexpr double kHeldOut = 0.06;
constexpr const char* kPianoPart = " (piano part)";

// One file of the corpus, and what became of it.
struct Work {
  const Piece* piece = nullptr;
  std::string name;  // GROUP/PATH
  RuledPiece ruled;
  // The piece, and its piano part where that is wanted and there is one.
  struct Result {
    std::string name;
    GridPiece bars;
  };
  std::vector<Result> results;
  GridLosses losses;
  std::vector<LeftOut> left_out;
};

std::string name_in(const Piece& piece) {
  return piece.group.empty() ? piece.path : piece.group + "/" + piece.path;
}

std::int64_t notes_of(const GridPiece& piece) {
  std::int64_t notes = 0;
  for (const GridBar& bar : piece.bars) notes += static_cast<std::int64_t>(bar.notes.size());
  return notes;
}

std::optional<std::string> reason_against(const Piece& piece, const RuledPiece& ruled,
                                          const std::map<std::string, std::string>& path_of) {
  if (!piece.duplicate_of.empty()) return "it has the notes of " + path_of.at(piece.duplicate_of);
  if (ruled.style) return {};
  return ruled.left_out_by_rule ? "a rule leaves it out" : "no rule gives it a style";
}

std::vector<Work> choose_pieces(const Manifest& manifest, const std::vector<StyleRule>& rules,
                                std::vector<LeftOut>& left_out) {
  std::map<std::string, std::string> path_of;
  for (const Piece& piece : manifest.pieces) path_of.emplace(piece.id, name_in(piece));
  std::vector<Work> chosen;
  for (const Piece& piece : manifest.pieces) {
    Work work;
    work.piece = &piece;
    work.name = name_in(piece);
    work.ruled = apply_rules(rules, work.name);
    if (const auto reason = reason_against(piece, work.ruled, path_of)) {
      left_out.push_back({work.name, *reason});
    } else {
      chosen.push_back(std::move(work));
    }
  }
  return chosen;
}

// The tracks that a piano plays; nothing when there is none, or when all of it is piano.
std::optional<Score> piano_part_of(const Score& score) {
  Score part = score;
  const auto is_other = [](const Track& track) {
    return lower_case(track.name).find("piano") == std::string::npos;
  };
  const auto with_notes = [](const Track& track) { return !track.notes.empty(); };
  if (std::none_of(score.tracks.begin(), score.tracks.end(),
                   [&](const Track& track) { return with_notes(track) && is_other(track); }))
    return {};
  std::erase_if(part.tracks, is_other);
  if (std::none_of(part.tracks.begin(), part.tracks.end(), with_notes)) return {};
  return part;
}

void take(Work& work, const std::string& name, const Score& score, const GridOptions& options,
          std::int64_t fewest_notes) {
  try {
    GridResult grid = to_grid(score, options);
    const std::int64_t notes = notes_of(grid.piece);
    if (notes < std::max<std::int64_t>(1, fewest_notes)) {
      work.left_out.push_back(
          {name, fmt::format("it has {} notes, fewer than {}", notes, fewest_notes)});
      return;
    }
    work.losses += grid.losses;
    work.results.push_back({name, std::move(grid.piece)});
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kFormat && error.kind() != ErrorKind::kUnsupported) throw;
    work.left_out.push_back({name, error.message()});
  }
}

void read_work(Work& work, const Corpus& corpus, std::int64_t fewest_notes) {
  throw_if_cancelled();
  const Score score = corpus.read_piece(*work.piece);
  take(work, work.name, score, {.style = *work.ruled.style, .drums_only = work.ruled.drums_only},
       fewest_notes);
  if (!work.ruled.piano_part || work.results.empty()) return;
  if (const auto part = piano_part_of(score)) {
    take(work, work.name + kPianoPart, *part, {.style = *work.ruled.piano_part}, fewest_notes);
  }
}

// Files of one folder are one unit where a rule keeps them together, unless that leaves a stratum
// with too few units to hold anything out.
std::vector<SplitUnit> units_of(const std::vector<Work>& works, std::vector<std::size_t>& unit_of) {
  const auto stratum_of = [](const Work& work) {
    return std::string(name_of(*work.ruled.style)) + " " + work.piece->group;
  };
  const auto folder_of = [](const Work& work) {
    return work.name.substr(0, work.name.rfind('/')) + "/";
  };
  std::map<std::string, std::map<std::string, int>> folders;
  for (const Work& work : works) {
    const std::string unit = work.ruled.together ? folder_of(work) : work.name;
    ++folders[stratum_of(work)][unit];
  }
  std::vector<SplitUnit> units;
  std::map<std::string, std::size_t> known;
  for (const Work& work : works) {
    const std::string stratum = stratum_of(work);
    const bool together = work.ruled.together && folders[stratum].size() >= 3;
    const std::string id = together ? folder_of(work) : work.piece->id;
    const auto [place, is_new] = known.emplace(stratum + "\n" + id, units.size());
    if (is_new) units.push_back({stratum, id, 0});
    for (const auto& result : work.results) units[place->second].notes += notes_of(result.bars);
    unit_of.push_back(place->second);
  }
  return units;
}

std::vector<Split> splits_of(const std::vector<Work>& works, bool own_splits) {
  std::vector<Split> splits;
  if (own_splits) {
    for (const Work& work : works) splits.push_back(work.piece->split);
    return splits;
  }
  std::vector<std::size_t> unit_of;
  const auto units = units_of(works, unit_of);
  const auto by_unit = split_by_stratum(units, kHeldOut);
  for (const std::size_t unit : unit_of) splits.push_back(by_unit[unit]);
  return splits;
}

// Ranks the bars of each style among those that are learned from; among all where none are.
std::vector<std::vector<double>> rank_energies(std::vector<TrainingEntry>& entries) {
  std::vector<std::vector<double>> borders(kGridStyleCount);
  for (int style = 0; style < kGridStyleCount; ++style) {
    std::vector<GridPiece*> all;
    std::vector<const GridPiece*> learned;
    for (auto& entry : entries) {
      if (entry.bars.style != static_cast<GridStyle>(style)) continue;
      all.push_back(&entry.bars);
      if (entry.about.split == Split::kTrain) learned.push_back(&entry.bars);
    }
    if (all.empty()) continue;
    if (learned.empty()) learned.assign(all.begin(), all.end());
    auto& of_style = borders[static_cast<std::size_t>(style)];
    of_style = energy_borders(learned);
    for (GridPiece* piece : all) set_energies(*piece, of_style);
  }
  return borders;
}

double seconds_of(const GridPiece& piece) {
  double seconds = 0.0;
  for (const GridBar& bar : piece.bars)
    seconds += kGridMeters[bar.meter].length() * 60.0 / (kGridPerQuarter * tempo_of(bar.tempo));
  return seconds;
}

std::int64_t tokens_of(const GridPiece& piece) {
  TextLayout whole;
  whole.last_bar = static_cast<int>(piece.bars.size());
  return static_cast<std::int64_t>(to_composer_text(piece, whole).size());
}

void count(const std::vector<TrainingEntry>& entries, PrepareReport& report, Progress& progress) {
  std::vector<std::int64_t> tokens(entries.size());
  progress.begin("counting tokens", static_cast<std::int64_t>(entries.size()), "pieces");
  for_each_in_parallel(
      entries.size(),
      [&](std::size_t i) {
        throw_if_cancelled();
        tokens[i] = tokens_of(entries[i].bars);
      },
      progress);
  progress.end();
  report.styles.resize(kGridStyleCount);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const GridPiece& piece = entries[i].bars;
    StyleCount& style = report.styles[static_cast<std::size_t>(piece.style)];
    const std::int64_t notes = notes_of(piece);
    const auto split = static_cast<std::size_t>(entries[i].about.split);
    ++style.pieces;
    ++style.pieces_by_split[split];
    style.notes_by_split[split] += notes;
    style.notes += notes;
    style.bars += static_cast<std::int64_t>(piece.bars.size());
    style.tokens += tokens[i];
    style.seconds += seconds_of(piece);
  }
  for (const StyleCount& style : report.styles) {
    report.pieces += style.pieces;
    report.bars += style.bars;
    report.notes += style.notes;
    report.tokens += style.tokens;
    report.seconds += style.seconds;
  }
}

[[noreturn]] void throw_nothing_left(const Corpus& corpus, const std::vector<LeftOut>& left_out) {
  throw Error(
      ErrorKind::kUsage,
      left_out.empty()
          ? fmt::format("corpus {} has no piece to prepare", display(corpus.manifest().name))
          : fmt::format("corpus {} has nothing that can be learned from: of {} pieces none is "
                        "left, {} for instance because {}",
                        display(corpus.manifest().name), corpus.manifest().pieces.size(),
                        display(left_out.front().path), left_out.front().reason));
}

}  // namespace

PrepareReport prepare_training_file(const Corpus& corpus, const PrepareOptions& options,
                                    const std::filesystem::path& folder, Overwrite overwrite,
                                    Progress& progress) {
  check_training_output(folder, overwrite);
  TrainingContents contents;
  contents.corpus = corpus.manifest().name;
  contents.corpus_sha256 = corpus.manifest().sha256();
  std::vector<Work> works = choose_pieces(corpus.manifest(), options.rules, contents.left_out);
  progress.begin("reading", static_cast<std::int64_t>(works.size()), "pieces");
  for_each_in_parallel(
      works.size(), [&](std::size_t i) { read_work(works[i], corpus, options.fewest_notes); },
      progress);
  progress.end();

  for (Work& work : works) {
    contents.losses += work.losses;
    std::move(work.left_out.begin(), work.left_out.end(), std::back_inserter(contents.left_out));
  }
  std::erase_if(works, [](const Work& work) { return work.results.empty(); });
  if (works.empty()) throw_nothing_left(corpus, contents.left_out);
  const auto splits = splits_of(works, options.rules.empty());
  for (std::size_t i = 0; i < works.size(); ++i) {
    for (auto& result : works[i].results) {
      TrainingEntry& entry = contents.entries.emplace_back();
      entry.about.path = std::move(result.name);
      entry.about.licence = works[i].piece->licence;
      entry.about.split = splits[i];
      entry.bars = std::move(result.bars);
    }
  }
  contents.energy_borders = rank_energies(contents.entries);
  PrepareReport report;
  count(contents.entries, report, progress);
  report.bytes = write_training_file(contents, options.shard_bytes, folder, overwrite);
  report.losses = contents.losses;
  report.left_out = std::move(contents.left_out);
  return report;
}

}  // namespace undersong
