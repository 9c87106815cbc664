// The score of a plan without its notes.

#include <cstdint>

#include "plan/plan.h"

namespace undersong {

Score conductor_score(const Plan& plan) {
  Score score;
  score.ticks_per_quarter = kPlanTicksPerQuarter;
  const std::vector<Ticks> onsets = bar_onsets(plan);
  for (std::size_t i = 0; i < plan.bars.size(); ++i) {
    const PlannedBar& bar = plan.bars[i];
    const PlannedBar* before = i > 0 ? &plan.bars[i - 1] : nullptr;
    if (!before || before->microseconds_per_quarter != bar.microseconds_per_quarter)
      score.tempos.push_back({onsets[i], bar.microseconds_per_quarter});
    if (!before || before->beats != bar.beats) {
      Meter meter;
      meter.tick = onsets[i];
      meter.numerator = static_cast<std::uint8_t>(bar.beats);
      meter.denominator = static_cast<std::uint8_t>(plan.beat_unit);
      score.meters.push_back(meter);
    }
  }
  for (const PlannedSection& section : plan.sections) {
    const Ticks tick = onsets[static_cast<std::size_t>(section.first_bar)];
    const KeySignature key = signature_of(section.key, tick);
    if (score.keys.empty() || score.keys.back().sharps != key.sharps ||
        score.keys.back().minor != key.minor)
      score.keys.push_back(key);
    score.markers.push_back({tick, section.name});
  }
  return score;
}

}  // namespace undersong
