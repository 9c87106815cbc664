#pragma once
// The pattern writers, one a role. What all of them promise is PartWriter's
// (compose/part_writer.h); make_pattern_writer() sees to the bars in which a role does not play and
// to ends at the range.
//
// Velocities are those of a bar of full energy: compose() scales them by the energy of each bar
// (compose/humanise.h), so that a copy of a section follows its own bars. Writers show energy by
// how many notes they write. Onsets and ends are on the straight grid; swing comes later too.
//
// A range lies within one section. Of a bar with a hit, everybody plays the downbeat. In the final
// bar (WriterContext::is_final) everybody has one downbeat, held until final_end().

#include <vector>

#include "base/rng.h"
#include "compose/part_writer.h"
#include "compose/writer_context.h"

namespace undersong {

std::vector<Note> write_drums(const WriterContext& context, const PartRequest& request, Rng rng);
std::vector<Note> write_percussion(const WriterContext& context, const PartRequest& request,
                                   Rng rng);
std::vector<Note> write_bass(const WriterContext& context, const PartRequest& request, Rng rng);
std::vector<Note> write_chords(const WriterContext& context, const PartRequest& request, Rng rng);
std::vector<Note> write_pad(const WriterContext& context, const PartRequest& request, Rng rng);
std::vector<Note> write_arpeggio(const WriterContext& context, const PartRequest& request, Rng rng);
std::vector<Note> write_lead(const WriterContext& context, const PartRequest& request, Rng rng);
std::vector<Note> write_counter(const WriterContext& context, const PartRequest& request, Rng rng);

}  // namespace undersong
