#include "compose/comping.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace undersong {
namespace {

int accent_of(char step) {
  switch (step) {
    case 'g': return 0;
    case 'o': return 1;
    case 'X': return 3;
    default: return 2;
  }
}

std::string without_layout(const std::string& steps) {
  std::string bare;
  for (const char step : steps)
    if (step != ' ' && step != '|') bare.push_back(step);
  return bare;
}

}  // namespace

Motif rhythm_of(const StepPattern& pattern, Ticks beat_ticks) {
  Motif rhythm;
  rhythm.step_ticks = beat_ticks / pattern.steps_per_beat;
  rhythm.beat_ticks = beat_ticks;
  const std::string steps = without_layout(pattern.steps);
  Ticks held_over = 0;
  for (const char step : steps) {
    const Ticks at = rhythm.length_ticks;
    rhythm.length_ticks += rhythm.step_ticks;
    if (step == '.') continue;
    if (step != '-') {
      const int height = step >= '0' && step <= '9' ? step - '0' : 0;
      rhythm.notes.push_back({at, rhythm.step_ticks, accent_of(step), height, step == '?'});
    } else if (rhythm.notes.empty()) {
      if (held_over == at) held_over += rhythm.step_ticks;
    } else if (rhythm.notes.back().end_ticks() == at) {
      rhythm.notes.back().duration_ticks += rhythm.step_ticks;
    }
  }
  if (!rhythm.notes.empty() && rhythm.notes.back().end_ticks() == rhythm.length_ticks)
    rhythm.notes.back().duration_ticks += held_over;
  return rhythm;
}

std::vector<StepPattern> patterns_at(const std::vector<StepPattern>& patterns, double energy) {
  std::vector<StepPattern> found;
  for (const StepPattern& pattern : patterns)
    if (energy >= pattern.energy.low && energy <= pattern.energy.high) found.push_back(pattern);
  return found.empty() ? patterns : found;
}

const StepPattern& draw_pattern(const std::vector<StepPattern>& patterns, Rng& rng) {
  UNDERSONG_CHECK(!patterns.empty());
  std::vector<double> weights;
  weights.reserve(patterns.size());
  for (const StepPattern& pattern : patterns) weights.push_back(pattern.weight);
  return patterns[rng.weighted(weights)];
}

std::vector<MotifNote> notes_of_bar(const WriterContext& context, const Motif& rhythm, int bar) {
  const Ticks bar_ticks = context.style().beats * context.beat_ticks();
  const Ticks bars = std::max<Ticks>(1, rhythm.length_ticks / bar_ticks);
  const Ticks from = context.bar_of_section(bar) % bars * bar_ticks;
  std::vector<MotifNote> found;
  for (Ticks at = 0; at < context.length(bar); at += bar_ticks) {
    for (MotifNote note : rhythm.notes) {
      if (note.onset_ticks < from || note.onset_ticks >= from + bar_ticks) continue;
      note.onset_ticks += at - from;
      if (note.onset_ticks < context.length(bar)) found.push_back(note);
    }
  }
  return found;
}

int accent_velocity(int accent) {
  constexpr std::array kSteps = {'g', 'o', 'x', 'X'};
  return step_velocity(kSteps[static_cast<std::size_t>(std::clamp(accent, 0, 3))]);
}

std::vector<VoicedStretch> voice_passage(const WriterContext& context, const BarSpan& bars,
                                         const PassageVoicing& options, Voicing before) {
  std::vector<VoicedStretch> passage;
  const Ticks end = context.onset(bars.last);
  Ticks at = context.onset(bars.first);
  while (at < end) {
    const ChordStretch& stretch = context.stretch(at);
    const int bar = context.bar_at(at);
    bool has_root = false;
    for (const Role role : kRoles)
      has_root = has_root || (options.roots.contains(role) && context.plays(role, bar));
    const VoicingOptions voicing{
        .type = options.type,
        .range = context.pack(options.role).range,
        .root = has_root ? VoicedRoot::kLeftToBass : VoicedRoot::kAtTheBottom,
        .ceiling = options.ceiling,
        .aim = options.aim,
        .key = context.key(bar)};
    before = voice_chord(stretch.symbol, voicing, before);
    // The final chord is longer than its bar.
    const Ticks until = stretch.end > at ? std::min(stretch.end, end) : end;
    passage.push_back({at, until, stretch.symbol, before});
    at = until;
  }
  return passage;
}

const VoicedStretch& voiced_at(const std::vector<VoicedStretch>& passage, Ticks tick) {
  UNDERSONG_CHECK(!passage.empty());
  const auto after =
      std::upper_bound(passage.begin(), passage.end(), tick,
                       [](Ticks at, const VoicedStretch& stretch) { return at < stretch.begin; });
  return *(after == passage.begin() ? after : after - 1);
}

Voicing sounding_before(const std::vector<Note>& notes, Ticks tick, Ticks at_most) {
  Ticks last = -1;
  for (const Note& note : notes)
    if (note.onset_ticks < tick) last = std::max(last, note.onset_ticks);
  Voicing pitches;
  if (last < 0 || tick - last > at_most) return pitches;
  for (const Note& note : notes) {
    const bool sounds = note.onset_ticks <= last && note.onset_ticks + note.duration_ticks > last;
    if (sounds) pitches.push_back(note.pitch);
  }
  std::sort(pitches.begin(), pitches.end());
  pitches.erase(std::unique(pitches.begin(), pitches.end()), pitches.end());
  return pitches;
}

VoicingType draw_voicing(const RolePack& pack, Rng& rng) {
  if (pack.voicings.empty()) return VoicingType::kTriad;
  std::vector<double> weights;
  weights.reserve(pack.voicings.size());
  for (const auto& choice : pack.voicings) weights.push_back(choice.second);
  return pack.voicings[rng.weighted(weights)].first;
}

int room_below_lead(const WriterContext& context, const BarSpan& bars, double share) {
  const RolePack* lead = context.style().role(Role::kLead);
  if (lead == nullptr) return 127;
  for (int bar = bars.first; bar < bars.last; ++bar) {
    if (context.plays(Role::kLead, bar))
      return lead->range.low + static_cast<int>((lead->range.high - lead->range.low) * share);
  }
  return 127;
}

}  // namespace undersong
