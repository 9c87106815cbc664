#include "compose/neural_prompt.h"

#include <algorithm>

namespace undersong {
namespace {

// Bars behind a gap that are told, at most: what a passage leads to is near.
constexpr int kMostFutureBars = 4;

std::vector<Role> order_of(RoleSet roles) {
  std::vector<Role> order;
  for (const Role role : kRoles) {
    if (roles.contains(role)) order.push_back(role);
  }
  return order;
}

bool plays(const GridBar& bar, Role role) {
  return std::any_of(bar.notes.begin(), bar.notes.end(),
                     [&](const GridNote& note) { return note.role == role; });
}

// Up to the last bar of those behind the gap in which the role is written.
int future_end(const GridPiece& piece, const PromptRequest& request) {
  const int most =
      std::min(request.bars.last + kMostFutureBars, static_cast<int>(piece.bars.size()));
  int end = request.bars.last;
  for (int bar = request.bars.last; bar < most; ++bar) {
    if (plays(piece.bars[static_cast<std::size_t>(bar)], request.role)) end = bar + 1;
  }
  return end;
}

std::vector<TokenId> bar_text(const GridPiece& piece, int bar, const TextLayout& layout) {
  std::vector<TokenId> ids;
  append_bar_start(piece, bar, layout, ids);
  for (const Role role : layout.roles)
    append_block(piece.bars[static_cast<std::size_t>(bar)], role, layout.controls, ids);
  return ids;
}

// Where the told past begins: each time that it outgrows the room, its first half goes.
int past_begin(const GridPiece& piece, TextLayout layout, int end, std::size_t room) {
  std::vector<std::size_t> sizes;
  layout.first_bar = 0;
  int first = 0;
  std::size_t sum = 0;
  for (int bar = 0; bar < end; ++bar) {
    sizes.push_back(bar_text(piece, bar, layout).size());
    sum += sizes.back();
    if (sum <= room) continue;
    while (sum > room / 2 && first < bar) sum -= sizes[static_cast<std::size_t>(first++)];
  }
  // A single bar that has no room at all.
  return sum > room ? end : first;
}

}  // namespace

Prompt prompt_for(const GridPiece& piece, const PromptRequest& request) {
  Prompt prompt;
  TextLayout& layout = prompt.layout;
  layout.roles = order_of(request.told);
  layout.last_bar = request.bars.last;
  layout.first_bar = request.bars.first;
  layout.future_first = request.bars.last;
  layout.future_last = future_end(piece, request);
  append_header(piece, layout, prompt.ids);
  // A future that leaves no room for the past says too much.
  while (prompt.ids.size() > request.room / 2 && layout.future_last > layout.future_first) {
    --layout.future_last;
    prompt.ids.clear();
    append_header(piece, layout, prompt.ids);
  }
  const std::size_t room = request.room - std::min(request.room, prompt.ids.size());
  layout.first_bar = past_begin(piece, layout, request.bars.first, room);
  prompt.ids.clear();
  append_header(piece, layout, prompt.ids);
  for (int bar = layout.first_bar; bar < request.bars.first; ++bar) {
    const std::vector<TokenId> ids = bar_text(piece, bar, layout);
    prompt.ids.insert(prompt.ids.end(), ids.begin(), ids.end());
  }
  return prompt;
}

std::optional<int> varied_distance(const WriterContext& context, int bar) {
  const WriterContext::Phrase phrase = context.phrase(bar);
  if (phrase.index == 0) return std::nullopt;
  const WriterContext::Phrase before = context.phrase(phrase.bars.first - 1);
  const int distance = phrase.bars.first - before.bars.first;
  const int like = bar - distance;
  if (like >= before.bars.last) return std::nullopt;
  return context.bar(like).chords == context.bar(bar).chords ? std::optional(distance)
                                                             : std::nullopt;
}

std::vector<TokenId> told_before_block(const GridPiece& piece, int bar, const Prompt& prompt,
                                       RoleSet told, Role role,
                                       std::optional<std::uint8_t> density) {
  const GridBar& grid = piece.bars[static_cast<std::size_t>(bar)];
  TextLayout layout = prompt.layout;
  layout.controls.relation = grid.relation != BarRelation::kNew;
  std::vector<TokenId> ids;
  append_bar_start(piece, bar, layout, ids);
  for (const Role other : kRoles) {
    if (other != role && told.contains(other)) append_block(grid, other, layout.controls, ids);
  }
  ids.push_back(composer_token::kRole.of(static_cast<int>(index_of(role))));
  if (density) ids.push_back(composer_token::kDensity.of(*density));
  return ids;
}

}  // namespace undersong
