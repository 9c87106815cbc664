#pragma once
// What separates a performance from its grid: swing, timing, strums, and how hard the bars are
// played.

#include "compose/part_writer.h"
#include "compose/writer_context.h"

namespace undersong {

// The parts as they are played. Every bar of every role has its own chance, so that a part that is
// written again leaves the others as they were.
//
// A note stays in the bar in which it is written. Exact to the tick: the first downbeat of the
// piece, downbeats with a hit, and the final chord. Two notes of a key never overlap in a part, and
// nothing ends behind the piece but a final chord.
Parts humanise(const WriterContext& context, const Parts& written);

// How much of its velocity a note keeps in a bar of this energy: 0.45 at 0, 1 at 1.
double energy_gain(double energy);

// Where a straight position within a bar lies when its pairs of 1/`unit` notes swing. Positions off
// the grid of halved subdivisions, triplets say, stay.
Ticks swung(Ticks position, double swing, int unit);

}  // namespace undersong
