#pragma once
// The smallest thing that a listener remembers: a rhythm and a shape.
//
// Goals: motifs that grow from a style's rhythm cells and are never those cells verbatim; the ways
// in which composers vary them. Non-goals: pitches (melody.h), where motifs stand (phrase.h).

#include <span>
#include <vector>

#include "base/rng.h"
#include "score/score.h"

namespace undersong {

// A note of a motif before it has a pitch.
struct MotifNote {
  Ticks onset_ticks = 0;  // since the motif's beginning
  Ticks duration_ticks = 0;
  int accent = 2;      // 0 ghost, 1 soft, 2 normal, 3 accented
  int height = 0;      // scale steps above the motif's first note
  bool maybe = false;  // half of the times

  Ticks end_ticks() const { return onset_ticks + duration_ticks; }
  bool operator==(const MotifNote&) const = default;
};

// Without overlaps, in order, within its length.
struct Motif {
  Ticks length_ticks = 0;
  Ticks step_ticks = 120;  // the grid of its onsets
  Ticks beat_ticks = 480;
  std::vector<MotifNote> notes;

  bool operator==(const Motif&) const = default;
};

struct MotifOptions {
  std::span<const Motif> cells;  // rhythms of a bar each, at least one; heights are not read
  int bars = 2;
  double leaps = 0.2;  // as in MelodyTraits
  double rests = 0.25;
  std::vector<Motif> unlike;  // motifs of the piece that this one should contrast with
};

// Bars from the cells, halves exchanged, notes shifted, split, merged or left out; then a shape:
// mostly steps, leaps followed by a step back, an octave at most.
Motif make_motif(const MotifOptions& options, Rng rng);

// Another rhythm of the same kind: so many notes shifted, split, merged, left out or put before.
Motif with_varied_rhythm(Motif motif, int changes, Rng rng);
// Rhythm of the motif with a shape of its own.
Motif with_new_shape(Motif motif, double leaps, Rng rng);
// Upside down.
Motif inverted(Motif motif);
// Twice as slow; twice as long.
Motif augmented(Motif motif);
// The first half, then it again `steps` higher.
Motif liquidated(const Motif& motif, int steps);
// Fewer notes below an energy of a half (short ones on weak places are joined to what they follow),
// more above (long ones are split, with a neighbour tone).
Motif at_energy(Motif motif, double energy, Rng rng);

// The share of its time in which it sounds, 0-1.
double sounding_share(const Motif& motif);

}  // namespace undersong
