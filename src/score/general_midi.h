#pragma once
// The 128 instruments of General MIDI by number and by name.

#include <array>
#include <string_view>

namespace undersong {

// Source: General MIDI System Level 1 (RP-003), table 2; [0] is "Acoustic Grand Piano".
extern const std::array<std::string_view, 128> kGeneralMidiPrograms;

// What `--program` takes: a number 0-127 as in MIDI files, or a name or a part of one in any case
// ("violin"; the exact name wins, else the first that contains it, else the first that has all of
// the words: "warm pad"). Errors: kUsage.
int parse_program(std::string_view text);

}  // namespace undersong
