#include "compose/neural_ranking.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "compose/part_texture.h"

namespace undersong {
namespace {

// What cost() makes of a fault: about 1 for each where a draft would not do.
constexpr double kOutsideWeight = 4.0;
constexpr double kDensityWeight = 0.7;
constexpr double kLoopWeight = 2.0;
constexpr double kSeamWeight = 1.0;
constexpr double kTextureWeight = 0.5;
constexpr double kRelationWeight = 0.7;

// A strong beat shows a wrong note twice as much.
constexpr double kStrongWeight = 2.0;
// The widest leap over a bar line that passes for a line.
constexpr int kWidestLeap = 12;
// The widest that joins two passages unnoticed: real parts leap 2 in the median over a bar line.
constexpr int kWidestStep = 4;
constexpr int kOctave = 12;

// A loop is what real parts of the role do not do half as often again.
constexpr double kLoopFactor = 1.5;

// Of four bars of a role in real pieces: means over up to 60 pieces each of the lieder, piano
// pieces, quartets and orchestral pieces that the shipped weights learned from, drums on all played
// grooves.
struct RoleHabits {
  double outside_chord = 0.0;      // median share of the sounding time
  double repeated = 0.0;           // share of bars that repeat one of the eight before
  double repeated_in_songs = 0.0;  // the same of metal, game and folk music, which lives on it
};

const RoleHabits& habits_of(Role role) {
  // Exact repetition is rare in played grooves, where every ghost note counts; a bar of a groove
  // that comes back is no loop all the same.
  constexpr double kRepeatedGroove = 0.3;
  static const std::array<RoleHabits, kRoleCount> kHabits = {{
      {0.0, kRepeatedGroove, 0.7},  // drums
      {0.0, 0.5, 0.6},              // percussion
      {0.05, 0.2, 0.5},             // bass
      {0.13, 0.08, 0.35},           // chords
      {0.02, 0.12, 0.35},           // pad
      {0.1, 0.12, 0.45},            // arpeggio
      {0.15, 0.11, 0.3},            // lead
      {0.17, 0.11, 0.3},            // counter
  }};
  return kHabits.at(index_of(role));
}

bool is_of_songs(GridStyle style) {
  return style == GridStyle::kMetal || style == GridStyle::kGame || style == GridStyle::kFolk ||
         style == GridStyle::kPop;
}

double outside_share(const Draft& draft, const WriterContext& context) {
  double outside = 0.0;
  double all = 0.0;
  for (const Note& note : draft.notes) {
    const double weight =
        note.duration_ticks * (context.is_strong(note.onset_ticks) ? kStrongWeight : 1.0);
    all += weight;
    if (!contains(context.chord(note.onset_ticks), note.pitch)) outside += weight;
  }
  return all > 0.0 ? outside / all : 0.0;
}

int onsets_in(const std::vector<GridNote>& bar) {
  int onsets = 0;
  int last = -1;
  for (const GridNote& note : bar) {
    if (note.position != last) ++onsets;
    last = note.position;
  }
  return onsets;
}

double density_distance(const Draft& draft, const Passage& passage) {
  double sum = 0.0;
  int count = 0;
  for (std::size_t i = 0; i < draft.bars.size(); ++i) {
    if (!passage.densities[i]) continue;
    sum += std::abs(density_step(onsets_in(draft.bars[i])) - *passage.densities[i]);
    ++count;
  }
  return count > 0 ? sum / count : 0.0;
}

double loop_share(const Draft& draft, const Passage& passage) {
  std::vector<std::vector<GridNote>> before = passage.bars_before;
  int repeated = 0;
  for (const auto& bar : draft.bars) {
    if (is_repeated(bar, before)) ++repeated;
    before.push_back(bar);
  }
  const int bars = static_cast<int>(draft.bars.size());
  return std::max(0, repeated - repeats_allowed(passage.role, passage.style, bars)) /
         static_cast<double>(bars);
}

// Octaves by which a leap is wider than `widest`.
double leap_beyond(const Note& from, const Note& to, int widest) {
  const int leap = std::abs(int{from.pitch} - int{to.pitch});
  return leap > widest ? static_cast<double>(leap - widest) / kOctave : 0.0;
}

// The voice that is heard of each onset: the highest tone, of a bass the lowest.
std::vector<Note> outer_voice(const std::vector<Note>& notes, Role role) {
  std::vector<Note> outer;
  for (const Note& note : notes) {
    if (outer.empty() || outer.back().onset_ticks != note.onset_ticks) {
      outer.push_back(note);
    } else if (role != Role::kBass) {
      outer.back() = note;
    }
  }
  return outer;
}

double seam_leaps(const Draft& draft, const Passage& passage, const WriterContext& context) {
  if (is_percussive(passage.role) || draft.notes.empty()) return 0.0;
  const std::vector<Note> line = outer_voice(draft.notes, passage.role);
  double sum = 0.0;
  if (passage.before) sum += leap_beyond(*passage.before, line.front(), kWidestStep);
  if (passage.after) sum += leap_beyond(line.back(), *passage.after, kWidestStep);
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    if (context.bar_at(line[i].onset_ticks) != context.bar_at(line[i + 1].onset_ticks))
      sum += leap_beyond(line[i], line[i + 1], kWidestLeap);
  }
  return sum;
}

// Bars of the role before the draft and in it; negative ones lie before.
const std::vector<GridNote>* bar_of(const Draft& draft, const Passage& passage, int bar) {
  if (bar >= 0) return &draft.bars[static_cast<std::size_t>(bar)];
  const int before = static_cast<int>(passage.bars_before.size()) + bar;
  return before < 0 ? nullptr : &passage.bars_before[static_cast<std::size_t>(before)];
}

// Notes of both bars over those of the larger one.
double common_share(const std::vector<GridNote>& one, const std::vector<GridNote>& other) {
  const auto common = std::ranges::count_if(one, [&](const GridNote& note) {
    return std::ranges::any_of(other, [&](const GridNote& like) {
      return like.position == note.position && like.pitch == note.pitch;
    });
  });
  const auto larger = std::max<std::size_t>(1, std::max(one.size(), other.size()));
  return static_cast<double>(common) / static_cast<double>(larger);
}

// What a bar that varies another one shares with it at least (set_relations).
constexpr double kVariedShare = 2.0 / 3.0;

double lost_relations(const Draft& draft, const Passage& passage) {
  double lost = 0.0;
  int varied = 0;
  for (std::size_t i = 0; i < std::min(draft.bars.size(), passage.varied.size()); ++i) {
    if (!passage.varied[i]) continue;
    const auto* like = bar_of(draft, passage, static_cast<int>(i) - *passage.varied[i]);
    if (like == nullptr || like->empty()) continue;
    ++varied;
    lost += std::max(0.0, 1.0 - common_share(draft.bars[i], *like) / kVariedShare);
  }
  return varied > 0 ? lost / varied : 0.0;
}

double texture_distance(const Draft& draft, const Passage& passage) {
  if (draft.notes.empty()) return 1.0;
  return texture_bands(passage.style, passage.role).distance(texture_of(draft.notes));
}

}  // namespace

double DraftFaults::cost() const {
  return kOutsideWeight * outside_chord + kDensityWeight * density + kLoopWeight * loops +
         kSeamWeight * seams + kTextureWeight * texture + kRelationWeight * relations;
}

DraftFaults faults_of(const Draft& draft, const Passage& passage, const WriterContext& context) {
  DraftFaults faults;
  faults.density = density_distance(draft, passage);
  faults.loops = loop_share(draft, passage);
  faults.relations = lost_relations(draft, passage);
  faults.texture = texture_distance(draft, passage);
  if (is_percussive(passage.role)) return faults;
  faults.outside_chord =
      std::max(0.0, outside_share(draft, context) - habits_of(passage.role).outside_chord);
  faults.seams = seam_leaps(draft, passage, context);
  return faults;
}

int repeats_allowed(Role role, GridStyle style, int bars) {
  const RoleHabits& real = habits_of(role);
  const double share = is_of_songs(style) ? real.repeated_in_songs : real.repeated;
  return static_cast<int>(std::ceil(kLoopFactor * share * bars));
}

bool is_repeated(const std::vector<GridNote>& bar,
                 const std::vector<std::vector<GridNote>>& before) {
  const auto same = [&](const std::vector<GridNote>& other) {
    return std::equal(bar.begin(), bar.end(), other.begin(), other.end(),
                      [](const GridNote& a, const GridNote& b) {
                        return a.position == b.position && a.pitch == b.pitch;
                      });
  };
  const std::size_t first = before.size() - std::min(before.size(), kLoopBars);
  return !bar.empty() &&
         std::any_of(before.begin() + static_cast<std::ptrdiff_t>(first), before.end(), same);
}

}  // namespace undersong
