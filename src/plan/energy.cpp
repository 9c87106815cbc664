#include "plan/energy.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace undersong::detail {
namespace {

double in_thousandths(double energy) {
  return std::round(std::clamp(energy, 0.0, 1.0) * 1000.0) / 1000.0;
}

// Climbs until two thirds of the piece, where most music has its peak, then falls a little.
double arc(double position) {
  constexpr double kPeak = 0.68;
  constexpr double kDepth = 0.12;
  const double from_peak =
      position < kPeak ? (kPeak - position) / kPeak : 0.5 * (position - kPeak) / (1.0 - kPeak);
  return kDepth * (0.4 - from_peak);
}

// Music of many rounds comes in waves: each is a little calmer or fuller than the one before.
double wave(int round, int rounds) {
  constexpr int kManyRounds = 5;
  constexpr std::array kWave = {0.0, 0.04, 0.02, -0.1, -0.04};
  return rounds > kManyRounds ? kWave[static_cast<std::size_t>(round) % kWave.size()] : 0.0;
}

double section_energy(const SectionDraft& draft, const Style& style) {
  const SectionPack* pack = find_section(style, draft.section.kind);
  constexpr double kUnknown = 0.5;
  double energy = pack ? pack->energy : kUnknown;
  if (draft.breakdown) energy -= 0.22;
  if (draft.last_round) energy += 0.05;
  return energy;
}

// Over a section: an opening rises, a way out falls, the rest gains a little towards its end.
double slope(const std::string& kind) {
  if (kind == "intro") return 0.12;
  if (kind == "outro") return -0.12;
  return 0.05;
}

// Where a section of the style lies, before slope, hits and arc.
double draw_level(const SectionDraft& draft, int rounds, const Style& style, Rng chance) {
  constexpr double kSpread = 0.06;
  return section_energy(draft, style) + kSpread * (chance.uniform() - 0.5) +
         wave(draft.round, rounds);
}

void draw_energy(const CompositionRequest& request, const Style& style,
                 const std::vector<SectionDraft>& drafts, std::vector<PlannedBar>& bars,
                 const Rng& rng) {
  constexpr double kArousal = 0.3;
  constexpr double kHitLift = 0.1;
  const double mood = request.mood ? kArousal * (affect_of(*request.mood).arousal - 0.5) : 0.0;
  const auto total = static_cast<double>(bars.size());
  double before = 0.5;
  for (std::size_t s = 0; s < drafts.size(); ++s) {
    const PlannedSection& section = drafts[s].section;
    const auto first = static_cast<std::size_t>(section.first_bar);
    // Tags and endings go on at the level of what they follow.
    const bool own = find_section(style, section.kind) != nullptr;
    double level =
        own ? mood + draw_level(drafts[s], drafts.back().round + 1, style, rng.fork(s)) : before;
    // A calm section that begins at a hit is no calm one.
    if (bars[first].hit && s > 0) level = std::max(level, before - kHitLift / 2.0);
    double lift = 0.0;
    for (std::size_t i = 0; i < static_cast<std::size_t>(section.bars); ++i) {
      PlannedBar& bar = bars[first + i];
      if (bar.hit && first + i > 0) lift += kHitLift * (1.0 - lift / 0.3);
      const double within =
          section.bars > 1 ? static_cast<double>(i) / (section.bars - 1) - 0.5 : 0.0;
      const double rise =
          own ? arc(static_cast<double>(first + i) / total) + slope(section.kind) * within : 0.0;
      bar.energy = in_thousandths(level + rise + lift);
    }
    before = bars[first + static_cast<std::size_t>(section.bars) - 1].energy;
  }
}

}  // namespace

double energy_at(const std::vector<EnergyPoint>& curve, double seconds) {
  if (seconds <= curve.front().seconds) return curve.front().energy;
  for (std::size_t i = 1; i < curve.size(); ++i) {
    if (seconds > curve[i].seconds) continue;
    const EnergyPoint& from = curve[i - 1];
    const EnergyPoint& to = curve[i];
    const double share = (seconds - from.seconds) / (to.seconds - from.seconds);
    return from.energy + share * (to.energy - from.energy);
  }
  return curve.back().energy;
}

void plan_energy(const CompositionRequest& request, const Style& style,
                 const std::vector<SectionDraft>& drafts, const std::vector<double>& onset_seconds,
                 std::vector<PlannedBar>& bars, const Rng& rng) {
  if (request.energy.empty()) {
    draw_energy(request, style, drafts, bars, rng);
    return;
  }
  for (std::size_t i = 0; i < bars.size(); ++i)
    bars[i].energy = in_thousandths(energy_at(request.energy, onset_seconds[i]));
}

}  // namespace undersong::detail
