#include "pipeline/corpus.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/cancel.h"
#include "base/error.h"
#include "corpus/corpus.h"
#include "corpus/licence.h"
#include "corpus/writer.h"
#include "tokens/symbols.h"

namespace undersong {
namespace {

CorpusList::Entry list_entry(const std::string& name) {
  CorpusList::Entry entry;
  entry.name = name;
  try {
    const Corpus corpus = Corpus::open(name);
    const Manifest& manifest = corpus.manifest();
    entry.pieces = static_cast<std::int64_t>(manifest.pieces.size());
    entry.groups = static_cast<std::int64_t>(group_names(manifest).size());
    entry.rejections = static_cast<std::int64_t>(manifest.rejections.size());
    for (const auto& piece : manifest.pieces) {
      entry.notes += piece.notes;
      entry.seconds += piece.seconds;
    }
  } catch (const Error& error) {
    entry.problem = error.message();
  }
  return entry;
}

void count_piece(CorpusStatistics& statistics, const Piece& piece) {
  ++statistics.pieces;
  statistics.notes += piece.notes;
  statistics.seconds += piece.seconds;
  if (!piece.duplicate_of.empty()) ++statistics.duplicates;
  if (!piece.repairs.empty()) ++statistics.repaired;
  if (is_publishable(piece.licence)) ++statistics.publishable;
  if (!piece.transcribed.recording_sha256.empty()) ++statistics.transcribed;
  ++statistics.groups[piece.group];
  ++statistics.licences[piece.licence];
  auto& split = statistics.splits[std::string(name_of(piece.split))];
  ++split.pieces;
  split.notes += piece.notes;
  split.seconds += piece.seconds;
}

void count_symbols(CorpusStatistics& statistics, const Corpus& corpus,
                   const std::vector<Piece>& pieces, Progress& progress) {
  std::unordered_map<std::string, std::int64_t> counts;
  progress.begin("counting symbols", static_cast<std::int64_t>(pieces.size()), "pieces");
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    throw_if_cancelled();
    if (pieces[i].duplicate_of.empty()) {
      for (auto& event : symbol_events(corpus.read_piece(pieces[i]))) ++counts[event.symbol];
    }
    progress.update(static_cast<std::int64_t>(i + 1), pieces[i].path);
  }
  progress.end();
  for (const auto& [symbol, count] : counts) {
    statistics.symbol_counts.push_back({symbol, count});
    statistics.symbols += count;
    if (count >= statistics.rare_below) continue;
    ++statistics.rare_symbols;
    statistics.rare_occurrences += count;
  }
  using SymbolCount = CorpusStatistics::SymbolCount;
  std::sort(statistics.symbol_counts.begin(), statistics.symbol_counts.end(),
            [](const SymbolCount& a, const SymbolCount& b) {
              return a.count != b.count ? a.count > b.count : a.symbol < b.symbol;
            });
}

}  // namespace

CorpusList corpus_list() {
  CorpusList list;
  list.folder = corpora_folder();
  for (const auto& name : corpus_names()) list.corpora.push_back(list_entry(name));
  return list;
}

CorpusContents corpus_show(const std::string& name, const std::string& group) {
  const Corpus corpus = Corpus::open(name);
  return {name, group, corpus.folder(), pieces_of_group(corpus.manifest(), group),
          corpus.manifest().rejections};
}

CorpusStatistics corpus_stats(const std::string& name, const std::string& group,
                              std::int64_t rare_below, Progress& progress) {
  if (rare_below < 0) {
    throw Error(ErrorKind::kUsage,
                fmt::format("no symbol is seen fewer than {} times; give 0 or more", rare_below));
  }
  const Corpus corpus = Corpus::open(name);
  const auto pieces = pieces_of_group(corpus.manifest(), group);
  CorpusStatistics statistics;
  statistics.name = name;
  statistics.group = group;
  statistics.rare_below = rare_below;
  statistics.rejections = static_cast<std::int64_t>(corpus.manifest().rejections.size());
  for (const Split split : {Split::kTrain, Split::kValid, Split::kTest})
    statistics.splits[std::string(name_of(split))] = {};
  for (const auto& piece : pieces) count_piece(statistics, piece);
  count_symbols(statistics, corpus, pieces, progress);
  return statistics;
}

CorpusRemoval corpus_remove(const std::string& name, const std::string& group) {
  CorpusRemoval removal{name, group, 0};
  if (!group.empty()) {
    removal.pieces = remove_group(name, group);
    return removal;
  }
  const auto names = corpus_names();
  if (std::find(names.begin(), names.end(), name) != names.end())
    removal.pieces = list_entry(name).pieces;
  remove_corpus(name);
  return removal;
}

}  // namespace undersong
