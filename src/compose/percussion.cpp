// Shakers, congas and what else lies beside the drums.

#include <algorithm>

#include "compose/groove_player.h"
#include "compose/pattern_parts.h"

namespace undersong {
namespace {

// A stroke on the downbeat: with the final chord, with a hit.
void strike(const WriterContext& context, const SectionGroove& groove, int bar, char symbol,
            std::vector<Note>& notes) {
  const Ticks onset = context.onset(bar);
  notes.push_back(make_note(onset, onset + context.beat_ticks() / 4,
                            groove.groove.voices.front().key, step_velocity(symbol)));
}

bool begins_at(const std::vector<Note>& notes, Ticks onset) {
  return std::any_of(notes.begin(), notes.end(),
                     [&](const Note& note) { return note.onset_ticks == onset; });
}

}  // namespace

std::vector<Note> write_percussion(const WriterContext& context, const PartRequest& request,
                                   Rng rng) {
  std::vector<Note> notes;
  const SectionGroove groove =
      groove_of_section(context, Role::kPercussion, request.bars.first, rng);
  if (groove.groove.voices.empty()) return notes;
  for (int bar = request.bars.first; bar < request.bars.last; ++bar) {
    if (!context.plays(Role::kPercussion, bar)) continue;
    if (context.is_final(bar)) {
      strike(context, groove, bar, 'o', notes);
      continue;
    }
    // Two bars that are alike in the section are played alike, but for a chance of every fourth.
    const auto row = static_cast<std::uint64_t>(context.bar_of_section(bar) % 4);
    std::vector<Note> played = play_groove(context, groove, bar, rng.fork("bar").fork(row));
    if (context.bar(bar).hit && !begins_at(played, context.onset(bar)))
      strike(context, groove, bar, 'X', played);
    notes.insert(notes.end(), played.begin(), played.end());
  }
  return notes;
}

}  // namespace undersong
