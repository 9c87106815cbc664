#include "compose/neural_ranking.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace undersong {
namespace {

// What cost() makes of a fault: about 1 for each where a draft would not do.
constexpr double kOutsideWeight = 4.0;
constexpr double kDensityWeight = 0.7;
constexpr double kLoopWeight = 2.0;
constexpr double kSeamWeight = 1.0;
constexpr double kTextureWeight = 0.5;

// A strong beat shows a wrong note twice as much.
constexpr double kStrongWeight = 2.0;
// The widest leap over a bar line that passes for a line.
constexpr int kWidestLeap = 12;
// The widest that joins two passages unnoticed: real parts leap 2 in the median over a bar line.
constexpr int kWidestStep = 4;
constexpr int kOctave = 12;

// A loop is what real parts of the role do not do half as often again.
constexpr double kLoopFactor = 1.5;

struct Band {
  double low = 0.0;
  double high = 0.0;

  double distance(double value) const {
    const double width = std::max(high - low, 0.1);
    if (value < low) return (low - value) / width;
    return value > high ? (value - high) / width : 0.0;
  }
};

// Of four bars of a role in real pieces: from the tenth to the ninetieth of a hundred, medians and
// means. Measured on up to 60 pieces each of the lieder, piano pieces, quartets and orchestral
// pieces that the shipped weights learned from, drums on all played grooves.
struct RoleTexture {
  Band interval;                   // mean, from onset to onset, of the highest tones, in semitones
  Band tones;                      // struck at once, mean
  Band length;                     // mean duration in grid steps
  double outside_chord = 0.0;      // median share of the sounding time
  double repeated = 0.0;           // share of bars that repeat one of the eight before
  double repeated_in_songs = 0.0;  // the same of metal, game and folk music, which lives on it
};

const RoleTexture& texture_of(Role role) {
  // Exact repetition is rare in played grooves, where every ghost note counts; a bar of a groove
  // that comes back is no loop all the same.
  constexpr double kRepeatedGroove = 0.3;
  constexpr Band kStruck{0.0, 1000.0};
  static const std::array<RoleTexture, kRoleCount> kTextures = {{
      {{2.5, 10.0}, {1.05, 1.65}, kStruck, 0.0, kRepeatedGroove, 0.7},  // drums
      {{0.0, 8.0}, {1.0, 1.3}, kStruck, 0.0, 0.5, 0.6},                 // percussion
      {{1.0, 8.0}, {1.0, 1.8}, {5.0, 25.0}, 0.05, 0.2, 0.5},            // bass
      {{1.0, 9.0}, {1.2, 3.6}, {4.7, 20.0}, 0.13, 0.08, 0.35},          // chords
      {{1.4, 8.0}, {1.2, 4.0}, {22.0, 49.0}, 0.02, 0.12, 0.35},         // pad
      {{2.0, 8.5}, {1.0, 1.3}, {3.0, 11.0}, 0.1, 0.12, 0.45},           // arpeggio
      {{1.3, 5.0}, {1.0, 1.2}, {4.0, 18.0}, 0.15, 0.11, 0.3},           // lead
      {{1.1, 5.5}, {1.0, 1.1}, {4.0, 14.0}, 0.17, 0.11, 0.3},           // counter
  }};
  return kTextures.at(index_of(role));
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

double texture_distance(const Draft& draft, Role role) {
  if (draft.notes.empty()) return 1.0;
  double intervals = 0.0;
  double lengths = 0.0;
  int onsets = 0;
  std::optional<int> last_top;
  for (std::size_t i = 0; i < draft.notes.size(); ++i) {
    const Note& note = draft.notes[i];
    lengths += static_cast<double>(note.duration_ticks) / kTicksPerGridStep;
    const bool is_top =
        i + 1 == draft.notes.size() || draft.notes[i + 1].onset_ticks != note.onset_ticks;
    if (!is_top) continue;
    ++onsets;
    if (last_top) intervals += std::abs(*last_top - int{note.pitch});
    last_top = note.pitch;
  }
  const auto notes = static_cast<double>(draft.notes.size());
  const RoleTexture& real = texture_of(role);
  double distance = real.tones.distance(notes / onsets) + real.length.distance(lengths / notes);
  if (onsets > 1) distance += real.interval.distance(intervals / (onsets - 1));
  return distance;
}

}  // namespace

double DraftFaults::cost() const {
  return kOutsideWeight * outside_chord + kDensityWeight * density + kLoopWeight * loops +
         kSeamWeight * seams + kTextureWeight * texture;
}

DraftFaults faults_of(const Draft& draft, const Passage& passage, const WriterContext& context) {
  DraftFaults faults;
  faults.density = density_distance(draft, passage);
  faults.loops = loop_share(draft, passage);
  faults.texture = texture_distance(draft, passage.role);
  if (is_percussive(passage.role)) return faults;
  faults.outside_chord =
      std::max(0.0, outside_share(draft, context) - texture_of(passage.role).outside_chord);
  faults.seams = seam_leaps(draft, passage, context);
  return faults;
}

int repeats_allowed(Role role, GridStyle style, int bars) {
  const RoleTexture& real = texture_of(role);
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
