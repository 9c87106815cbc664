#pragma once
// Who plays in every bar, on what, and where drums lead over.

#include <vector>

#include "base/rng.h"
#include "plan/form.h"
#include "plan/plan.h"

namespace undersong::detail {

// Roles that the style has and the request leaves. Errors: kUsage when nobody is left.
RoleSet allowed_roles(const CompositionRequest& request, const Style& style);

// Fills the roles of `bars`, whose energies are set: decided by phrases, so that nobody comes and
// goes within one, and by half phrases where an asked energy climbs steeply.
void plan_roles(const CompositionRequest& request, const Style& style,
                const std::vector<SectionDraft>& drafts, std::vector<PlannedBar>& bars,
                const Rng& rng);

// Sets `fill` in bars after which a section, now and then a phrase, begins with drums, and before
// hits.
void plan_fills(const std::vector<SectionDraft>& drafts, std::vector<PlannedBar>& bars,
                const Rng& rng);

std::vector<PlannedInstrument> choose_instruments(const CompositionRequest& request,
                                                  const Style& style, const Rng& rng);

}  // namespace undersong::detail
