#include "compose/silence.h"

#include <algorithm>
#include <array>

#include "compose/variation.h"

namespace undersong {
namespace {

// Who holds on: what is meant to be held, then what can be.
constexpr std::array kHolders = {Role::kPad,  Role::kChords, Role::kArpeggio,
                                 Role::kBass, Role::kLead,   Role::kCounter};

double seconds_between(const WriterContext& context, const TickSpan& span) {
  const auto microseconds = context.bar(context.bar_at(span.begin)).microseconds_per_quarter;
  return static_cast<double>(span.end - span.begin) * microseconds /
         (1e6 * kPlanTicksPerQuarter);
}

std::vector<TickSpan> silences(const Parts& parts, const TickSpan& within) {
  std::vector<TickSpan> sounding;
  for (const auto& part : parts) {
    for (const Note& note : part) {
      const Ticks end = note.onset_ticks + note.duration_ticks;
      if (end > within.begin && note.onset_ticks < within.end)
        sounding.push_back({note.onset_ticks, end});
    }
  }
  std::sort(sounding.begin(), sounding.end(),
            [](const TickSpan& a, const TickSpan& b) { return a.begin < b.begin; });
  std::vector<TickSpan> found;
  Ticks end = within.begin;
  for (const TickSpan& span : sounding) {
    if (span.begin > end) found.push_back({end, span.begin});
    end = std::max(end, span.end);
  }
  if (end < within.end) found.push_back({end, within.end});
  return found;
}

// How far a role's last notes may be held: while their chord lasts and the role plays.
Ticks held_until(const WriterContext& context, Role role, const Note& note, Ticks at_most) {
  Ticks until = std::min(at_most, context.stretch(note.onset_ticks).end);
  const int last = context.bar_at(until - 1);
  for (int bar = context.bar_at(note.onset_ticks); bar <= last; ++bar) {
    if (!context.plays(role, bar)) return std::min(until, context.onset(bar));
  }
  return until;
}

// The notes of the role's last onset before the hole. Returns whether they reach farther now.
bool hold_on(const WriterContext& context, Role role, const TickSpan& bars, const TickSpan& hole,
             std::vector<Note>& part) {
  const auto next =
      std::lower_bound(part.begin(), part.end(), hole.begin,
                       [](const Note& note, Ticks tick) { return note.onset_ticks < tick; });
  if (next == part.begin()) return false;
  const Ticks onset = (next - 1)->onset_ticks;
  const Ticks until = held_until(context, role, *(next - 1), hole.end);
  if (onset < bars.begin || until <= hole.begin) return false;
  for (auto note = next; note != part.begin() && (note - 1)->onset_ticks == onset; --note)
    (note - 1)->duration_ticks = until - onset;
  return true;
}

}  // namespace

void bridge_silences(const WriterContext& context, const BarSpan& bars, RoleSet roles,
                     Parts& parts) {
  const TickSpan span = {context.onset(bars.first), context.onset(bars.last)};
  for (const TickSpan& hole : silences(parts, span)) {
    // What follows a hole at the bars' end may begin late too.
    const double longest = hole.end == span.end ? kLongestSilence / 2 : kLongestSilence;
    if (seconds_between(context, hole) <= longest) continue;
    for (const Role role : kHolders) {
      if (roles.contains(role) && hold_on(context, role, span, hole, parts[index_of(role)])) break;
    }
  }
}

}  // namespace undersong
