#pragma once
// Instruments of a SoundFont differ in loudness by more than 12 dB: what brings them together, so
// that a style's levels hold whichever instrument a piece has.

#include "score/role.h"

namespace undersong {

// Decibels to add to a role's level when it plays this program (for drums and percussion the kit),
// within 8 either way.
//
// Source: measured on FluidR3 GM at velocity 90, integrated loudness (ITU-R BS.1770) of short
// phrases: single notes from C5 for melodies, triads from C4 for chords, single notes from C2 for
// basses, a beat of bass drum, snare and hat for kits. Other SoundFonts that follow it in their
// balance, as General MIDI ones roughly do, gain as well.
double evening_gain_db(Role role, int program);

}  // namespace undersong
