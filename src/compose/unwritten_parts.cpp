// Roles that no pattern writer plays yet.

#include "compose/pattern_parts.h"

namespace undersong {

std::vector<Note> write_chords(const WriterContext&, const PartRequest&, Rng) { return {}; }
std::vector<Note> write_pad(const WriterContext&, const PartRequest&, Rng) { return {}; }
std::vector<Note> write_arpeggio(const WriterContext&, const PartRequest&, Rng) { return {}; }
std::vector<Note> write_lead(const WriterContext&, const PartRequest&, Rng) { return {}; }
std::vector<Note> write_counter(const WriterContext&, const PartRequest&, Rng) { return {}; }

}  // namespace undersong
