#pragma once
// Step patterns of a style as onsets in the bars of a piece.

#include <cstddef>
#include <string>
#include <vector>

#include "base/rng.h"
#include "compose/part_writer.h"
#include "compose/writer_context.h"
#include "style/style.h"

namespace undersong {

// A character of a pattern that begins something, in the ticks of the piece.
struct StepOnset {
  Ticks onset = 0;
  Ticks end = 0;   // until where `-` holds it
  Ticks step = 0;  // length of a step
  char symbol = 'x';
  std::size_t at = 0;  // index into the pattern's steps
};

// A pattern over bars of one section, repeated from the section's first bar on. In a bar with fewer
// beats than the style's the rest of the pattern's bar is left out, in one with more it goes on
// from its start. What is held over the end of the range ends there; a hold from before it is
// silent.
//
// "X--. ..x-" with two steps a beat of 4/4: an accent on one, of three steps, and a note on four
// that lasts until the end of the bar.
std::vector<StepOnset> unroll(const std::string& steps, int steps_per_beat,
                              const WriterContext& context, const BarSpan& bars);

// For how long a bar's pattern begins with `-`: what began in the bar before is held so far.
Ticks held_into(const std::string& steps, int steps_per_beat, const WriterContext& context,
                int bar);

// The mean energy of a section's bars: what its patterns are chosen by.
double section_energy(const WriterContext& context, const PlannedSection& section);

// An index among patterns or grooves that may be played at that energy, by weight; of those nearest
// to it where none may. `Pattern` has `energy` and `weight`.
template <typename Pattern>
std::size_t choose_by_energy(const std::vector<Pattern>& patterns, double energy, Rng rng) {
  const auto distance = [&](const Pattern& pattern) {
    if (energy < pattern.energy.low) return pattern.energy.low - energy;
    return energy > pattern.energy.high ? energy - pattern.energy.high : 0.0;
  };
  double nearest = 1.0;
  for (const Pattern& pattern : patterns)
    nearest = distance(pattern) < nearest ? distance(pattern) : nearest;
  std::vector<double> weights;
  weights.reserve(patterns.size());
  for (const Pattern& pattern : patterns)
    weights.push_back(distance(pattern) <= nearest ? pattern.weight : 0.0);
  return rng.weighted(weights);
}

// How a section comes to its pattern: mostly the one that the piece favours, so that its sections
// belong together; another where the energy asks for it, or by `rng` now and then.
inline constexpr double kFavourite = 0.6;
template <typename Pattern>
std::size_t choose_for_section(const std::vector<Pattern>& patterns, double energy,
                               const Rng& piece, const Rng& rng) {
  Rng favours = rng.fork("favour");
  const bool favourite = favours.uniform() < kFavourite;
  return choose_by_energy(patterns, energy, favourite ? piece.fork("choice") : rng.fork("choice"));
}

}  // namespace undersong
