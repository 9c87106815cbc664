#pragma once
// A small style that tests own, so that no change of a pack changes what they expect. It has every
// role, three modes, a progression of its own for each of intro, A, B and C, and cadences.

#include "style/style.h"

namespace undersong {

// 4/4, 60-140 BPM (usually 80-120), straight, tails of 1.5 to 4 seconds, no ritardando, no key
// change. Modes: major, minor, dorian.
Style make_test_style();

// The same in 3/4: grooves and patterns are a bar of three beats.
Style make_test_waltz();

// "ii9 | V13 | Imaj9 | vi9 V7/ii": bars apart by `|`, one or two chords each.
std::vector<std::vector<RomanNumeral>> parse_numeral_bars(std::string_view text);

}  // namespace undersong
