#pragma once
// Music as a row of notes and chords without rhythm, as the models of symbols (tokens/symbols.h)
// know it. What such a model recites shares no voice with the piece, since rhythm is drawn beside
// it, chords lose their octave and parts follow each other; it shares this.

#include <cstdint>
#include <string>
#include <vector>

#include "originality/voices.h"
#include "score/score.h"

namespace undersong {

// The symbols of one part, each with its lowest pitch.
struct SymbolLine {
  Voice symbols;
  // As melodic_text (melodic_text.h), with other bytes: for symbols a b c d …: the interval from a
  // to b, what b is, the interval from b to c, what c is, …, interval. Between notes an interval is
  // in semitones, at most kMostSymbolInterval; where a chord is, between pitch classes.
  std::vector<std::uint8_t> text;
};

inline constexpr int kMostSymbolInterval = 18;

// A line of all parts and, where tracks have several names, one of the tracks of each name, since
// a model may have learned those alone. Lines of fewer than two symbols are left out.
std::vector<SymbolLine> symbol_lines(const Score& score);

}  // namespace undersong
