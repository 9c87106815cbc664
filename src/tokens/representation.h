#pragma once

#include <string_view>

namespace undersong {

// Which ids a model speaks.
enum class Representation {
  kSymbols,     // tokens/symbols.h: a note's name or a chord's normal order, without rhythm
  kNoteMatrix,  // tokens/note_matrix.h: pitch, velocity, interval, duration and tempo of each note
                // in turn
  kComposer,    // tokens/composer_vocabulary.h: bars, controls, roles, positions and notes
};

std::string_view name_of(Representation representation);

}  // namespace undersong
