#pragma once
// Measures of one piece: pitch, groove, harmony. Source: Wu & Yang 2020, arXiv:2008.01307 (MusDr).
//
// The module `evaluate` answers "how good is it?" with numbers that two implementations agree on.
// Goals: measures of single pieces (texture.h, structure.h), of sets against sets (features.h,
// set_comparison.h), "do they all sound the same?" (variety.h, recognisability.h), and of models
// (cross_entropy.h). Non-goals: drawing and writing reports (`pipeline`), copying (`originality`).
// Every measure says what it does with music that is too short for it: it is unset, never 0.

#include <optional>

#include "score/score.h"

namespace undersong {

struct Texture {
  // H1, H4: entropy (log2) of the twelve pitch classes in every window of 1 and of 4 bars, hop 1
  // bar, by note onsets, averaged; windows without notes left out. 0 … 3.585.
  std::optional<double> entropy_1_bar;
  std::optional<double> entropy_4_bars;
  // GS: 1 - (differing positions of two bars' onset vectors of 64) / 64, averaged over all pairs of
  // bars with notes. 0 … 1.
  std::optional<double> grooving_similarity;
  // CPI: distinct chord trigrams over chord trigrams. 0 … 1.
  std::optional<double> chord_irregularity;
};

// Percussion counts for the groove alone.
Texture measure_texture(const Score& score);

}  // namespace undersong
