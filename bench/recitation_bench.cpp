// How much of what a model writes stood in what it learned?
//
//   recitation_bench CORPUS GROUP FOLDER…
//
// Each FOLDER holds MIDI files that one model wrote after learning from the GROUP of a CORPUS. Two
// ways to look: in the model's own terms (symbols, which have no rhythm), moved by up to six
// semitones; and as `undersong check` does, over the whole corpus. The first rows are human: each
// stretch of 300 symbols of a piece against the other pieces of the group. Medians over the files.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "corpus/corpus.h"
#include "midi/midi_file.h"
#include "originality/index.h"
#include "tokens/symbols.h"

namespace undersong {
namespace {

constexpr std::size_t kStretch = 300;
constexpr int kMostSemitones = 6;

using Symbols = std::vector<int>;

// Symbols as numbers, the same for every piece.
class Names {
 public:
  Symbols numbers_of(const Score& score) {
    Symbols numbers;
    for (const SymbolEvent& event : symbol_events(score)) {
      const auto next = static_cast<int>(numbers_.size());
      numbers.push_back(numbers_.emplace(event.symbol, next).first->second);
    }
    return numbers;
  }

 private:
  std::map<std::string, int> numbers_;
};

// Drops symbols that the group has fewer than ten times, as training does.
void drop_rare(std::vector<Symbols>& pieces) {
  std::map<int, int> counts;
  for (const Symbols& piece : pieces) {
    for (const int symbol : piece) ++counts[symbol];
  }
  for (Symbols& piece : pieces) {
    std::erase_if(piece, [&counts](int symbol) { return counts[symbol] < 10; });
  }
}

struct Recital {
  std::size_t longest = 0;  // symbols in a row that stand in one piece
  std::array<double, kCoverageLengths.size()> coverage{};
};

// Symbols before and with each of `track` that stand in a row somewhere in `pieces`.
std::vector<std::size_t> runs_before(const Symbols& track, const std::vector<Symbols>& pieces,
                                     std::size_t except) {
  std::vector<std::size_t> longest(track.size(), 0);
  for (std::size_t number = 0; number < pieces.size(); ++number) {
    if (number == except) continue;
    const Symbols& piece = pieces[number];
    std::vector<std::size_t> before(piece.size() + 1, 0);
    for (std::size_t i = 0; i < track.size(); ++i) {
      for (std::size_t j = piece.size(); j > 0; --j) {
        before[j] = piece[j - 1] == track[i] ? before[j - 1] + 1 : 0;
        longest[i] = std::max(longest[i], before[j]);
      }
    }
  }
  return longest;
}

Recital recital_of(const Symbols& track, const std::vector<Symbols>& pieces, std::size_t except) {
  Recital recital;
  const std::vector<std::size_t> runs = runs_before(track, pieces, except);
  if (runs.empty()) return recital;
  recital.longest = *std::max_element(runs.begin(), runs.end());
  for (std::size_t i = 0; i < kCoverageLengths.size(); ++i) {
    const auto length = static_cast<std::size_t>(kCoverageLengths[i]);
    if (track.size() < length) continue;
    // An n-gram stands there when the run that ends with it is as long.
    const auto known = std::count_if(runs.begin(), runs.end(),
                                     [length](std::size_t run) { return run >= length; });
    recital.coverage[i] =
        static_cast<double>(known) / static_cast<double>(track.size() - length + 1);
  }
  return recital;
}

Score moved(Score score, int semitones) {
  for (Track& track : score.tracks) {
    for (Note& note : track.notes)
      note.pitch = static_cast<std::uint8_t>(std::clamp(note.pitch + semitones, 0, 127));
  }
  sort_events(score);
  return score;
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
  std::vector<Recital> recitals;
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
        median_of(recitals, [](const Recital& r) { return static_cast<double>(r.longest); }));
    for (std::size_t i = 0; i < kCoverageLengths.size(); ++i)
      fmt::print(" {:.0f} % |",
                 100 * median_of(recitals, [i](const Recital& r) { return r.coverage[i]; }));
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
    IndexBuilder builder(corpus, corpus_.manifest().sha256());
    for (const Piece& piece : corpus_.manifest().pieces) {
      const Score score = corpus_.read_piece(piece);
      builder.add({piece.id, piece.title, piece.path, piece.licence, piece.source,
                   piece.duplicate_of.empty() ? piece.id : piece.duplicate_of},
                  score);
      if (piece.group == group && piece.duplicate_of.empty())
        learned_.push_back(names_.numbers_of(score));
    }
    drop_rare(learned_);
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
      const Symbols& symbols = learned_[piece];
      for (std::size_t at = 0; at + kStretch <= symbols.size(); at += kStretch) {
        const auto begin = symbols.begin() + static_cast<std::ptrdiff_t>(at);
        row.recitals.push_back(
            recital_of({begin, begin + std::ptrdiff_t{kStretch}}, learned_, piece));
      }
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
      Recital best;
      for (int semitones = -kMostSemitones; semitones < kMostSemitones; ++semitones) {
        const Recital recital =
            recital_of(names_.numbers_of(moved(score, semitones)), learned_, learned_.size());
        if (recital.longest > best.longest) best = recital;
      }
      row.recitals.push_back(best);
      row.closeness.push_back(index_->compare(score));
      if (judge(row.closeness.back(), limits_of(index_->baseline())) == Verdict::kTooClose)
        ++row.too_close;
    }
    row.print();
  }

 private:
  Corpus corpus_;
  Names names_;
  std::vector<Symbols> learned_;
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
