#pragma once
// Who writes a part: patterns today, a network beside them later.

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "base/rng.h"
#include "plan/plan.h"
#include "score/role.h"
#include "score/score.h"

namespace undersong {

// Notes of each role, as written: on the grid, not yet humanised. Ticks of the whole piece, sorted;
// the channel is not yet set.
using Parts = std::array<std::vector<Note>, kRoleCount>;

// Bars of a plan, the last one not among them.
struct BarSpan {
  int first = 0;
  int last = 0;
};

struct PartRequest {
  Role role = Role::kLead;
  BarSpan bars;
  // Everything that is written so far, both sides of the range among it. Roles are written in the
  // order of kRoles, so a melody finds the chords there, and a bass the drums.
  const Parts& parts;
  // Which of the request's rewrites the bars are written for; unset: the piece as it was first.
  std::optional<std::size_t> rewrite = {};
};

class PartWriter {
 public:
  virtual ~PartWriter() = default;

  // The notes of one role that begin in the range; bars in which the role does not play stay
  // empty. What sounds at the end of the range is cut there, unless the piece goes on without a
  // new note and the chord holds.
  //
  // The same arguments are the same notes; `rng` is the only source of chance.
  virtual std::vector<Note> write(const PartRequest& request, Rng rng) const = 0;
};

// The writer that works from the style's patterns. Both must outlive it.
std::unique_ptr<PartWriter> make_pattern_writer(const Plan& plan, const Style& style);

// The piece's writer, in whose place each rewrite has that of its index, where there is one that is
// not null.
std::unique_ptr<PartWriter> make_rewriting_writer(
    std::unique_ptr<PartWriter> piece, std::vector<std::unique_ptr<PartWriter>> rewrites);

}  // namespace undersong
