#include "compose/pattern_parts.h"

namespace undersong {

std::vector<Note> write_drums(const WriterContext&, const PartRequest&, Rng) { return {}; }

}  // namespace undersong
