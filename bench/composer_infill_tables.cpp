// Bar lines at the edges of filled gaps beside real ones.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/parallel.h"
#include "composer_bench.h"

namespace undersong {
namespace {

using Values = std::vector<double>;

constexpr int kBarsAround = 8;  // on each side of a gap, as in training
constexpr std::array<int, 3> kGaps = {2, 4, 8};

struct Rewritten {
  const char* name;
  std::vector<Role> roles;
};

std::vector<Rewritten> rewritten_roles() {
  return {{"all roles", {kRoles.begin(), kRoles.end()}},
          {"lead", {Role::kLead}},
          {"bass", {Role::kBass}},
          {"chords", {Role::kChords}}};
}

// Seams of one kind of bar line.
struct Seams {
  Values leaps, waits, overlaps;

  void add(const GridPiece& music, int bar, const std::vector<Role>& roles) {
    for (const Role role : roles) {
      const auto seam = seam_at(music, bar, role);
      if (!seam) continue;
      waits.push_back(seam->wait);
      if (!seam->is_pitched) continue;
      leaps.push_back(seam->leap);
      overlaps.push_back(seam->overlap);
    }
  }
  Seams& operator+=(const Seams& more) {
    for (const auto member : {&Seams::leaps, &Seams::waits, &Seams::overlaps})
      (this->*member).insert((this->*member).end(), (more.*member).begin(), (more.*member).end());
    return *this;
  }
};

enum Side : std::size_t { kBefore, kBehind };  // of the gap
constexpr std::size_t kSides = 2;

struct Filled {
  std::size_t gaps = 0;
  Seams real_lines;                // all bar lines of the passages
  std::array<Seams, kSides> real;  // those at the gap's edges
  std::array<Seams, kSides> led;   // heard both sides, and led into what follows
  std::array<Seams, kSides> both;  // heard both sides
  std::array<Seams, kSides> past_only;

  std::array<Seams, kSides>& drawn(Future future) {
    if (future == Future::kNotTold) return past_only;
    return future == Future::kTold ? both : led;
  }

  Filled& operator+=(const Filled& more) {
    gaps += more.gaps;
    real_lines += more.real_lines;
    for (std::size_t side = 0; side < kSides; ++side) {
      real[side] += more.real[side];
      led[side] += more.led[side];
      both[side] += more.both[side];
      past_only[side] += more.past_only[side];
    }
    return *this;
  }
};

bool plays(const RealPassage& passage, const Gap& gap) {
  for (int bar = gap.first; bar < gap.last; ++bar) {
    for (const GridNote& note : passage.bar(bar).notes) {
      if (std::ranges::find(gap.roles, note.role) != gap.roles.end()) return true;
    }
  }
  return false;
}

void add_edges(const GridPiece& music, const Gap& gap, std::array<Seams, kSides>& seams) {
  seams[kBefore].add(music, gap.first, gap.roles);
  seams[kBehind].add(music, gap.last, gap.roles);
}

Filled fill(const ComposerModel& model, const RealPassage& passage, const Gap& gap,
            const DrawSettings& settings, const Rng& rng) {
  Filled filled;
  if (!plays(passage, gap)) return filled;
  filled.gaps = 1;
  const GridPiece real = cut_out(passage);
  for (int bar = 1; bar < passage.bars(); ++bar) filled.real_lines.add(real, bar, gap.roles);
  add_edges(real, gap, filled.real);
  for (const Future future : {Future::kNotTold, Future::kTold, Future::kLedInto}) {
    for (const DrawnPassage& drawn : fill_gap(model, passage, gap, future, settings, rng)) {
      if (!drawn.is_grammatical) continue;
      add_edges(drawn.music, gap, filled.drawn(future));
    }
  }
  return filled;
}

struct Kind {
  std::size_t roles;
  int bars;

  auto operator<=>(const Kind&) const = default;
};
using Table = std::map<Kind, Filled>;

Table fill_style(const ComposerModel& model, const TrainingFile& file, GridStyle style,
                 const ComposerBenchOptions& options) {
  const auto kinds = rewritten_roles();
  const Rng rng = Rng(options.seed).fork("infill").fork(name_of(style));
  Table table;
  for (const int bars : kGaps) {
    const auto passages =
        passages_of(file, style, From::kHeldOut, options.passages, bars + 2 * kBarsAround, rng);
    std::vector<Filled> each(passages.size() * kinds.size());
    for_each_in_parallel(each.size(), [&](std::size_t i) {
      const RealPassage& passage = passages[i / kinds.size()];
      const int first = (passage.bars() - bars) / 2;
      if (first < 1 || first + bars >= passage.bars()) return;
      const Gap gap{first, first + bars, kinds[i % kinds.size()].roles};
      each[i] = fill(model, passage, gap, options.draw, rng.fork("draw").fork(i));
    });
    for (std::size_t i = 0; i < each.size(); ++i) table[{i % kinds.size(), bars}] += each[i];
  }
  return table;
}

constexpr std::array<Values Seams::*, 3> kMeasures = {&Seams::leaps, &Seams::waits,
                                                      &Seams::overlaps};

// Medians of real, led, both sides heard, past heard; distances of the latter three and of the real
// ones at the same places from all real bar lines.
void print_side(const Filled& filled, Side side) {
  for (const auto measure : kMeasures) {
    const Values& lines = filled.real_lines.*measure;
    fmt::print(" {}", shown(median(lines)));
    for (const auto* drawn : {&filled.led, &filled.both, &filled.past_only})
      fmt::print("/{}", shown(median((*drawn)[side].*measure)));
    fmt::print("; {}", shown(ks_distance(lines, filled.real[side].*measure)));
    for (const auto* drawn : {&filled.led, &filled.both, &filled.past_only})
      fmt::print("/{}", shown(ks_distance(lines, (*drawn)[side].*measure)));
    fmt::print(" |");
  }
}

void print_row(const std::string& name, const Filled& filled) {
  if (filled.gaps == 0) return;
  fmt::print("| {} | {} |", name, filled.gaps);
  print_side(filled, kBefore);
  print_side(filled, kBehind);
  fmt::print("\n");
}

void print_heading() {
  fmt::print(
      "Each cell: median at real bar lines/gap filled with both sides heard and led into what "
      "follows/with both sides heard/with the past alone; Kolmogorov-Smirnov distance from all "
      "real "
      "bar lines of the same passages of the real bar lines at the same places/led/both/past "
      "alone. Leap in semitones, wait in quarter notes, overlap "
      "of pitch classes.\n\n"
      "| gap | gaps | leap before it | wait | overlap | leap behind it | wait | overlap |\n"
      "|---|---|---|---|---|---|---|---|\n");
}

}  // namespace

void measure_infill(const ComposerModel& model, const TrainingFile& file,
                    const ComposerBenchOptions& options) {
  Table everything;
  std::vector<std::pair<std::string, Filled>> styles;
  for (const GridStyle style : options.styles) {
    Filled of_style;
    for (const auto& [kind, filled] : fill_style(model, file, style, options)) {
      of_style += filled;
      everything[kind] += filled;
    }
    styles.emplace_back(name_of(style), std::move(of_style));
  }
  print_heading();
  Filled all;
  for (const auto& [kind, filled] : everything) {
    print_row(fmt::format("{}, {} bars", rewritten_roles().at(kind.roles).name, kind.bars), filled);
    all += filled;
  }
  if (!options.all_row_only) {
    for (const auto& [name, filled] : styles) print_row(name, filled);
  }
  print_row("all", all);
}

}  // namespace undersong
