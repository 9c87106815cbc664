#pragma once
// The notes of a whole score in one list.

#include <vector>

#include "score/score.h"

namespace undersong {

enum class NoteChoice { kAll, kPitched, kPercussion };

// The notes of all tracks by onset, then pitch: a piece measures alike on one track and on two.
std::vector<Note> notes_of(const Score& score, NoteChoice choice);

// The distinct onsets of such a list, ascending.
std::vector<Ticks> onsets_of(const std::vector<Note>& notes);

}  // namespace undersong
