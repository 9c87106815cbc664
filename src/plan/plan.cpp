#include "plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/rng.h"
#include "plan/energy.h"
#include "plan/form.h"
#include "plan/harmony.h"
#include "plan/key_choice.h"
#include "plan/request_check.h"
#include "plan/roles.h"
#include "plan/timing.h"

namespace undersong {
namespace {

// Where in the style's usual tempos: by chance, and higher the more the mood stirs.
double wanted_bpm(const CompositionRequest& request, const Style& style, Rng rng) {
  double place = rng.uniform();
  if (request.mood) place = 0.5 * place + 0.5 * affect_of(*request.mood).arousal;
  return style.usual_low_bpm + place * (style.usual_high_bpm - style.usual_low_bpm);
}

void check_rewrites(const CompositionRequest& request, const Style& style, int bars) {
  for (const Rewrite& rewrite : request.rewrites) {
    if (rewrite.first_bar < 1 || rewrite.last_bar < rewrite.first_bar || rewrite.last_bar > bars) {
      throw Error(ErrorKind::kUsage,
                  fmt::format("bars {}-{} cannot be written again; the piece has bars 1 to {}",
                              rewrite.first_bar, rewrite.last_bar, bars));
    }
    for (const Role role : kRoles) {
      if (!rewrite.roles.contains(role)) continue;
      if (detail::allowed_roles(request, style).contains(role)) continue;
      throw Error(ErrorKind::kUsage,
                  fmt::format("{} cannot be written again; nobody plays it here", name_of(role)));
    }
  }
}

std::vector<PlannedBar> bars_of(const detail::Timing& timing) {
  std::vector<PlannedBar> bars(timing.bars.size());
  for (std::size_t i = 0; i < bars.size(); ++i) {
    bars[i].beats = timing.bars[i].beats;
    bars[i].microseconds_per_quarter = timing.bars[i].microseconds_per_quarter;
    bars[i].hit = timing.bars[i].hit;
  }
  return bars;
}

}  // namespace

Plan plan(const CompositionRequest& request, const Style& style) {
  detail::check_request(request, style);
  // A stream each, so that a change in one decision does not change the others.
  const Rng rng = Rng(request.seed).fork("plan");
  const detail::Timing timing =
      detail::plan_timing(request, style, wanted_bpm(request, style, rng.fork("tempo")));
  Plan plan;
  plan.request = request;
  plan.beat_unit = style.beat_unit;
  plan.tail_seconds = timing.tail_seconds;
  plan.key = detail::choose_key(request, style, rng.fork("key"));
  plan.bars = bars_of(timing);
  check_rewrites(request, style, static_cast<int>(plan.bars.size()));
  std::vector<detail::SectionDraft> drafts =
      detail::plan_form(request, style, timing, rng.fork("form"));
  detail::plan_harmony(request, style, plan.key, drafts, plan.bars, rng.fork("harmony"));
  detail::plan_energy(request, style, drafts, bar_times(plan), plan.bars, rng.fork("energy"));
  detail::plan_roles(request, style, drafts, plan.bars, rng.fork("roles"));
  detail::plan_fills(drafts, plan.bars, rng.fork("fills"));
  plan.instruments = detail::choose_instruments(request, style, rng.fork("instruments"));
  for (detail::SectionDraft& draft : drafts) plan.sections.push_back(std::move(draft.section));
  return plan;
}

}  // namespace undersong
