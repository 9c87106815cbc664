#pragma once
// Holes in thin arrangements: when few play, somebody holds on.

#include "compose/part_writer.h"
#include "compose/writer_context.h"

namespace undersong {

// A rest of all is a gesture up to here, in seconds; beyond it is a hole.
inline constexpr double kLongestSilence = 0.9;

// Where nothing at all sounds for longer than that within the bars, the last notes of a role among
// `roles` are held on: as long as their chord lasts, up to what follows. Pads and chords rather
// than basses, those rather than melodies. Notes that begin outside of the bars stay as they are,
// and nothing is held over the bars' end.
void bridge_silences(const WriterContext& context, const BarSpan& bars, RoleSet roles,
                     Parts& parts);

}  // namespace undersong
