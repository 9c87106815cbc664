#include "role_measures.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "compose/neural_ranking.h"
#include "compose/sounding_pitches.h"
#include "composer_passages.h"
#include "evaluate/texture.h"
#include "tokens/score_grid.h"

namespace undersong {
namespace {

constexpr int kFewestBars = 2;

// Gathers bar by bar.
class RoleMeter {
 public:
  explicit RoleMeter(Role role) : role_(role) {}

  // The bar's own notes alone, and what sounds beside them.
  void add(const GridBar& bar, const SoundingPitches& beside) {
    if (bar.notes.empty()) return;
    for (const GridNote& note : bar.notes)
      crowded_.add(crowding_of(beside.at(note.position), note.pitch) != Crowding::kNone);
    downbeat_.add(bar.notes.front().position == 0);
    int onsets = 0;
    for (std::size_t i = 0; i < bar.notes.size(); ++i) {
      const GridNote& note = bar.notes[i];
      add_note(bar, note);
      const bool is_top = i + 1 == bar.notes.size() || bar.notes[i + 1].position != note.position;
      if (!is_top) continue;
      if (last_top_ >= 0)
        (onsets == 0 ? seam_ : interval_) +=
            {std::abs(static_cast<double>(note.pitch) - last_top_), 1.0};
      last_top_ = note.pitch;
      ++onsets;
    }
    tones_ += {static_cast<double>(bar.notes.size()), static_cast<double>(onsets)};
    onsets_ += {static_cast<double>(onsets), 1.0};
    repeated_.add(is_repeated(bar.notes, before_));
    before_.push_back(bar.notes);
  }

  Measures result(const GridPiece& alone) const {
    Measures all(kRoleMeasures);
    if (onsets_.whole < kFewestBars) return all;
    if (!is_percussive(role_))
      all = {in_chord_.share(),
             strong_.share(),
             interval_.share(),
             seam_.share(),
             {},
             length_.share(),
             {},
             {},
             {},
             {},
             crowded_.share()};
    all[4] = tones_.share();
    all[6] = onsets_.share();
    all[7] = measure_texture(from_grid(alone)).grooving_similarity;
    all[8] = repeated_.share();
    all[9] = downbeat_.share();
    return all;
  }

 private:
  void add_note(const GridBar& bar, const GridNote& note) {
    length_ += {static_cast<double>(kGridDurations.at(note.duration)) / kGridPerQuarter, 1.0};
    const GridChord chord = chord_at(bar, note.position);
    if (chord == 0) return;
    in_chord_.add(is_in_chord(chord, note.pitch));
    const int length = kGridMeters.at(bar.meter).length();
    if (note.position == 0 || 2 * note.position == length)
      strong_.add(is_in_chord(chord, note.pitch));
  }

  Role role_;
  Ratio in_chord_, strong_, interval_, seam_, tones_, length_, onsets_, repeated_, downbeat_,
      crowded_;
  int last_top_ = -1;
  std::vector<std::vector<GridNote>> before_;
};

RoleSet roles_where(bool percussive) {
  RoleSet roles;
  for (const Role role : kRoles) {
    if (is_percussive(role) == percussive) roles.insert(role);
  }
  return roles;
}

}  // namespace

Measures role_measures(const GridPiece& music, Role role) {
  const GridPiece alone = only(music, {role});
  RoleMeter meter(role);
  for (std::size_t bar = 0; bar < alone.bars.size(); ++bar)
    meter.add(alone.bars[bar], sounding_beside(music, role, static_cast<int>(bar)));
  return meter.result(alone);
}

GridPiece only(const GridPiece& music, RoleSet roles) {
  GridPiece alone = music;
  for (GridBar& bar : alone.bars)
    std::erase_if(bar.notes, [roles](const GridNote& note) { return !roles.contains(note.role); });
  return alone;
}

RoleSet pitched_roles() { return roles_where(false); }
RoleSet percussive_roles() { return roles_where(true); }

}  // namespace undersong
