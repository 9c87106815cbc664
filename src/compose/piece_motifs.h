#pragma once
// The two or three motifs of a piece, and what each kind of section makes of them.

#include "base/rng.h"
#include "compose/motif.h"
#include "compose/writer_context.h"

namespace undersong {

struct SectionMotifs {
  Motif main;
  Motif contrast;
};

// The section of a bar. The piece's own chance makes the motifs, the section's kind chooses among
// them (A: the first against the second; B: the second against the first upside down; C: a third),
// its energy says how dense they are, and `rng` varies a note of their rhythm.
SectionMotifs motifs_of_section(const WriterContext& context, int bar, const Rng& rng);

}  // namespace undersong
