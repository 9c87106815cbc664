#pragma once
// Whole-score transforms: values in, new values out.

#include "score/score.h"

namespace undersong {

// The tempo map scaled so that the tempo at the first note becomes `bpm`. Every other change keeps
// its ratio to it, so a rubato stays a rubato. Errors: kUsage outside 10-1000.
Score with_bpm(Score score, double bpm);

// Every channel but percussion plays General MIDI program `program`, 0-127, throughout: program
// changes and bank selects go. Errors: kUsage.
Score with_program(Score score, int program);

// The same music on another grid; what falls between two ticks goes to the nearer one, and no note
// is shorter than a tick. Errors: kUsage outside 1-32767, or when the end would pass the largest
// Ticks.
Score with_ticks_per_quarter(Score score, Ticks ticks_per_quarter);

}  // namespace undersong
