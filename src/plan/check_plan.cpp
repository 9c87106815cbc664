// Whether a plan that a person edited still is one.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>

#include "base/error.h"
#include "plan/form.h"
#include "plan/plan.h"
#include "plan/timing.h"

namespace undersong {
namespace {

template <typename... Arguments>
[[noreturn]] void refuse(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
  throw Error(ErrorKind::kFormat, fmt::format(text, std::forward<Arguments>(arguments)...));
}

// ---- sections -----------------------------------------------------------------------------------

void check_place(const Plan& plan, std::size_t index, int expected) {
  const PlannedSection& section = plan.sections[index];
  if (section.first_bar != expected) {
    refuse(
        "section {} ({}) begins at bar {}, but the one before it ends before bar {}; sections "
        "follow each other without gaps",
        index + 1, section.name, section.first_bar + 1, expected + 1);
  }
  if (section.bars < 1) refuse("section {} ({}) has no bars", index + 1, section.name);
  const bool positive = std::all_of(section.phrases.begin(), section.phrases.end(),
                                    [](int bars) { return bars > 0; });
  const auto sum = std::accumulate(section.phrases.begin(), section.phrases.end(), std::int64_t{0});
  if (!positive || sum != section.bars) {
    refuse("the phrases of section {} ({}) are {} bars together, but the section has {}", index + 1,
           section.name, sum, section.bars);
  }
}

void check_relation(const Plan& plan, std::size_t index) {
  const PlannedSection& section = plan.sections[index];
  if (section.relation == SectionRelation::kNew) {
    if (section.like != -1) {
      refuse(
          "section {} ({}) is new, and cannot be like section {}; leave out \"like\" or give the "
          "relation copy or varied",
          index + 1, section.name, section.like + 1);
    }
    return;
  }
  const bool earlier = section.like >= 0 && section.like < static_cast<int>(index);
  if (!earlier) {
    refuse("section {} ({}) needs \"like\": the number of an earlier section", index + 1,
           section.name);
  }
  const PlannedSection& like = plan.sections[static_cast<std::size_t>(section.like)];
  if (like.kind != section.kind || like.bars < section.bars) {
    refuse("section {} ({}) cannot be like section {} ({}), which has another kind or fewer bars",
           index + 1, section.name, section.like + 1, like.name);
  }
}

void check_sections(const Plan& plan, const Style& style) {
  std::int64_t next = 0;
  for (std::size_t i = 0; i < plan.sections.size(); ++i) {
    const PlannedSection& section = plan.sections[i];
    check_place(plan, i, static_cast<int>(next));
    check_relation(plan, i);
    if (section.kind != "tag" && section.kind != "ending" &&
        !detail::find_section(style, section.kind)) {
      refuse("section {} ({}) has the kind '{}', which the style {} does not have", i + 1,
             section.name, section.kind, style.name);
    }
    next += section.bars;
    if (next > static_cast<std::int64_t>(plan.bars.size())) break;
  }
  if (next != static_cast<std::int64_t>(plan.bars.size()))
    refuse("the sections have {} bars together, but the plan has {}", next, plan.bars.size());
}

// ---- bars ---------------------------------------------------------------------------------------

// The bar before a final chord, and that one itself, may be slowed down by a ritardando.
double slowest_allowed(const Plan& plan, const Style& style, std::size_t bar) {
  const double slowest = style.slowest_bpm * (1.0 - detail::kTempoTolerance);
  const bool slowed = plan.request.ending == Ending::kRing && bar + 3 >= plan.bars.size();
  return slowed ? slowest * (1.0 - style.ritardando) : slowest;
}

void check_chords(const PlannedBar& bar, std::size_t number) {
  if (bar.chords.empty() || bar.chords.size() > 2 || bar.chords.front().beat != 0)
    refuse("bar {}: give one chord at beat 0 and at most one more in its middle", number);
  if (bar.chords.size() == 1) return;
  const int beat = bar.chords[1].beat;
  if (bar.beats < 2 || (beat != bar.beats / 2 && beat != (bar.beats + 1) / 2)) {
    refuse("bar {}: the second chord stands at beat {}; in a bar of {} it may stand at beat {}",
           number, beat, bar.beats, (bar.beats + 1) / 2);
  }
}

void check_bar(const Plan& plan, const Style& style, std::size_t index) {
  const PlannedBar& bar = plan.bars[index];
  const std::size_t number = index + 1;
  if (bar.beats < 1 || bar.beats > 2 * style.beats)
    refuse("bar {}: {} beats are out of range; give 1 to {}", number, bar.beats, 2 * style.beats);
  if (bar.microseconds_per_quarter < 1) refuse("bar {}: the tempo is out of range", number);
  const double bpm = 60e6 / bar.microseconds_per_quarter;
  // A microsecond a quarter is rounding.
  constexpr double kRounding = 1e-5;
  if (bpm < slowest_allowed(plan, style, index) * (1.0 - kRounding) ||
      bpm > style.fastest_bpm * (1.0 + detail::kTempoTolerance + kRounding)) {
    refuse("bar {}: {} microseconds a quarter are {:.1f} BPM; the style {} bears {:g} to {:g}",
           number, bar.microseconds_per_quarter, bpm, style.name, style.slowest_bpm,
           style.fastest_bpm);
  }
  check_chords(bar, number);
  if (!(bar.energy >= 0.0 && bar.energy <= 1.0))
    refuse("bar {}: an energy of {:g} is out of range; give 0 to 1", number, bar.energy);
  if (bar.roles.empty()) refuse("bar {}: nobody plays; give at least one role", number);
  for (const Role role : kRoles) {
    if (!bar.roles.contains(role)) continue;
    if (!style.role(role))
      refuse("bar {}: the style {} has no {}", number, style.name, name_of(role));
    const bool instrument =
        std::any_of(plan.instruments.begin(), plan.instruments.end(),
                    [&](const PlannedInstrument& entry) { return entry.role == role; });
    if (!instrument)
      refuse("bar {}: {} plays, but \"instruments\" has none for it", number, name_of(role));
  }
}

// ---- the whole ----------------------------------------------------------------------------------

void check_instruments(const Plan& plan) {
  std::array<int, kRoleCount> count{};
  for (const PlannedInstrument& instrument : plan.instruments) {
    if (instrument.program < 0 || instrument.program > 127)
      refuse("the program {} of {} is out of range; give 0 to 127", instrument.program,
             name_of(instrument.role));
    if (++count[index_of(instrument.role)] > 1)
      refuse("two instruments for {}; give one", name_of(instrument.role));
  }
}

void check_length(const Plan& plan) {
  const Ending ending = plan.request.ending;
  const double length = plan.request.length_seconds;
  if (!(length > 0.0) || length > kLongestPlanSeconds)
    refuse("a length of {:g} s is out of range; give up to {:g}", length, kLongestPlanSeconds);
  const std::vector<double> times = bar_times(plan);
  const double bars = ending == Ending::kRing ? times[times.size() - 2] : times.back();
  const bool has_tail = ending == Ending::kRing || ending == Ending::kFade;
  if (plan.tail_seconds < 0.0 || (!has_tail && plan.tail_seconds != 0.0) ||
      (ending == Ending::kFade && plan.tail_seconds > length)) {
    refuse("a tail of {:g} s does not go with the ending {} of {:g} s", plan.tail_seconds,
           name_of(ending), length);
  }
  const double end = bars + (ending == Ending::kRing ? plan.tail_seconds : 0.0);
  constexpr double kExact = 0.001;
  if (std::abs(end - length) <= kExact) return;
  const std::string tail = ending == Ending::kRing ? fmt::format(", or give the tail {:.6f} s",
                                                                 plan.tail_seconds + length - end)
                                                   : "";
  refuse(
      "the bars{} last {:.6f} s, {:.6f} s {} than the asked length of {:g} s; change "
      "microseconds_per_quarter of some bars or length_seconds of the request{}",
      ending == Ending::kRing ? " before the final chord and the tail" : "", end,
      std::abs(end - length), end > length ? "more" : "less", length,
      plan.tail_seconds + length - end > 0.0 ? tail : "");
}

void check_hits(const Plan& plan) {
  const std::vector<double> times = bar_times(plan);
  for (const double hit : plan.request.hits_seconds) {
    std::size_t nearest = 0;
    for (std::size_t i = 0; i + 1 < times.size(); ++i)
      if (std::abs(times[i] - hit) < std::abs(times[nearest] - hit)) nearest = i;
    constexpr double kExact = 0.001 + 1e-6;
    if (std::abs(times[nearest] - hit) <= kExact) continue;
    refuse(
        "no bar begins at the hit at {}; the nearest is bar {}, {:.3f} s off; change the tempo of "
        "bars before it, or leave the hit out of the request",
        detail::clock_text(hit), nearest + 1, std::abs(times[nearest] - hit));
  }
}

void check_rewrites(const Plan& plan) {
  for (const Rewrite& rewrite : plan.request.rewrites) {
    if (rewrite.first_bar < 1 || rewrite.last_bar < rewrite.first_bar ||
        rewrite.last_bar > static_cast<int>(plan.bars.size())) {
      refuse("bars {}-{} cannot be written again; the plan has bars 1 to {}", rewrite.first_bar,
             rewrite.last_bar, plan.bars.size());
    }
  }
}

}  // namespace

void check_plan(const Plan& plan, const Style& style) {
  if (plan.bars.empty()) refuse("the plan has no bars");
  if (plan.bars.size() > 100000) refuse("the plan has more than 100000 bars");
  if (plan.beat_unit != style.beat_unit)
    refuse("the beat unit is {}, but the style {} counts in {}", plan.beat_unit, style.name,
           style.beat_unit);
  check_sections(plan, style);
  check_instruments(plan);
  for (std::size_t i = 0; i < plan.bars.size(); ++i) check_bar(plan, style, i);
  check_length(plan);
  check_hits(plan);
  check_rewrites(plan);
}

}  // namespace undersong
