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
  // bar, by note onsets, averaged; windows without onsets left out. 0 … 3.585. Unset where the
  // music has fewer bars than the window (the authors' program takes the whole piece then) or no
  // pitched note.
  std::optional<double> entropy_1_bar;
  std::optional<double> entropy_4_bars;
  // GS: 1 - (differing positions of two bars' onset vectors of 64) / 64, averaged over all pairs of
  // different bars with onsets; an onset counts for the nearest position, a 64th of its own bar. 0
  // … 1. Unset with fewer than two such bars. The authors' program draws 1,000 pairs at random from
  // longer pieces, bars without onsets among them, which are alike without being a groove.
  std::optional<double> grooving_similarity;
  // CPI: distinct chord trigrams over chord trigrams, in the progression of chords.h without
  // repetitions of one chord. Above 0, at most 1. Unset below three chords. The authors' program
  // forgets the last trigram, says 1 below four chords, and has its chords from annotations.
  std::optional<double> chord_irregularity;
};

// Percussion counts for the groove alone; no pedal counts (apply_sustain_pedal() plays it out).
//
// Cost: O(n log n) in notes, whatever the number of bars.
Texture measure_texture(const Score& score);

}  // namespace undersong
