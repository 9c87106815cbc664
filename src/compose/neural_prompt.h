#pragma once
// What the composer network hears before it writes: the piece so far, and what comes after a gap.

#include <vector>

#include "compose/neural_drafts.h"
#include "compose/neural_grid.h"
#include "tokens/composer_text.h"

namespace undersong {

// Which bars are told, for writing one role from bar `bars.first` on.
struct PromptRequest {
  Role role = Role::kLead;
  BarSpan bars;          // to be written
  RoleSet told;          // whose notes are told
  std::size_t room = 0;  // tokens for the prompt
};

// The header, bars that come after the gap where the role is written there already, and the bars
// before it as far as there is room. Where a piece outgrows the room, its beginning is left out by
// halves, so that prompts of neighbouring passages begin alike.
//
// A layout for append_bar_start() and what it makes.
struct Prompt {
  TextLayout layout;
  std::vector<TokenId> ids;
};
Prompt prompt_for(const GridPiece& piece, const PromptRequest& request);

// Bars of a new phrase with the chords of the phrase before are asked for as variations of those;
// what else a bar resembles the network decides. Unset: not told.
std::optional<int> varied_distance(const WriterContext& context, int bar);

// BAR, its controls and the blocks of the other roles, then ROLE and, where it is known, DENSITY.
std::vector<TokenId> told_before_block(const GridPiece& piece, int bar, const Prompt& prompt,
                                       RoleSet told, Role role,
                                       std::optional<std::uint8_t> density);

}  // namespace undersong
