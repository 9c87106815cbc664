#pragma once
// What stands between a request for music and its notes: style, plan, and what a person had edited.
// `compose` draws from it; checking a certificate makes the same music again.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/request_text.h"
#include "pipeline/writer_network.h"
#include "plan/plan.h"
#include "score/score.h"
#include "style/style_library.h"

namespace undersong {

// A plan and where it came from, before any note.
struct Composition {
  FoundStyle style;
  Plan plan;
  bool edited_plan = false;   // another than plan(plan.request, style): a person changed it
  std::optional<Score> from;  // whose bars the last rewrite of the plan's request writes again
  PieceNetworks networks;     // those of the plan's request
};

// Errors: as find_style() and plan().
Composition plan_composition(CompositionRequest request, FoundStyle style);

// From the text of a plan; `style` empty: the one that the plan names.
// Errors: as read_plan(), find_style() and check_plan().
Composition read_composition(const std::string& plan_json, const std::string& style);

// As a file of ours says that it was made. `style` empty: the one that it names.
// Errors: also kMismatch when `style` is another one.
Composition composition_from(const CompositionOrigin& origin, const std::string& style);

// The same with another seed: of the last rewrite where there is a `from`, else of the piece.
Composition with_seed(Composition composition, std::uint64_t seed);

// The music. The request stands in it as a text (note_composition). `in_its_place`: as for
// make_part_writer(), of the whole piece. Errors: those of make_part_writer().
Score write_composition(const Composition& composition,
                        std::vector<PatternBars>* in_its_place = nullptr);

// What that text says.
CompositionOrigin origin_of(const Composition& composition);

}  // namespace undersong
