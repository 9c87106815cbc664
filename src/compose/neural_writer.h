#pragma once
// The part writer that has a network draw the notes.
//
// Goals: parts of the length, form, chords, energy and range that the plan asks for, joined to what
// stands around them, the best of several drafts; the same notes from the same plan and weights
// everywhere. What a plan decides exactly stays with the patterns: the final chord, fills and hits
// of the drums, bars that the network's grid has no place for, and roles that nobody taught it.
// Non-goals: which roles it writes (the pack and the request say), sound, and velocity by energy
// (compose/humanise.h).

#include <functional>
#include <memory>
#include <vector>

#include "compose/neural_drafts.h"
#include "compose/part_writer.h"

namespace undersong {

// What a person's request and the pack leave open.
struct NeuralOptions {
  RoleSet roles;   // that the network writes
  int drafts = 4;  // of each passage, 1-kMostDrafts
  // Notes of one voice, with what the role played before: how near they come to music that was
  // learned, 1 being the limit above which a draft is rejected. Unset: nothing to compare with.
  std::function<double(const std::vector<Note>& notes)> nearness;
  // Told of bars that patterns wrote in the network's place, as every draft came too near. Bars
  // that are written several times, as variations are, are told each time.
  std::function<void(Role role, const BarSpan& bars)> on_too_near;
};

// Roles of a style that the source can write: those that the pack's own styles of music and drums
// had, where it has any.
RoleSet writable_roles(const Style& style, const DraftSource& source);

// All must outlive it. Precondition: options.roles are among writable_roles().
std::unique_ptr<PartWriter> make_neural_writer(const Plan& plan, const Style& style,
                                               const DraftSource& source, NeuralOptions options);

}  // namespace undersong
