#pragma once
// Plan -> Score.
//
// Goals: parts that fit each other and the plan, by music theory; sections that are heard as the
// same or as different on purpose; the same notes from the same plan everywhere. Non-goals: what to
// play when (`plan`), sound (`render`).

#include <cstdint>
#include <optional>

#include "compose/part_writer.h"
#include "plan/plan.h"
#include "score/score.h"
#include "style/style.h"

namespace undersong {

// Writes the piece: each new section role by role, copies as copies with what was varied on
// purpose, then the rewrites of the request; humanised; a track a role with its instrument.
//
// The score is canonical (midi/midi_file.h): conductor events, markers, then tracks in the order of
// kRoles, each named title_of(role), with program, volume, pan, reverb and chorus at tick 0 and
// its own channel (channel_of).
Score compose(const Plan& plan, const Style& style, const PartWriter& writer);

// The parts before humanising, on the grid and at full energy, as measured by tests and benches.
Parts write_parts(const Plan& plan, const Style& style, const PartWriter& writer);

// `from` with some bars of some roles taken from compose(plan), where the last rewrite of the
// plan's request says which; all other events stay as they are, those that a person edited too.
// Errors: kMismatch when a track of the role is missing, or when the bars of `from` are not the
// plan's.
Score compose_rewrite(const Plan& plan, const Style& style, const PartWriter& writer, Score from);

// Drums and percussion share the percussion channel; the others have one each.
std::uint8_t channel_of(Role role);

// The role of a track by its name and, where a person renamed it, by its channel.
std::optional<Role> role_of(const Track& track);

}  // namespace undersong
