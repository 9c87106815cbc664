#pragma once
// One role of a piece in numbers that a real part of the role has too: what writer_bench weighs
// writers by.

#include <array>
#include <cstddef>
#include <vector>

#include "real_bands.h"
#include "score/role.h"
#include "tokens/composer_grid.h"

namespace undersong {

inline constexpr std::size_t kRoleMeasures = 11;
// In chord: notes that are tones of the bar's chord; strong: those on one and in the middle of the
// bar. Interval: semitones from onset to onset of the highest tones; seam: the same over bar lines.
// Tones: struck at once. Length in quarter notes. Onsets: a bar in which the role plays. GS:
// evaluate/texture.h, of the role alone. Repeated: bars that are one of the eight before.
// Downbeat: bars with an onset on one. Crowded: notes at a pitch that another role sounds, or a
// tone from one.
inline constexpr std::array<const char*, kRoleMeasures> kRoleMeasureNames = {
    "in chord", "strong", "interval", "seam",     "tones",  "length",
    "onsets",   "GS",     "repeated", "downbeat", "crowded"};
inline constexpr std::size_t kInChord = 0;

// All unset where the role plays in fewer than two bars. Of drums and percussion tones, onsets, GS,
// repeated and downbeat.
Measures role_measures(const GridPiece& music, Role role);

// The notes of some roles alone; all bars stay.
GridPiece only(const GridPiece& music, RoleSet roles);
RoleSet pitched_roles();
RoleSet percussive_roles();

}  // namespace undersong
