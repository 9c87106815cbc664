// Shakers, congas and what else lies beside the drums.

#include "compose/groove_player.h"
#include "compose/pattern_parts.h"

namespace undersong {
namespace {

// One stroke with the final chord.
void play_final(const WriterContext& context, const SectionGroove& groove, int bar,
                std::vector<Note>& notes) {
  const Ticks onset = context.onset(bar);
  notes.push_back(make_note(onset, onset + context.beat_ticks() / 4,
                            groove.groove.voices.front().key, step_velocity('o')));
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
      play_final(context, groove, bar, notes);
      continue;
    }
    // Two bars that are alike in the section are played alike, but for a chance of every fourth.
    const auto row = static_cast<std::uint64_t>(context.bar_of_section(bar) % 4);
    const std::vector<Note> played = play_groove(context, groove, bar, rng.fork("bar").fork(row));
    notes.insert(notes.end(), played.begin(), played.end());
  }
  return notes;
}

}  // namespace undersong
