#pragma once
// Grooves as strokes: what drums and percussion have in common.

#include <string_view>
#include <vector>

#include "compose/writer_context.h"
#include "style/style.h"

namespace undersong {

// A groove in the form that a piece and a section of it give it.
struct SectionGroove {
  Groove groove;
  double energy = 0.5;  // of the section
};

// The groove of a section: `rng` is the section's stream, the piece's own comes from the context.
SectionGroove groove_of_section(const WriterContext& context, Role role, int bar, const Rng& rng);

// The strokes of one bar. Bars of less energy than the groove's range and section leave weak
// strokes out, those of more put ghosts in; what is played half of the times is decided by `rng`.
std::vector<Note> play_groove(const WriterContext& context, const SectionGroove& groove, int bar,
                              Rng rng);

// Strokes of voices on a grid that begins at `begin`: fills.
std::vector<Note> play_voices(const std::vector<Groove::Voice>& voices, Ticks step_ticks,
                              Ticks begin, Rng& rng);

// Whether a crash begins a section there, in styles that have one.
bool begins_with_crash(const WriterContext& context, const RolePack& pack, int bar);
// A crash over a bass drum, in place of what keeps time.
void mark_with_crash(Ticks onset, Ticks length, std::vector<Note>& notes);

}  // namespace undersong
