#pragma once
// Bars <-> token ids (tokens/composer_vocabulary.h has the grammar).

#include <optional>
#include <span>
#include <vector>

#include "tokens/composer_grid.h"
#include "tokens/composer_vocabulary.h"

namespace undersong {

// The controls that are written down; what is left out the network has to choose.
struct ControlChoice {
  bool chords = true;
  bool energy = true;
  bool relation = true;
  bool left = true;
  bool density = true;

  static ControlChoice none() { return {false, false, false, false, false}; }
};

// What of a piece becomes tokens, and in which order. The piece is the whole one, however little of
// it is told: BEGIN, LEFT and END are true of it.
struct TextLayout {
  int first_bar = 0;
  int last_bar = 0;  // the last one not among them
  // Bars behind the gap that are told first, [future_first, future_last); none when equal.
  int future_first = 0;
  int future_last = 0;
  std::vector<Role> roles{kRoles.begin(), kRoles.end()};  // the order of blocks; others left out
  ControlChoice controls;

  // All bars, roles and controls.
  static TextLayout whole(const GridPiece& piece);
};

// Ids of the header, the bars, and END when the layout reaches the last bar of the piece. The
// relation of a bar to one that is not among the layout's bars before it is left out; where the
// distance is not known (0) it is told. A note that doubles another (role, position, pitch) is
// told once.
// Precondition: bar numbers are inside the piece, the future behind the bars; roles are distinct;
// the piece's values are within the ranges of tokens/composer_grid.h.
std::vector<TokenId> to_composer_text(const GridPiece& piece, const TextLayout& layout);

// The parts of it, for a writer that goes bar by bar.
// From BEGIN to TEMPO, and FUTURE … PAST. Meter and tempo are those of the layout's first bar.
void append_header(const GridPiece& piece, const TextLayout& layout, std::vector<TokenId>& ids);
// BAR and the controls of bar `bar`, before its first block. What was told before it is the bar
// before it, or the header when the layout begins there. LEFT is told in a piece's last eight bars.
void append_bar_start(const GridPiece& piece, int bar, const TextLayout& layout,
                      std::vector<TokenId>& ids);
// The block of one role: nothing where it has no notes in that bar.
void append_block(const GridBar& bar, Role role, const ControlChoice& controls,
                  std::vector<TokenId>& ids);

// What the ids say: a piece whose shift is 0. Bars of FUTURE … PAST are left out; controls that
// were not told are 0 (energy, chords, kNew), and so is every relation_distance: set_relations
// finds it. Ends at END, or where the ids end; a note or position that was begun and not finished
// is dropped.
// Errors: kFormat for ids that the grammar forbids, with the place.
GridPiece from_composer_text(std::span<const TokenId> ids);

// Onsets of a role in a bar: its distinct positions, which is what DENSITY counts.
int onsets_of(const GridBar& bar, Role role);

}  // namespace undersong
