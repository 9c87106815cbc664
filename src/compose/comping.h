#pragma once
// What chords, pad, arpeggio and melodies share: step patterns as rhythms, and the voicings of a
// passage.

#include <optional>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "compose/motif.h"
#include "compose/part_writer.h"
#include "compose/voicing.h"
#include "compose/writer_context.h"

namespace undersong {

// A pattern's steps as notes with durations; its height is the step's digit, 0 without. Holds at
// its beginning lengthen its last note over its end, where that is held to the end. All of its
// bars; `bar_ticks` says how long one is.
Motif rhythm_of(const StepPattern& pattern, Ticks beat_ticks);

// Those that may play at this energy; all when none may.
std::vector<StepPattern> patterns_at(const std::vector<StepPattern>& patterns, double energy);
const StepPattern& draw_pattern(const std::vector<StepPattern>& patterns, Rng& rng);
const StepPattern& draw_pattern(std::vector<StepPattern>&&, Rng&) = delete;  // it would dangle

// The notes of a rhythm that fall into a bar of the piece, since its beginning: the bar of the
// pattern whose turn it is, longer bars going around. Notes may reach over the bar's end.
std::vector<MotifNote> notes_of_bar(const WriterContext& context, const Motif& rhythm, int bar);

// Velocity of an accent of 0-3 at full energy.
int accent_velocity(int accent);

// A chord of the passage and how it is voiced. Stretches are cut at the passage's ends.
struct VoicedStretch {
  Ticks begin = 0;
  Ticks end = 0;
  ChordSymbol symbol;
  Voicing voicing;
};

struct PassageVoicing {
  Role role = Role::kChords;
  VoicingType type = VoicingType::kSeventh;
  std::optional<int> aim;
  int ceiling = 127;
  RoleSet roots;  // roles that have the root, so that this one need not
};

// Voices the passage from its first bar to its last, each chord from the one before; the first
// from what `before` sounds.
std::vector<VoicedStretch> voice_passage(const WriterContext& context, const BarSpan& bars,
                                         const PassageVoicing& options, Voicing before);

// The stretch that sounds at a tick of the passage.
const VoicedStretch& voiced_at(const std::vector<VoicedStretch>& passage, Ticks tick);

// Pitches of the last notes that begin before a tick, if they are not long gone.
Voicing sounding_before(const std::vector<Note>& notes, Ticks tick, Ticks at_most);

// Drawn by the pack's weights.
VoicingType draw_voicing(const RolePack& pack, Rng& rng);

// The pitch so far up the lead's range (0-1), where it plays in one of the bars, else 127: others
// stay below it, to leave it room.
int room_below_lead(const WriterContext& context, const BarSpan& bars, double share);

}  // namespace undersong
