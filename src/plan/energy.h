#pragma once
// How hard every bar is played.

#include <vector>

#include "base/rng.h"
#include "plan/form.h"
#include "plan/plan.h"

namespace undersong::detail {

// The asked curve at a time; the curve has at least one point.
double energy_at(const std::vector<EnergyPoint>& curve, double seconds);

// Fills the energies of `bars`: the asked curve where there is one, else the sections' own with an
// arc over the piece, lifted at hits and by the mood's arousal. In thousandths.
void plan_energy(const CompositionRequest& request, const Style& style,
                 const std::vector<SectionDraft>& drafts, const std::vector<double>& onset_seconds,
                 std::vector<PlannedBar>& bars, const Rng& rng);

}  // namespace undersong::detail
