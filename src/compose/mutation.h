#pragma once
// A piece's own form of a style's pattern. What makes the pattern that of its style stays: accents,
// what falls on the beat, the first step. Weaker notes move, come and go, so that two pieces do not
// share a groove or a bass line to the letter.

#include <string>

#include "base/rng.h"
#include "style/style.h"

namespace undersong {

// The even grid that a pattern stands on.
struct StepGrid {
  int steps_per_beat = 4;
  int beats = 4;  // of a bar

  std::size_t bar_steps() const {
    return static_cast<std::size_t>(steps_per_beat) * static_cast<std::size_t>(beats);
  }
  bool on_beat(std::size_t step) const {
    return step % static_cast<std::size_t>(steps_per_beat) == 0;
  }
};

// Whether a General MIDI key is of those that go through: hats, rides, shakers.
bool keeps_time(int key);

// How much is changed: a piece's own form, or what one of its sections adds to that.
enum class Mutation { kPiece, kSection };

// One instrument of a groove, by its General MIDI key: bass drums get other weak strokes, snares
// other ghosts, cymbals and shakers other accents between the beats.
std::string mutate_voice(const std::string& steps, int key, const StepGrid& grid, Mutation amount,
                         Rng rng);

// All voices; a pattern of one bar becomes one of two, whose second bar differs a little.
Groove mutate_groove(Groove groove, int beats, Mutation amount, const Rng& rng);

// A bass pattern: other tones after the bar's first, other places for what is not on the beat.
StepPattern mutate_bass(StepPattern pattern, int beats, Mutation amount, Rng rng);

}  // namespace undersong
