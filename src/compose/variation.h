#pragma once
// What may be changed on purpose when a section returns, and the moves that copies need.

#include <span>
#include <vector>

#include "base/rng.h"
#include "score/chord_symbol.h"
#include "score/role.h"
#include "score/score.h"
#include "style/style.h"

namespace undersong {

struct TickSpan {
  Ticks begin = 0;
  Ticks end = 0;  // not in it
};

// Notes that begin in a span; `notes` are sorted.
std::vector<Note> notes_within(const std::vector<Note>& notes, const TickSpan& span);
void erase_notes(std::vector<Note>& notes, const TickSpan& span);

ChordSymbol transposed(ChordSymbol chord, int semitones);
// The way between two tonics that moves notes least: -5…6.
int nearest_shift(int semitones);
// All notes by the same interval, or by an octave more or less where that keeps them in range; a
// note that no octave keeps there is folded into it.
void transpose(std::vector<Note>& notes, int semitones, const PitchRange& range);
// Moves the notes that begin in the span up or down an octave, as the range allows. Returns whether
// it does.
bool shift_octave(std::vector<Note>& notes, const TickSpan& span, const PitchRange& range,
                  Rng& chance);

struct Variation {
  enum class Kind : std::uint8_t {
    kWriteAnew,    // the role's whole part
    kNewAnswer,    // its second half: the same question, another answer
    kOtherOctave,  // all of it an octave up or down
  };
  Role role = Role::kLead;
  Kind kind = Kind::kNewAnswer;
};

// One or two, of different roles among those that are present.
std::vector<Variation> choose_variations(RoleSet present, Rng& chance);

}  // namespace undersong
