#pragma once
// The sustain pedal, played out: how long each note sounds rather than how long its key is down.

#include <cstdint>

#include "score/score.h"

namespace undersong {

// The controller of the sustain pedal (damper); from 64 on it is down.
inline constexpr std::uint8_t kSustainController = 64;

// Returns `score` with each note that ends under its channel's pedal held until the pedal goes up
// or the same key is struck again, whichever comes first; a pedal that never goes up holds to the
// end of the music. The pedal's own events are gone: they have been heeded. A pedal counts for its
// channel in every track. At one tick notes end first, then the pedal moves, as a file says it
// (midi/midi_file.h).
Score apply_sustain_pedal(const Score& score);

}  // namespace undersong
