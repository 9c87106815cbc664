#pragma once
// Keys and chords of a plan as the composer network knows them.

#include "score/chord_symbol.h"
#include "score/key.h"
#include "tokens/composer_grid.h"

namespace undersong {

// Semitones, -6…5, from a key to the one of the network: modes with a major third to C, those with
// a minor third to A. By the tonic and not by the signature: in the music that was learned a mode
// is a major or minor key with accidentals.
int network_shift(const Key& key);

// The nearest of the ten qualities: colours beyond the seventh go, a power chord takes the third of
// its key, and a suspended second is the suspended fourth a fifth above (the same tones).
GridChord network_chord(const ChordSymbol& chord, const Key& key);

}  // namespace undersong
