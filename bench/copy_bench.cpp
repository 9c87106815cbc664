// Does the program find copies? Plants disguised copies of learned music in music that was not
// learned, and counts what is found, what is named, and how often honest music is called a copy.
//
//   copy_bench FOLDER… [--plants N] [--seed N] [--baseline N] [--without-index]
//       [--worst N]
//
// Each FOLDER holds MIDI files in folders by composer. A fifth of the pieces (whole families) is
// not learned: it gives the hosts and the honest tracks. N plants per kind and length.

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/progress.h"
#include "base/rng.h"
#include "base/suggestion.h"
#include "corpus/digest.h"
#include "midi/midi_file.h"
#include "originality/fingerprints.h"
#include "originality/index.h"
#include "plants.h"

namespace undersong {
namespace {

constexpr std::array<std::int64_t, 3> kLengths = {4, 8, 16};

struct Options {
  std::vector<std::filesystem::path> folders;
  std::int64_t plants = 50;
  std::uint64_t seed = 1;
  std::size_t baseline = 100;  // pieces
  std::size_t worst = 0;
  bool with_index = true;
};

struct Work {
  LearnedPiece piece;
  std::string composer;
  Score score;
};

// What one reference says of one track.
struct Answer {
  std::int64_t notes = 0;
  std::int64_t distinctive = 0;
  std::int64_t symbols = 0;  // distinctive ones of the run without rhythm
  double overlap = 0.0;
  SharedRun run;
  bool run_names_it = false;
  bool symbols_name_it = false;
  bool window_names_it = false;
  bool bars_right = false;  // of the run: the learned bars and the track's
  std::string named;
};

struct Trial {
  std::optional<PlantKind> kind;  // unset: an honest track
  std::int64_t bars = 0;
  std::string title;
  std::vector<Answer> answers;  // of each reference
};

struct Judged {
  bool found = false;
  bool named = false;
};

Judged judged(const Answer& answer, const Limits& limits) {
  Judged result;
  const bool by_run = answer.distinctive > limits.distinctive_notes;
  const bool by_symbols = answer.symbols > limits.distinctive_symbols;
  const bool by_window = limits.overlap && answer.overlap > *limits.overlap;
  result.found = by_run || by_symbols || by_window;
  result.named = (by_run && answer.run_names_it) || (by_symbols && answer.symbols_name_it) ||
                 (by_window && answer.window_names_it);
  return result;
}

std::string composer_of(const std::filesystem::path& relative) {
  const std::string folder = lower_case(relative.begin()->string());
  return folder.substr(0, folder.find(','));
}

std::vector<Work> load_works(const std::vector<std::filesystem::path>& folders) {
  std::vector<Work> works;
  std::map<std::string, std::string> families;
  for (const auto& folder : folders) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (lower_case(entry.path().extension().string()) == ".mid") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
      Work work;
      try {
        work.score = load_midi(path).score;
      } catch (const Error&) {
        continue;
      }
      const auto relative = std::filesystem::relative(path, folder);
      work.composer = composer_of(relative);
      work.piece.id = std::to_string(works.size());
      work.piece.path = (folder.filename() / relative).string();
      work.piece.family =
          families.emplace(digest_notes(work.score).sha256, work.piece.id).first->second;
      works.push_back(std::move(work));
    }
  }
  return works;
}

bool overlap(const BarRange& a, const BarRange& b) {
  return a.first <= b.last && b.first <= a.last;
}

Answer answer_of(const Reference& reference, const Score& track, const Plant* plant,
                 const Work* source) {
  const Closeness closeness = reference.compare(track);
  Answer answer;
  answer.run = closeness.most_distinctive_run;
  answer.notes = closeness.longest_run.notes;
  answer.distinctive = answer.run.distinctive_notes;
  const auto pieces = reference.pieces();
  if (answer.run.notes > 0) {
    const LearnedPiece& named = pieces[answer.run.nearest.piece];
    answer.named = named.path;
    answer.run_names_it = plant != nullptr && named.family == source->piece.family;
    answer.bars_right = answer.run_names_it && overlap(answer.run.bars, plant->bars) &&
                        (overlap(answer.run.nearest.bars, plant->source) ||
                         share_runs(source->score, answer.run.nearest.bars, plant->source));
  }
  if (const SharedRun& symbols = closeness.symbol_run; symbols.notes > 0) {
    answer.symbols = symbols.distinctive_notes;
    answer.symbols_name_it =
        plant != nullptr && pieces[symbols.nearest.piece].family == source->piece.family;
  }
  if (const WindowOverlap* highest = highest_overlap(closeness);
      highest != nullptr && highest->overlap > 0) {
    answer.overlap = highest->overlap;
    answer.window_names_it =
        plant != nullptr && pieces[highest->nearest.piece].family == source->piece.family;
  }
  return answer;
}

struct Interval {
  double low = 0.0;
  double high = 0.0;
};

// Source: Wilson 1927, doi:10.1080/01621459.1927.10502953.
Interval wilson(double hits, double all) {
  if (all == 0) return {0, 1};
  constexpr double kZ = 1.959964;
  const double share = hits / all;
  const double middle = share + kZ * kZ / (2 * all);
  const double half = kZ * std::sqrt(share * (1 - share) / all + kZ * kZ / (4 * all * all));
  const double scale = 1 + kZ * kZ / all;
  return {std::max(0.0, (middle - half) / scale), std::min(1.0, (middle + half) / scale)};
}

std::string percent(double hits, double all) {
  return all == 0 ? std::string("-") : fmt::format("{:.0f} %", 100 * hits / all);
}

std::string percent_with_interval(double hits, double all) {
  const Interval interval = wilson(hits, all);
  return fmt::format("{:.1f} % [{:.1f}, {:.1f}]", 100 * hits / all, 100 * interval.low,
                     100 * interval.high);
}

class Bench {
 public:
  Bench(Options options) : options_(std::move(options)), rng_(options_.seed) {}

  void run() {
    works_ = load_works(options_.folders);
    divide();
    build();
    try_honest();
    try_plants();
    for (std::size_t i = 0; i < references_.size(); ++i) report(i);
    if (references_.size() > 1) report_agreement();
    for (std::size_t i = 0; i < references_.size(); ++i) sweep(i);
    for (std::size_t i = 0; i < references_.size(); ++i) show_worst(i);
  }

 private:
  void divide();
  void build();
  template <typename Builder>
  std::filesystem::path build_with(const std::string& name);
  void try_honest();
  void try_plants();
  void answer(Trial trial, const Score& track, const Plant* plant, const Work* source);
  void report(std::size_t reference) const;
  void report_agreement() const;
  void sweep(std::size_t reference) const;
  void show_worst(std::size_t reference) const;
  double count(std::function<bool(const Trial&)> matches) const {
    return static_cast<double>(std::count_if(trials_.begin(), trials_.end(), matches));
  }

  Options options_;
  Rng rng_;
  std::vector<Work> works_;
  std::vector<const Work*> learned_;
  std::vector<const Work*> held_out_;
  std::vector<std::string> names_;
  std::vector<std::shared_ptr<const Reference>> references_;
  std::vector<Limits> limits_;
  std::vector<double> seconds_;
  std::vector<Trial> trials_;
};

void Bench::divide() {
  std::vector<std::string> families;
  for (const Work& work : works_) {
    if (work.piece.family == work.piece.id) families.push_back(work.piece.id);
  }
  Rng rng = rng_.fork("division");
  rng.shuffle(std::span(families));
  const std::set<std::string> out(
      families.begin(), families.begin() + static_cast<std::ptrdiff_t>(families.size() / 5));
  for (const Work& work : works_) {
    if (!out.contains(work.piece.family)) {
      learned_.push_back(&work);
    } else if (work.piece.family == work.piece.id) {
      held_out_.push_back(&work);
    }
  }
  std::size_t notes = 0;
  for (const Work* work : learned_) notes += note_count(work->score);
  fmt::print("{} pieces, {} families; learned: {} pieces, {} notes; honest: {}\n", works_.size(),
             families.size(), learned_.size(), notes, held_out_.size());
}

template <typename Builder>
std::filesystem::path Bench::build_with(const std::string& name) {
  const auto path = std::filesystem::temp_directory_path() /
                    fmt::format("copy_bench-{}.{}", static_cast<long>(::getpid()), name);
  const auto start = std::chrono::steady_clock::now();
  Builder builder("bench", "");
  for (const Work* work : learned_) builder.add(work->piece, work->score);
  builder.save(path, options_.baseline, Overwrite::kAllow, silent_progress());
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  fmt::print("{}: {:.1f} s, {} bytes\n", name, taken.count(), std::filesystem::file_size(path));
  names_.push_back(name);
  return path;
}

void Bench::build() {
  if (options_.with_index) {
    const auto path = build_with<IndexBuilder>("index");
    references_.push_back(OriginalityIndex::open(path));
    std::filesystem::remove(path);
  }
  const auto path = build_with<FingerprintBuilder>("fingerprints");
  references_.push_back(Fingerprints::load(path));
  std::filesystem::remove(path);
  for (const auto& reference : references_) {
    limits_.push_back(limits_of(reference->baseline()));
    const Baseline& human = reference->baseline();
    fmt::print(
        "baseline of {} pieces: run {:.1f} ({:.0f}-{:.0f}), distinctive {:.1f} ({:.0f}-{:.0f}), "
        "without rhythm {:.1f} ({:.0f}-{:.0f}), overlap {:.2f} ({:.2f}-{:.2f}); limits: {} notes, "
        "{} without rhythm, overlap {}\n",
        human.pieces, human.run_notes.mean, human.run_notes.low, human.run_notes.high,
        human.distinctive_notes.mean, human.distinctive_notes.low, human.distinctive_notes.high,
        human.distinctive_symbols.mean, human.distinctive_symbols.low,
        human.distinctive_symbols.high, human.highest_overlap.mean, human.highest_overlap.low,
        human.highest_overlap.high, limits_.back().distinctive_notes,
        limits_.back().distinctive_symbols,
        limits_.back().overlap ? fmt::format("{:.2f}", *limits_.back().overlap) : "-");
  }
  seconds_.assign(references_.size(), 0.0);
}

void Bench::answer(Trial trial, const Score& track, const Plant* plant, const Work* source) {
  for (std::size_t i = 0; i < references_.size(); ++i) {
    const auto start = std::chrono::steady_clock::now();
    trial.answers.push_back(answer_of(*references_[i], track, plant, source));
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    seconds_[i] += taken.count();
  }
  trials_.push_back(std::move(trial));
}

void Bench::try_honest() {
  Rng rng = rng_.fork("honest");
  for (const Work* work : held_out_)
    answer({std::nullopt, 0, work->piece.path, {}}, stretch_of(work->score, rng), nullptr, nullptr);
}

void Bench::try_plants() {
  for (const PlantKind kind : kPlantKinds) {
    for (const std::int64_t bars : kLengths) {
      Rng rng = rng_.fork(fmt::format("{} {}", name_of(kind), bars));
      for (std::int64_t planted = 0; planted < options_.plants;) {
        const Work& source = *learned_[rng.below(learned_.size())];
        const Work& host = *held_out_[rng.below(held_out_.size())];
        if (source.composer == host.composer) continue;
        const std::optional<Plant> copy = plant(kind, source.score, host.score, bars, rng);
        if (!copy) continue;
        answer({kind, bars, source.piece.path, {}}, copy->track, &*copy, &source);
        ++planted;
      }
    }
  }
}

void Bench::report(std::size_t reference) const {
  const Limits& limits = limits_[reference];
  const auto found = [&](const Trial& trial) {
    return judged(trial.answers[reference], limits).found;
  };
  const double honest = count([](const Trial& trial) { return !trial.kind; });
  const double alarms = count([&](const Trial& trial) { return !trial.kind && found(trial); });
  fmt::print("\n## {} ({:.0f} ms a track)\n", names_[reference],
             1000 * seconds_[reference] / static_cast<double>(trials_.size()));
  fmt::print("honest tracks called copies: {:.0f} of {:.0f}, {}\n\n", alarms, honest,
             percent_with_interval(alarms, honest));
  fmt::print(
      "| kind | found: 4 bars | 8 bars | 16 bars | precision | piece right | bars right |\n");
  fmt::print("|---|---|---|---|---|---|---|\n");
  for (const PlantKind kind : kPlantKinds) {
    fmt::print("| {} |", name_of(kind));
    const auto of_kind = [kind](const Trial& trial) { return trial.kind == kind; };
    for (const std::int64_t bars : kLengths) {
      const auto of_length = [&](const Trial& trial) {
        return of_kind(trial) && trial.bars == bars;
      };
      fmt::print(" {} |", percent(count([&](const Trial& t) { return of_length(t) && found(t); }),
                                  count(of_length)));
    }
    const double all = count(of_kind);
    const double hits = count([&](const Trial& t) { return of_kind(t) && found(t); });
    const double named = count(
        [&](const Trial& t) { return of_kind(t) && judged(t.answers[reference], limits).named; });
    const double bars = count(
        [&](const Trial& t) { return of_kind(t) && found(t) && t.answers[reference].bars_right; });
    // As many honest tracks as planted ones.
    fmt::print(" {} | {} | {} |\n", percent(hits, hits + alarms * all / honest),
               percent(named, hits), percent(bars, hits));
  }
}

void Bench::report_agreement() const {
  fmt::print(
      "\n## Do both agree?\n| kind | same verdict | same by runs alone | both found | of these the "
      "same piece |\n|---|---|---|---|---|\n");
  // What fingerprints cannot see: windows.
  const Limits runs_alone = {limits_[0].distinctive_notes, limits_[0].distinctive_symbols,
                             std::nullopt};
  const auto line = [&](std::string_view name, const std::function<bool(const Trial&)>& which) {
    double same = 0;
    double same_by_runs = 0;
    double both = 0;
    double piece = 0;
    for (const Trial& trial : trials_) {
      if (!which(trial)) continue;
      const bool first = judged(trial.answers[0], limits_[0]).found;
      const bool first_by_runs = judged(trial.answers[0], runs_alone).found;
      const bool second = judged(trial.answers[1], limits_[1]).found;
      if (first == second) ++same;
      if (first_by_runs == second) ++same_by_runs;
      if (!first || !second) continue;
      ++both;
      if (trial.answers[0].named == trial.answers[1].named) ++piece;
    }
    fmt::print("| {} | {} | {} | {:.0f} | {} |\n", name, percent_with_interval(same, count(which)),
               percent_with_interval(same_by_runs, count(which)), both, percent(piece, both));
  };
  line("honest", [](const Trial& trial) { return !trial.kind; });
  for (const PlantKind kind : kPlantKinds)
    line(name_of(kind), [kind](const Trial& trial) { return trial.kind == kind; });
  line("all", [](const Trial&) { return true; });
}

void Bench::sweep(std::size_t reference) const {
  fmt::print("\n## Limits of {}\n| limits | honest called copies |", names_[reference]);
  for (const PlantKind kind : kPlantKinds) fmt::print(" {} |", name_of(kind));
  fmt::print("\n");
  const auto line = [&](const Limits& limits) {
    const auto found = [&](const Trial& trial) {
      return judged(trial.answers[reference], limits).found;
    };
    const double alarms = count([&](const Trial& t) { return !t.kind && found(t); });
    fmt::print("| {} notes, {} without rhythm, overlap {} | {} |", limits.distinctive_notes,
               limits.distinctive_symbols,
               limits.overlap ? fmt::format("{:.2f}", *limits.overlap) : "-",
               percent_with_interval(alarms, count([](const Trial& t) { return !t.kind; })));
    for (const PlantKind kind : kPlantKinds) {
      std::string cell;
      for (const std::int64_t bars : kLengths) {
        const auto of = [&](const Trial& t) { return t.kind == kind && t.bars == bars; };
        cell += (cell.empty() ? "" : "/") + fmt::format("{:.0f}", 100 * count([&](const Trial& t) {
                                                                    return of(t) && found(t);
                                                                  }) / count(of));
      }
      fmt::print(" {} |", cell);
    }
    fmt::print("\n");
  };
  constexpr std::int64_t kNever = 1 << 20;
  for (const std::int64_t notes : {8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 22, 25, 30, 40})
    line({notes, kNever, std::nullopt});
  for (const std::int64_t symbols : {12, 14, 15, 16, 18, 20, 25})
    line({kNever, symbols, std::nullopt});
  const bool windows = std::any_of(trials_.begin(), trials_.end(), [&](const Trial& trial) {
    return trial.answers[reference].overlap > 0;
  });
  if (!windows) return;
  for (const double overlap : {0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9})
    line({kNever, kNever, overlap});
  for (const std::int64_t notes : {14, 16, 18, 20}) {
    for (const double overlap : {0.6, 0.65, 0.7, 0.75, 0.8}) line({notes, kNever, overlap});
  }
}

void Bench::show_worst(std::size_t reference) const {
  std::vector<const Trial*> honest;
  for (const Trial& trial : trials_) {
    if (!trial.kind) honest.push_back(&trial);
  }
  const auto show = [&](const char* what, auto value) {
    std::stable_sort(honest.begin(), honest.end(), [&](const Trial* a, const Trial* b) {
      return value(a->answers[reference]) > value(b->answers[reference]);
    });
    fmt::print("\n## Honest tracks of {} with the highest {}\n", names_[reference], what);
    for (std::size_t i = 0; i < std::min(options_.worst, honest.size()); ++i) {
      const Answer& a = honest[i]->answers[reference];
      fmt::print("{} distinctive of {} notes, overlap {:.2f}: {} bars {}-{} as {} bars {}-{}{}\n",
                 a.distinctive, a.run.notes, a.overlap, honest[i]->title, a.run.bars.first,
                 a.run.bars.last, a.named, a.run.nearest.bars.first, a.run.nearest.bars.last,
                 a.run.backwards ? ", backwards" : "");
    }
  };
  if (options_.worst == 0) return;
  show("run", [](const Answer& answer) { return static_cast<double>(answer.distinctive); });
  show("overlap", [](const Answer& answer) { return answer.overlap; });
}

Options options_of(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool has_value = i + 1 < arguments.size();
    if (arguments[i] == "--plants" && has_value) {
      options.plants = std::stoll(arguments[++i]);
    } else if (arguments[i] == "--seed" && has_value) {
      options.seed = std::stoull(arguments[++i]);
    } else if (arguments[i] == "--baseline" && has_value) {
      options.baseline = std::stoull(arguments[++i]);
    } else if (arguments[i] == "--worst" && has_value) {
      options.worst = std::stoull(arguments[++i]);
    } else if (arguments[i] == "--without-index") {
      options.with_index = false;
    } else {
      options.folders.emplace_back(arguments[i]);
    }
  }
  return options;
}

}  // namespace
}  // namespace undersong

int main(int argc, char** argv) {
  // So that what is measured can be watched.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  try {
    undersong::Bench(undersong::options_of({argv + 1, argv + argc})).run();
  } catch (const undersong::Error& error) {
    fmt::print(stderr, "copy_bench: {}\n", error.message());
    return undersong::exit_code(error.kind());
  }
}
