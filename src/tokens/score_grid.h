#pragma once
// Score <-> bars on the grid.

#include <optional>
#include <string>
#include <vector>

#include "score/score.h"
#include "tokens/composer_grid.h"

namespace undersong {

// What a piece lost on its way to the grid.
struct GridLosses {
  std::int64_t notes = 0;           // that the score has
  std::int64_t doubled = 0;         // same role, place and pitch as another: one was kept
  std::int64_t moved_octaves = 0;   // outside the piano's keys
  std::int64_t shortened_bars = 0;  // bars of more than kLongestGridBar steps, cut
  std::int64_t silent_bars = 0;     // beyond two in a row, left out

  GridLosses& operator+=(const GridLosses& more);
};

struct GridOptions {
  GridStyle style = GridStyle::kOwn;
  bool drums_only = false;  // every track is a drum kit, whichever its channel
};

struct GridResult {
  GridPiece piece;
  GridLosses losses;
};

// Roles by analysis/part_roles.h, key by analysis/find_key.h, chords by analysis/chords.h. Energy
// is left 0: it is relative to a style (set_energies). Silence before the first and after the last
// note is left out.
// Errors: kFormat when it has no notes.
GridResult to_grid(const Score& score, const GridOptions& options);

// How much happens in a bar, before it is ranked among its style: the sum over notes of velocity,
// per quarter note.
double activity_of(const GridBar& bar);

// Where the eighths lie: the seven quantiles of activity over all bars of the pieces.
std::vector<double> energy_borders(const std::vector<const GridPiece*>& pieces);
void set_energies(GridPiece& piece, const std::vector<double>& borders);

// Relations of all bars to those up to 32 before: kCopy for the same notes, kVaried where at least
// two thirds of the notes (role, position, pitch) are in both; a bar without notes is kNew. The
// nearest copy wins, else the most alike.
void set_relations(GridPiece& piece);

// One track a role that plays, 480 ticks a quarter, in the key that the piece came from (`shift`
// taken back). Exact: to_grid's notes come back as they are.
Score from_grid(const GridPiece& piece);

}  // namespace undersong
