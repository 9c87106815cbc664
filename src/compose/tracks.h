#pragma once
// Parts -> tracks of a score.

#include <string_view>

#include "compose/part_writer.h"
#include "compose/writer_context.h"
#include "score/score.h"

namespace undersong {

// The conductor's events of the plan, and a track for each role that has notes, as compose() says.
Score score_of(const WriterContext& context, const Parts& parts);

// What a level in decibels is as a value of controller 7 or 11. Source: General MIDI's
// recommendation, gain = 40 log10(value / 127).
int controller_of_level(double level_db);

// Makes of overlapping notes of one key such that end where the next begins. `notes` are sorted.
void separate_repeated_keys(std::vector<Note>& notes);

}  // namespace undersong
