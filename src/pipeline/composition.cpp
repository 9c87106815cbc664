#include "pipeline/composition.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "base/check.h"
#include "base/error.h"
#include "compose/compose.h"

namespace undersong {
namespace {

// Whether the request alone leads to this plan.
bool is_edited(const Plan& edited, const Style& style) {
  try {
    return plan(edited.request, style) != edited;
  } catch (const Error&) {
    return true;  // a person made possible what the request alone is not
  }
}

FoundStyle style_for(const std::string& wanted, const std::string& named) {
  FoundStyle found = find_style(wanted.empty() ? named : wanted);
  if (found.style.name == named) return found;
  throw Error(ErrorKind::kMismatch,
              fmt::format("the music is of the style {}, not {}: leave --style away", named,
                          found.style.name));
}

}  // namespace

Composition plan_composition(CompositionRequest request, FoundStyle style) {
  request.style = style.style.name;  // where it was a path, or an alias
  Composition composition;
  composition.plan = plan(request, style.style);
  composition.style = std::move(style);
  return composition;
}

Composition read_composition(const std::string& plan_json, const std::string& style) {
  Composition composition;
  composition.plan = read_plan(plan_json);
  composition.style = style_for(style, composition.plan.request.style);
  check_plan(composition.plan, composition.style.style);
  composition.edited_plan = is_edited(composition.plan, composition.style.style);
  return composition;
}

Composition composition_from(const CompositionOrigin& origin, const std::string& style) {
  if (!origin.plan) return plan_composition(origin.request, style_for(style, origin.request.style));
  Composition composition = read_composition(*origin.plan, style);
  composition.plan.request = origin.request;  // its rewrites may be newer than the plan
  return composition;
}

Composition with_seed(Composition composition, std::uint64_t seed) {
  CompositionRequest request = composition.plan.request;
  if (composition.from) {
    UNDERSONG_CHECK(!request.rewrites.empty());
    request.rewrites.back().seed = seed;
    composition.plan.request = std::move(request);
    return composition;
  }
  if (request.seed == seed) return composition;
  request.seed = seed;
  if (composition.edited_plan) {
    composition.plan.request = std::move(request);
    return composition;
  }
  Composition planned = plan_composition(std::move(request), std::move(composition.style));
  planned.networks = std::move(composition.networks);
  return planned;
}

Score write_composition(const Composition& composition, std::vector<PatternBars>* in_its_place) {
  const auto& [style, plan, edited_plan, from, networks] = composition;
  const auto writer = make_part_writer(plan, style.style, networks, in_its_place);
  Score score = from ? compose_rewrite(plan, style.style, *writer, *from)
                     : compose(plan, style.style, *writer);
  note_composition(origin_of(composition), score);
  return score;
}

CompositionOrigin origin_of(const Composition& composition) {
  CompositionOrigin origin;
  origin.program_version = UNDERSONG_VERSION;
  origin.request = composition.plan.request;
  origin.style_sha256 = composition.style.sha256;
  if (composition.edited_plan) {
    origin.plan =
        nlohmann::ordered_json::parse(to_json_text(composition.plan)).dump();  // on one line
  }
  return origin;
}

}  // namespace undersong
