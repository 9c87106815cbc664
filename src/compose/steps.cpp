#include "compose/steps.h"

#include <algorithm>

#include "base/check.h"

namespace undersong {
namespace {

std::size_t steps_of_beats(int steps_per_beat, int beats) {
  return static_cast<std::size_t>(steps_per_beat) * static_cast<std::size_t>(beats);
}

}  // namespace

std::vector<StepOnset> unroll(const std::string& steps, int steps_per_beat,
                              const WriterContext& context, const BarSpan& bars) {
  const auto bar_steps = steps_of_beats(steps_per_beat, context.style().beats);
  UNDERSONG_CHECK(!steps.empty() && steps.size() % bar_steps == 0);
  const std::size_t pattern_bars = steps.size() / bar_steps;
  const Ticks step_ticks = context.beat_ticks() / steps_per_beat;

  std::vector<StepOnset> onsets;
  bool held = false;
  for (int bar = bars.first; bar < bars.last; ++bar) {
    const auto row = static_cast<std::size_t>(context.bar_of_section(bar)) % pattern_bars;
    const auto count = steps_of_beats(steps_per_beat, context.bar(bar).beats);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = row * bar_steps + i % bar_steps;
      const char symbol = steps[at];
      const Ticks onset = context.onset(bar) + static_cast<Ticks>(i) * step_ticks;
      if (symbol == '-') {
        if (held) onsets.back().end = onset + step_ticks;
        continue;
      }
      held = symbol != '.';
      if (held) onsets.push_back({onset, onset + step_ticks, step_ticks, symbol, at});
    }
  }
  return onsets;
}

Ticks held_into(const std::string& steps, int steps_per_beat, const WriterContext& context,
                int bar) {
  const auto bar_steps = steps_of_beats(steps_per_beat, context.style().beats);
  const std::size_t pattern_bars = steps.size() / bar_steps;
  const std::size_t row =
      static_cast<std::size_t>(context.bar_of_section(bar)) % pattern_bars * bar_steps;
  const auto most = steps_of_beats(steps_per_beat, context.bar(bar).beats);
  std::size_t count = 0;
  while (count < std::min(most, bar_steps) && steps[row + count] == '-') ++count;
  return static_cast<Ticks>(count) * (context.beat_ticks() / steps_per_beat);
}

double section_energy(const WriterContext& context, const PlannedSection& section) {
  double sum = 0.0;
  for (int bar = section.first_bar; bar < section.first_bar + section.bars; ++bar)
    sum += context.bar(bar).energy;
  return sum / section.bars;
}

}  // namespace undersong
