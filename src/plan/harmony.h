#pragma once
// The chords of every bar.

#include <vector>

#include "base/rng.h"
#include "plan/form.h"
#include "plan/plan.h"

namespace undersong::detail {

// Fills the keys of the drafts and the chords of `bars`, whose beats are set.
void plan_harmony(const CompositionRequest& request, const Style& style, const Key& key,
                  std::vector<SectionDraft>& drafts, std::vector<PlannedBar>& bars, const Rng& rng);

}  // namespace undersong::detail
