#pragma once
// A plan and its parts as the composer network sees them, and the network's notes as notes of the
// plan.
//
// Goals: everything that a plan asks of a bar as the network's controls, in its key, on its grid,
// and back without loss beyond the grid's own. Non-goals: what is drawn (neural_drafts.h) and
// which of it is taken (neural_ranking.h).

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "compose/neural_drums.h"
#include "compose/part_writer.h"
#include "compose/writer_context.h"
#include "tokens/composer_grid.h"

namespace undersong {

inline constexpr Ticks kTicksPerGridStep = kPlanTicksPerQuarter / kGridPerQuarter;

// How dense a role's bars are in a style that the network learned: shares by density step; all 0
// for a role that it never heard there.
using RoleDensities = std::array<std::array<double, kDensitySteps>, kRoleCount>;
// The roles that it heard.
RoleSet heard_roles(const RoleDensities& densities);

class NeuralGrid {
 public:
  // The context must outlive it.
  NeuralGrid(const WriterContext& context, GridStyle style, const RoleDensities& densities);

  // Whether the bar has a place on the grid: a meter that is as long, and no more than
  // kLongestGridBar steps.
  bool fits(int bar) const;

  // Every bar of the plan with its controls; notes of `roles` from bars [first, last). Bars that do
  // not fit are empty.
  GridPiece piece(const Parts& parts, RoleSet roles, const BarSpan& bars) const;

  // Where in the style a bar's energy stands, 0-1: what the pack's quietest and loudest sections
  // have are an eighth and seven eighths.
  double rank_of_energy(int bar) const;
  // How dense the bars of that rank are in the learned style; unset for a role that it has not.
  std::optional<std::uint8_t> density_at(Role role, double rank) const;

  // What is asked of a role in a bar: that of the middle, moved half way to the bar's rank, a little
  // more or less by chance for each phrase, as roles of one energy are not all alike.
  std::optional<std::uint8_t> asked_density(Role role, int bar) const;

  // Semitones that were added to the bar's pitches.
  int shift(int bar) const;
  // The network's pitches that a role may play there, within the range of its pack.
  PitchRange pitches(Role role, int bar) const;

  // Of drums and percussion.
  const DrumKit& kit(Role role) const;

  // Notes of one role in a bar as the plan has them: straight, and as hard as `velocity_offset`
  // makes them (see velocity_offset_of). A role of one voice never overlaps itself.
  std::vector<Note> notes_of(const GridBar& grid, Role role, int bar, int velocity_offset) const;

 private:
  GridBar controls_of(int bar) const;
  void add_notes(const std::vector<Note>& part, Role role, const BarSpan& bars,
                 GridPiece& piece) const;

  const WriterContext& context_;
  GridStyle style_;
  const RoleDensities& densities_;
  std::array<std::optional<DrumKit>, kRoleCount> kits_;  // of drums and percussion
};

// Roles of which one tone sounds at a time.
bool is_monophonic(Role role);
// Tones that a role strikes at once, at most.
int most_tones(Role role);

// What moves the mean velocity of these notes to that of a bar of full energy: accents stay, how
// loud a passage is the plan decides (compose/humanise.h).
int velocity_offset_of(const std::vector<GridNote>& notes);

}  // namespace undersong
