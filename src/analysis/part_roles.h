#pragma once
// Who does what in a score that does not say: melody, accompaniment, bass.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "score/role.h"
#include "score/score.h"

namespace undersong {

struct RoledNote {
  Role role = Role::kLead;
  std::size_t track = 0;  // into Score::tracks
  Note note;
};

// The role that a track of our own files is named after, in any case: "Bass", "Counter-melody",
// "pad". Nothing for other names.
std::optional<Role> role_of_name(std::string_view name);

// Every note with a role, in the order of onsets.
//
// Drums are the percussion channel (all tracks with `drums_only`). Tracks go by name (voice, violin
// 1, bass, strings, drums …), program, register and how many notes they strike at once; one voice
// leads. A keyboard alone is divided note by note and bar by bar: the low line is bass, the rest
// chords, or an arpeggio where its notes come one by one, and the upper line is the lead where
// nobody else is.
std::vector<RoledNote> roles_of(const Score& score, bool drums_only);

}  // namespace undersong
