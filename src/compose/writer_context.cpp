#include "compose/writer_context.h"

#include <algorithm>

#include "base/check.h"

namespace undersong {
namespace {

// Of the ring, how much the last notes are held: what is left is their release.
constexpr double kHeldShareOfTail = 0.85;

std::vector<ChordStretch> chord_stretches(const Plan& plan, const std::vector<Ticks>& onsets) {
  const Ticks beat_ticks = kPlanTicksPerQuarter * 4 / plan.beat_unit;
  std::vector<ChordStretch> found;
  for (std::size_t bar = 0; bar < plan.bars.size(); ++bar) {
    for (const PlannedChord& chord : plan.bars[bar].chords) {
      const Ticks begin = onsets[bar] + chord.beat * beat_ticks;
      if (!found.empty() && found.back().symbol == chord.symbol) continue;
      if (!found.empty()) found.back().end = begin;
      found.push_back({begin, begin, chord.symbol});
    }
  }
  UNDERSONG_CHECK(!found.empty() && found.front().begin == 0);
  found.back().end = onsets.back();
  return found;
}

Ticks ticks_of(double seconds, std::int32_t microseconds_per_quarter) {
  return static_cast<Ticks>(seconds * 1e6 / microseconds_per_quarter * kPlanTicksPerQuarter);
}

}  // namespace

WriterContext::WriterContext(const Plan& plan, const Style& style)
    : plan_(plan),
      style_(style),
      onsets_(bar_onsets(plan)),
      stretches_(chord_stretches(plan, onsets_)),
      final_end_(end()) {
  const int last = bar_count() - 1;
  if (is_final(last)) {
    const Ticks held =
        ticks_of(plan.tail_seconds * kHeldShareOfTail, bar(last).microseconds_per_quarter);
    final_end_ = onset(last) + std::max(held, beat_ticks());
  }
}

const RolePack& WriterContext::pack(Role role) const {
  const RolePack* found = style_.role(role);
  UNDERSONG_CHECK(found != nullptr);
  return *found;
}

int WriterContext::bar_at(Ticks tick) const {
  const auto after = std::upper_bound(onsets_.begin(), onsets_.end(), tick);
  const auto bar = static_cast<int>(after - onsets_.begin()) - 1;
  return std::clamp(bar, 0, bar_count() - 1);
}

bool WriterContext::is_strong(Ticks tick) const {
  const int at = bar_at(tick);
  const Ticks inside = tick - onset(at);
  const int beats = bar(at).beats;
  if (inside == 0) return true;
  return beats >= 4 && beats % 2 == 0 && inside == beats / 2 * beat_ticks();
}

const PlannedSection& WriterContext::section(int bar) const {
  return plan_.sections[static_cast<std::size_t>(section_at(plan_, bar))];
}

WriterContext::Phrase WriterContext::phrase(int bar) const {
  const PlannedSection& found = section(bar);
  Phrase phrase;
  phrase.count = static_cast<int>(found.phrases.size());
  int first = found.first_bar;
  for (const int bars : found.phrases) {
    phrase.bars = {first, first + bars};
    if (bar < first + bars) break;
    first += bars;
    ++phrase.index;
  }
  return phrase;
}

bool WriterContext::is_final(int bar) const {
  return plan_.request.ending == Ending::kRing && bar == bar_count() - 1;
}

const ChordStretch& WriterContext::stretch(Ticks tick) const {
  const auto after =
      std::upper_bound(stretches_.begin(), stretches_.end(), tick,
                       [](Ticks at, const ChordStretch& stretch) { return at < stretch.begin; });
  return *(after == stretches_.begin() ? after : after - 1);
}

Rng WriterContext::piece_stream(std::string_view purpose) const {
  return Rng(plan_.request.seed).fork("piece").fork(purpose);
}

int step_velocity(char step) {
  switch (step) {
    case 'g': return 36;
    case 'o': return 62;
    case 'x': return 88;
    case 'X': return 112;
    case '?': return 84;
    case 'r': return 84;
    case 't': return 80;
    default: return 0;
  }
}

Note make_note(Ticks onset, Ticks end, int pitch, int velocity) {
  UNDERSONG_CHECK(onset >= 0 && end > onset && pitch >= 0 && pitch <= 127);
  return {.onset_ticks = onset,
          .duration_ticks = end - onset,
          .pitch = static_cast<std::uint8_t>(pitch),
          .velocity = static_cast<std::uint8_t>(std::clamp(velocity, 1, 127))};
}

}  // namespace undersong
