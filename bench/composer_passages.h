#pragma once
// Passages of held-out music, and the composer's own music under what their bars ask for: what
// composer_control_bench measures.

#include <cstdint>
#include <vector>

#include "base/rng.h"
#include "corpus/training_file.h"
#include "model/composer_model.h"
#include "sample/composer_draw.h"
#include "tokens/composer_text.h"

namespace undersong {

// Bars [first_bar, last_bar) of a whole piece.
struct RealPassage {
  GridPiece piece;
  int first_bar = 0;
  int last_bar = 0;

  int bars() const { return last_bar - first_bar; }
  // Bar number `bar` of the passage.
  const GridBar& bar(int bar) const {
    return piece.bars[static_cast<std::size_t>(first_bar + bar)];
  }
};

// The passage as a piece of its own, its relations found anew.
GridPiece cut_out(const RealPassage& passage);

enum class From { kHeldOut, kEverywhere };
// Passages of so many bars (shorter ones where a piece is, from four bars on), drawn from pieces of
// the style: test pieces first, then valid ones. Every second one is the end of its piece.
std::vector<RealPassage> passages_of(const TrainingFile& file, GridStyle style, From from,
                                     std::size_t count, int bars, const Rng& rng);

enum class DensityBounds { kNone, kHard };
enum class Choice {
  kNone,      // candidates go their own ways
  kEveryBar,  // all go on from the one that repeats nothing it should not and keeps to its chords
};

struct DrawSettings {
  DrawOptions draw;
  ControlChoice controls;
  std::size_t candidates = 4;
  DensityBounds density = DensityBounds::kNone;  // kHard: as many onsets as the step asked has
  double chord_penalty = 0.0;  // taken from the logits of pitches outside the chord
  Choice choice = Choice::kNone;
};

struct DrawnPassage {
  GridPiece music;
  // After each bar, where it has notes: probability of END beside that of another bar; else -1.
  std::vector<double> end_share;
  bool is_grammatical = true;
};

// One a candidate; with Choice::kEveryBar one. All roles of each bar are asked for, with all
// controls that are told.
std::vector<DrawnPassage> draw_passage(const ComposerModel& model, const RealPassage& passage,
                                       const DrawSettings& settings, const Rng& rng);

// A gap in a passage.
struct Gap {
  int first = 0;  // bars of the passage
  int last = 0;
  std::vector<Role> roles;  // that are written anew, after the others; the same everywhere
};
enum class Future {
  kNotTold,
  kTold,
  kLedInto,  // told, and pitches lead into it (BlockLimits::next)
};

// The passage with its gap filled, one a candidate.
std::vector<DrawnPassage> fill_gap(const ComposerModel& model, const RealPassage& passage,
                                   const Gap& gap, Future future, const DrawSettings& settings,
                                   const Rng& rng);

// Whether a chord has a pitch; without a chord none is asked, and every pitch is in it.
bool is_in_chord(GridChord chord, int pitch);
// The chord that holds at a position.
GridChord chord_at(const GridBar& bar, int position);

}  // namespace undersong
