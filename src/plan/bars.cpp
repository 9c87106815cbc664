// Where the bars of a plan lie.

#include <algorithm>

#include "base/check.h"
#include "plan/plan.h"

namespace undersong {
namespace {

Ticks ticks_of(const Plan& plan, const PlannedBar& bar) {
  return bar.beats * kPlanTicksPerQuarter * 4 / plan.beat_unit;
}

}  // namespace

std::vector<Ticks> bar_onsets(const Plan& plan) {
  std::vector<Ticks> onsets = {0};
  onsets.reserve(plan.bars.size() + 1);
  for (const PlannedBar& bar : plan.bars) onsets.push_back(onsets.back() + ticks_of(plan, bar));
  return onsets;
}

std::vector<double> bar_times(const Plan& plan) {
  std::vector<double> times = {0.0};
  times.reserve(plan.bars.size() + 1);
  // Eighths of microseconds are whole numbers here, so that the sum has no rounding.
  double microseconds = 0.0;
  for (const PlannedBar& bar : plan.bars) {
    microseconds += bar.microseconds_per_quarter * (bar.beats * 4.0 / plan.beat_unit);
    times.push_back(microseconds / 1e6);
  }
  return times;
}

int section_at(const Plan& plan, int bar) {
  UNDERSONG_CHECK(bar >= 0 && bar < static_cast<int>(plan.bars.size()));
  const auto after = std::upper_bound(
      plan.sections.begin(), plan.sections.end(), bar,
      [](int wanted, const PlannedSection& section) { return wanted < section.first_bar; });
  UNDERSONG_CHECK(after != plan.sections.begin());
  return static_cast<int>(after - plan.sections.begin()) - 1;
}

const ChordSymbol& chord_at(const PlannedBar& bar, double beat) {
  UNDERSONG_CHECK(!bar.chords.empty());
  const PlannedChord* sounding = &bar.chords.front();
  for (const PlannedChord& chord : bar.chords)
    if (chord.beat <= beat) sounding = &chord;
  return sounding->symbol;
}

}  // namespace undersong
