#include "plan/energy.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace undersong::detail {
namespace {

double in_thousandths(double energy) {
  return std::round(std::clamp(energy, 0.0, 1.0) * 1000.0) / 1000.0;
}

// Climbs until two thirds of the piece, where most music has its peak, then falls a little: 1 from
// its beginning to its peak.
double arc(double position) {
  constexpr double kPeak = 0.7;
  constexpr double kFall = 0.45;
  const double from_peak =
      position < kPeak ? (kPeak - position) / kPeak : kFall * (position - kPeak) / (1.0 - kPeak);
  return 0.5 - from_peak;
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

// How much the arc climbs: little where the sections themselves differ, much in a piece of twenty
// seconds that has one alone. Over a phrase or less there is no time to climb.
double arc_depth(const std::vector<double>& levels, double bars) {
  constexpr double kRange = 0.45;  // what is heard as a way from calm to full
  constexpr double kLeast = 0.12;
  const auto [low, high] = std::minmax_element(levels.begin(), levels.end());
  const double time = std::clamp((bars - 3.0) / 4.0, 0.0, 1.0);
  return kLeast + time * std::max(0.0, kRange - (*high - *low) - kLeast);
}

// What hits add: a jump above the bar before, which is gone after a phrase, so that hits in a row
// do not pile up and a calm section that begins at one soon is calm.
class HitLift {
 public:
  // Energy of a bar that would have `energy`, after one that has `before`.
  double lifted(double energy, double before, bool hit) {
    constexpr double kLift = 0.08;
    constexpr double kLeast = 0.03;  // above the bar before
    if (hit) {
      lift_ = std::max(kLift, before + kLeast - energy);
      step_ = lift_ / kPhraseBars;
    }
    const double lift = lift_;
    lift_ = std::max(0.0, lift_ - step_);
    return energy + lift;
  }

 private:
  static constexpr double kPhraseBars = 4.0;
  double lift_ = 0.0;
  double step_ = 0.0;
};

// The level of each section; tags and endings go on at the level of what they follow.
std::vector<double> draw_levels(const CompositionRequest& request, const Style& style,
                                const std::vector<SectionDraft>& drafts, const Rng& rng) {
  constexpr double kArousal = 0.3;
  const double mood = request.mood ? kArousal * (affect_of(*request.mood).arousal - 0.5) : 0.0;
  std::vector<double> levels;
  for (std::size_t s = 0; s < drafts.size(); ++s) {
    if (find_section(style, drafts[s].section.kind)) {
      levels.push_back(mood + draw_level(drafts[s], drafts.back().round + 1, style, rng.fork(s)));
    } else {
      levels.push_back(levels.empty() ? 0.5 : levels.back());
    }
  }
  return levels;
}

void draw_energy(const CompositionRequest& request, const Style& style,
                 const std::vector<SectionDraft>& drafts, std::vector<PlannedBar>& bars,
                 const Rng& rng) {
  constexpr double kLeast = 0.04;
  constexpr double kMost = 0.95;  // but for hits
  const std::vector<double> levels = draw_levels(request, style, drafts, rng);
  const auto total = static_cast<double>(bars.size());
  const double depth = arc_depth(levels, total);
  HitLift hits;
  double before = 0.0;
  for (std::size_t s = 0; s < drafts.size(); ++s) {
    const PlannedSection& section = drafts[s].section;
    const double way = find_section(style, section.kind) ? slope(section.kind) : 0.0;
    for (int i = 0; i < section.bars; ++i) {
      PlannedBar& bar = bars[static_cast<std::size_t>(section.first_bar + i)];
      const double position = (section.first_bar + i) / total;
      const double within =
          section.bars > 1 ? static_cast<double>(i) / (section.bars - 1) - 0.5 : 0.0;
      const double energy =
          std::clamp(levels[s] + depth * arc(position) + way * within, kLeast, kMost);
      bar.energy = before =
          in_thousandths(hits.lifted(energy, before, bar.hit && section.first_bar + i > 0));
    }
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
