// How much of what a model writes stood in what it learned?
//
//   recitation_bench CORPUS GROUP FOLDER…
//
// Each FOLDER holds MIDI files that one model wrote after learning from the GROUP of a CORPUS. Two
// ways to look: in the model's own terms (symbols, which have no rhythm), at any pitch; and as
// `undersong check` does, over the whole corpus. The first rows are human: each stretch of 300
// symbols of a piece against the other pieces of the group. Medians over the files.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "corpus/corpus.h"
#include "midi/midi_file.h"
#include "originality/index.h"
#include "originality/symbol_runs.h"
#include "tokens/symbols.h"

namespace undersong {
namespace {

constexpr std::size_t kStretch = 300;

using Symbols = std::vector<std::string>;

Symbols symbols_of(const Score& score) {
  Symbols symbols;
  for (const SymbolEvent& event : symbol_events(score)) symbols.push_back(event.symbol);
  return symbols;
}

// Drops symbols that the group has fewer than ten times, as training does.
void drop_rare(std::vector<Symbols>& pieces) {
  constexpr int kLeast = 10;
  std::map<std::string, int> counts;
  for (const Symbols& piece : pieces) {
    for (const std::string& symbol : piece) ++counts[symbol];
  }
  for (Symbols& piece : pieces)
    std::erase_if(piece, [&](const std::string& symbol) { return counts[symbol] < kLeast; });
}

double median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// A row of the table.
struct Row {
  std::string name;
  std::vector<SymbolRecital> recitals;
  std::vector<Closeness> closeness;
  std::size_t too_close = 0;

  void print() const {
    const auto median_of = [](const auto& all, auto value) {
      std::vector<double> values;
      for (const auto& one : all) values.push_back(value(one));
      return median(std::move(values));
    };
    fmt::print(
        "| {} | {} | {:.0f} |", name, recitals.size(),
        median_of(recitals, [](const SymbolRecital& r) { return static_cast<double>(r.symbols); }));
    for (std::size_t i = 0; i < kCoverageLengths.size(); ++i)
      fmt::print(" {:.0f} % |",
                 100 * median_of(recitals, [i](const SymbolRecital& r) { return r.coverage[i]; }));
    if (closeness.empty()) {
      fmt::print(" | | | |\n");
      return;
    }
    const auto share = static_cast<double>(too_close) / static_cast<double>(closeness.size());
    fmt::print(
        " {:.0f} | {:.0f} | {:.2f} | {:.0f} % |\n",
        median_of(closeness,
                  [](const Closeness& c) { return static_cast<double>(c.longest_run.notes); }),
        median_of(closeness,
                  [](const Closeness& c) {
                    return static_cast<double>(c.most_distinctive_run.distinctive_notes);
                  }),
        median_of(closeness,
                  [](const Closeness& c) {
                    const WindowOverlap* highest = highest_overlap(c);
                    return highest == nullptr ? 0.0 : highest->overlap;
                  }),
        100 * share);
  }
};

class Bench {
 public:
  Bench(const std::string& corpus, const std::string& group) : corpus_(Corpus::open(corpus)) {
    std::vector<Symbols> group_pieces;
    IndexBuilder builder(corpus, corpus_.manifest().sha256());
    for (const Piece& piece : corpus_.manifest().pieces) {
      const Score score = corpus_.read_piece(piece);
      builder.add({piece.id, piece.title, piece.path, piece.licence, piece.source,
                   piece.duplicate_of.empty() ? piece.id : piece.duplicate_of},
                  score);
      if (piece.group == group && piece.duplicate_of.empty())
        group_pieces.push_back(symbols_of(score));
    }
    drop_rare(group_pieces);
    for (const Symbols& piece : group_pieces) learned_.push_back(symbol_steps(piece));
    const auto path = std::filesystem::temp_directory_path() /
                      fmt::format("recitation_bench-{}.index", static_cast<long>(::getpid()));
    constexpr std::size_t kBaselinePieces = 60;
    builder.save(path, kBaselinePieces, Overwrite::kAllow, silent_progress());
    index_ = OriginalityIndex::open(path);
    std::filesystem::remove(path);
    const Limits limits = limits_of(index_->baseline());
    fmt::print("{} pieces of {}; limits: {} notes, overlap {:.2f}\n\n", learned_.size(), group,
               limits.distinctive_notes, limits.overlap.value_or(0.0));
    fmt::print(
        "| | files | longest run of symbols | of 5 | of 8 | of 12 | longest run of notes | "
        "distinctive | overlap | too close |\n|---|---|---|---|---|---|---|---|---|---|\n");
  }

  void show_human() {
    Row row{"human, against the other pieces", {}, {}, 0};
    for (std::size_t piece = 0; piece < learned_.size(); ++piece) {
      const std::span<const std::uint64_t> steps = learned_[piece];
      for (std::size_t at = 0; at + kStretch <= steps.size(); at += kStretch)
        row.recitals.push_back(recital_of(steps.subspan(at, kStretch - 1), learned_, piece));
    }
    row.print();
  }

  void show(const std::filesystem::path& folder) {
    Row row{folder.filename().string(), {}, {}, 0};
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".mid") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
      const Score score = load_midi(path).score;
      row.recitals.push_back(recital_of(symbol_steps(symbols_of(score)), learned_));
      row.closeness.push_back(index_->compare(score));
      if (judge(row.closeness.back(), limits_of(index_->baseline())) == Verdict::kTooClose)
        ++row.too_close;
    }
    row.print();
  }

 private:
  Corpus corpus_;
  std::vector<std::vector<std::uint64_t>> learned_;  // steps of the group's pieces
  std::shared_ptr<const OriginalityIndex> index_;
};

}  // namespace
}  // namespace undersong

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 2) {
    fmt::print(stderr, "recitation_bench CORPUS GROUP FOLDER…\n");
    return 2;
  }
  try {
    undersong::Bench bench(arguments[0], arguments[1]);
    bench.show_human();
    for (std::size_t i = 2; i < arguments.size(); ++i) bench.show(arguments[i]);
  } catch (const undersong::Error& error) {
    fmt::print(stderr, "recitation_bench: {}\n", error.message());
    return undersong::exit_code(error.kind());
  }
}
