#pragma once
// Both hands of a keyboard, divided note by note.

#include <cstddef>
#include <vector>

#include "analysis/part_roles.h"

namespace undersong {

enum class Hand : std::uint8_t { kUnknown, kLeft, kRight };

struct KeyboardNote {
  std::size_t note = 0;  // into the list of all notes
  std::size_t frame = 0;
  Hand hand = Hand::kUnknown;
};

// What the keyboard is free to play in a bar.
struct KeyboardFrame {
  bool bass = true;  // nobody else has the bass
  bool lead = true;  // nobody else leads
};

// Gives `keys`, sorted by onset, their roles: the low line is bass, the upper line the lead where
// the frame is free for them; the rest is chords, or an arpeggio where notes come one by one.
void divide_keyboard(const std::vector<KeyboardNote>& keys,
                     const std::vector<KeyboardFrame>& frames, Ticks ticks_per_quarter,
                     std::vector<RoledNote>& notes);

}  // namespace undersong
