#pragma once
// Which sections fill a number of bars.

#include <string>
#include <vector>

#include "base/rng.h"
#include "plan/plan.h"
#include "plan/timing.h"

namespace undersong::detail {

// A section before its key, chords and energy.
struct SectionDraft {
  PlannedSection section;  // without key
  // A long piece goes around its form several times. Material of its own is counted in movements,
  // so that "A" of another movement has other chords.
  int movement = 0;
  int round = 0;
  bool breakdown = false;   // fewer play, to make room for what comes
  bool last_round = false;  // of a piece that has several
};

// The sections of a piece whose bars and hits are `timing`.
// Errors: kUsage for an intro and outro that leave no bar between them.
std::vector<SectionDraft> plan_form(const CompositionRequest& request, const Style& style,
                                    const Timing& timing, const Rng& rng);

const SectionPack* find_section(const Style& style, std::string_view kind);

}  // namespace undersong::detail
