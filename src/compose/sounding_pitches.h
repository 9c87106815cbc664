#pragma once
// Which pitches are taken when a part is to be written beside others.

#include <array>
#include <bitset>

#include "score/role.h"
#include "tokens/composer_grid.h"

namespace undersong {

// Of one bar: at each grid step the pitches (less kLowestPitch) that sound.
using SoundingPitches = std::array<std::bitset<kPitchCount>, kLongestGridBar>;

// What all roles but this one, drums and percussion sound in a bar, with what is held into it from
// the two bars before.
SoundingPitches sounding_beside(const GridPiece& piece, Role role, int bar);

// How a pitch lies to what sounds.
enum class Crowding : std::uint8_t {
  kNone,
  kRubbing,  // a semitone or a whole tone beside one
  kDoubled,  // in unison
};
Crowding crowding_of(const std::bitset<kPitchCount>& sounding, int pitch);

}  // namespace undersong
