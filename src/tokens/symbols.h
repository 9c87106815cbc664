#pragma once
// The seed's symbols: a note's name ("E2", "B-4") or the normal order of a chord's pitch classes
// ("0.4.7"). They say what sounds and nothing of when, how long or how loud; tokens/rhythm.h learns
// that beside them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "score/score.h"

namespace undersong {

// Onsets of one track that round to the same step are one chord: a sixteenth of a quarter note.
inline constexpr int kSymbolStepsPerQuarter = 16;

struct SymbolEvent {
  std::string symbol;
  std::int32_t onset_steps = 0;
  std::int32_t duration_steps = 1;  // of the longest note, at least 1
  std::uint8_t velocity = 64;       // of the loudest note
  std::uint8_t lowest_pitch = 60;
};

// What sounds in the tracks of `score`, drums aside, by onset (at one onset in the order of the
// tracks).
std::vector<SymbolEvent> symbol_events(const Score& score);

// "C4" for 60, "B-4" for 70; sharps for C, F and G, flats for E and B, as music21 names them.
// Pitches below 12, under every piano's lowest key, take the name of the octave above: "B-1" is B
// flat 1.
std::string note_symbol(int pitch);

// The normal order of the distinct pitch classes of `pitches`, joined by dots: {60, 64, 67} gives
// "0.4.7", {57, 60, 64} gives "9.0.4".
std::string chord_symbol(const std::vector<int>& pitches);

// The pitches of a symbol. A chord has lost its octave: its first pitch class is put at or above
// `lowest_pitch`, the rest rise from there. A note keeps its own octave. Errors: kFormat when
// `symbol` is neither.
std::vector<int> symbol_pitches(std::string_view symbol, int lowest_pitch);

}  // namespace undersong
