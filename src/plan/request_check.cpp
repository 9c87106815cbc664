#include "plan/request_check.h"

#include <fmt/format.h>

#include <cmath>
#include <string>

#include "base/error.h"
#include "plan/key_choice.h"
#include "plan/plan.h"
#include "plan/roles.h"
#include "plan/timing.h"

namespace undersong::detail {
namespace {

template <typename... Arguments>
[[noreturn]] void refuse(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  throw Error(ErrorKind::kUsage, fmt::format(text, std::forward<Arguments>(arguments)...));
}

void check_tempo(const CompositionRequest& request, const Style& style) {
  if (!request.bpm) return;
  const double bpm = *request.bpm;
  if (bpm >= style.slowest_bpm && bpm <= style.fastest_bpm) return;
  // A listener's double or half of it is often what was meant.
  std::string other;
  for (const double factor : {0.5, 2.0}) {
    if (bpm * factor >= style.slowest_bpm && bpm * factor <= style.fastest_bpm)
      other = fmt::format("; {:g} would do", bpm * factor);
  }
  refuse("the style {} does not bear {:g} BPM; give {:g} to {:g}{}", style.name, bpm,
         style.slowest_bpm, style.fastest_bpm, other);
}

void check_length(const CompositionRequest& request, const Style& style) {
  const double length = request.length_seconds;
  if (!(length > 0.0) || length > kLongestPlanSeconds) {
    refuse("a length of {:g} s is out of range; give up to {}", length,
           clock_text(kLongestPlanSeconds));
  }
  const double shortest = std::ceil(shortest_seconds(request, style) * 100.0) / 100.0;
  if (length + 1e-6 < shortest_seconds(request, style)) {
    const std::string tempo =
        request.bpm ? fmt::format(" near {:g} BPM", *request.bpm) : std::string();
    refuse("{:g} s is too short: a bar{} of the style {}{} takes at least {:.2f} s", length,
           request.ending == Ending::kRing ? " and a final chord" : "", style.name, tempo,
           shortest);
  }
}

void check_hits(const CompositionRequest& request) {
  double before = -1.0;
  for (const double hit : request.hits_seconds) {
    if (!(hit >= 0.0)) refuse("a hit at {:g} s is before the beginning", hit);
    if (hit >= request.length_seconds) {
      refuse("the hit at {} is not before the end at {}; give a longer piece or leave it out",
             clock_text(hit), clock_text(request.length_seconds));
    }
    if (hit <= before) {
      refuse("the hit at {} does not come after the one at {}; give hits in order, each once",
             clock_text(hit), clock_text(before));
    }
    before = hit;
  }
}

void check_energy(const CompositionRequest& request) {
  double before = -1.0;
  for (const EnergyPoint& point : request.energy) {
    if (!(point.energy >= 0.0 && point.energy <= 1.0))
      refuse("an energy of {:g} is out of range; give 0 to 1", point.energy);
    if (!(point.seconds >= 0.0)) refuse("an energy curve cannot begin at {:g} s", point.seconds);
    if (point.seconds <= before) {
      refuse("the energy curve's point at {} does not come after the one at {}; give them in order",
             clock_text(point.seconds), clock_text(before));
    }
    before = point.seconds;
  }
}

void check_edge(const std::optional<int>& bars, const char* name) {
  constexpr int kMost = 64;
  if (bars && (*bars < 0 || *bars > kMost))
    refuse("an {} of {} bars is out of range; give 0 (none) to {}", name, *bars, kMost);
}

void check_edges(const CompositionRequest& request) {
  check_edge(request.intro_bars, "intro");
  check_edge(request.outro_bars, "outro");
  if (request.ending == Ending::kLoop && request.outro_bars.value_or(0) > 0)
    refuse("a loop has no outro: its end leads to its beginning; leave out --outro or the loop");
}

void check_instruments(const CompositionRequest& request, const Style& style) {
  for (const auto& [role, program] : request.instruments) {
    if (program < 0 || program > 127)
      refuse("program {} of {} is out of range; give 0 to 127", program, name_of(role));
    if (style.role(role)) continue;
    std::string roles;
    for (const Role known : kRoles)
      if (style.role(known)) roles += (roles.empty() ? "" : ", ") + std::string(name_of(known));
    refuse("the style {} has no {} to give an instrument to; it has {}", style.name, name_of(role),
           roles);
  }
  for (std::size_t i = 0; i < request.instruments.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (request.instruments[i].first == request.instruments[k].first)
        refuse("two instruments for {}; give one", name_of(request.instruments[i].first));
}

}  // namespace

void check_request(const CompositionRequest& request, const Style& style) {
  check_tempo(request, style);
  check_length(request, style);
  check_hits(request);
  check_energy(request);
  check_edges(request);
  check_instruments(request, style);
  allowed_roles(request, style);
  if (request.tonic && (*request.tonic < 0 || *request.tonic > 11))
    refuse("{} is not a pitch class; give 0 (C) to 11 (B)", *request.tonic);
  if (request.mode) chord_mode(*request.mode, style);
}

}  // namespace undersong::detail
