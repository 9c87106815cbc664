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

// Whether all tracks that have notes are named so: a file of our own, whose roles and key are as it
// says.
bool names_its_roles(const Score& score);

// Every note with a role, in the order of onsets.
//
// Drums are the percussion channel (all tracks with `drums_only`): the kit's keys are drums, those
// that hands shake and strike percussion, as are timpani and their like, which become toms. Pitched
// tracks go by name (voice, violin 1, contrabass …), program, register, and what they do in each
// bar: one leads, at most one more has a line of its own (the counter-melody), low ones are the
// bass, and the rest is pads where notes last, arpeggios where they come one by one in leaps, else
// chords. A keyboard, harp or organ is divided note by note: the low line is bass where nobody else
// plays one, the upper line leads where nobody else does.
//
// Pieces whose tracks are named after roles keep those.
std::vector<RoledNote> roles_of(const Score& score, bool drums_only);

}  // namespace undersong
