#pragma once

#include <algorithm>
#include <cstdint>

#include "base/rng.h"
#include "tokens/composer_grid.h"

namespace undersong {

namespace detail {

inline std::uint8_t random_byte(Rng& rng, int bound) {
  return static_cast<std::uint8_t>(rng.below(static_cast<std::uint64_t>(bound)));
}

// Chords of close notes, at times up to the highest key, since that is where grammars break.
inline void add_random_block(Role role, Rng& rng, GridBar& bar) {
  const int length = kGridMeters.at(bar.meter).length();
  const int lowest = is_percussive(role) ? kLowestDrum : kLowestPitch;
  const int count = is_percussive(role) ? kDrumCount : kPitchCount;
  GridNote note;
  note.role = role;
  const int groups = 1 + random_byte(rng, rng.below(8) == 0 ? length : 6);
  for (int i = 0; i < groups; ++i) {
    note.position =
        static_cast<std::uint8_t>(rng.below(6) == 0 ? length - 1 : random_byte(rng, length));
    int pitch = rng.below(5) == 0 ? count - 2 : random_byte(rng, count);
    for (; pitch < count && rng.below(3) != 0; pitch += 1 + random_byte(rng, 5)) {
      note.pitch = static_cast<std::uint8_t>(lowest + pitch);
      if (rng.below(3) == 0) note.velocity = random_byte(rng, kGridVelocities);
      if (rng.below(3) == 0) {
        note.duration = random_byte(rng, static_cast<int>(kGridDurations.size()));
      }
      if (is_percussive(role)) note.duration = 0;
      bar.notes.push_back(note);
    }
  }
}

inline void sort_grid_notes(GridBar& bar) {
  const auto same_place = [](const GridNote& a, const GridNote& b) {
    return a.role == b.role && a.position == b.position && a.pitch == b.pitch;
  };
  std::sort(bar.notes.begin(), bar.notes.end());
  bar.notes.erase(std::unique(bar.notes.begin(), bar.notes.end(), same_place), bar.notes.end());
}

}  // namespace detail

// Anything that the grid can hold, the same for the same rng: changing meters and tempi, silent
// bars, notes in every corner. Relations have distances that lie inside the piece, and say nothing
// true of the notes.
inline GridPiece random_grid_piece(Rng& rng, int bars) {
  using detail::random_byte;
  GridPiece piece;
  piece.style = static_cast<GridStyle>(random_byte(rng, kGridStyleCount));
  piece.minor = rng.below(2) == 1;
  GridBar bar;
  for (int i = 0; i < bars; ++i) {
    if (rng.below(3) == 0) bar.meter = random_byte(rng, static_cast<int>(kGridMeters.size()));
    if (rng.below(3) == 0) bar.tempo = random_byte(rng, kGridTempos);
    for (GridChord& chord : bar.chords) chord = random_byte(rng, kGridChordCount);
    if (rng.below(2) == 0) bar.chords[1] = bar.chords[0];
    bar.energy = random_byte(rng, kEnergySteps);
    const bool related = i > 0 && rng.below(2) == 0;
    bar.relation = related ? static_cast<BarRelation>(1 + rng.below(2)) : BarRelation::kNew;
    bar.relation_distance = related
                                ? static_cast<std::uint8_t>(1 + random_byte(rng, std::min(i, 32)))
                                : std::uint8_t{0};
    bar.notes.clear();
    for (const Role role : kRoles) {
      if (rng.below(3) == 0) detail::add_random_block(role, rng, bar);
    }
    detail::sort_grid_notes(bar);
    piece.bars.push_back(bar);
  }
  return piece;
}

}  // namespace undersong
