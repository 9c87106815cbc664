#pragma once
// Which draft of a passage is taken: the one that obeys best, joins what stands around it, has the
// texture of real music, and repeats itself no more than that does.

#include <cstdint>
#include <optional>
#include <vector>

#include "compose/neural_grid.h"
#include "compose/part_writer.h"
#include "compose/writer_context.h"

namespace undersong {

struct Draft {
  std::vector<std::vector<GridNote>> bars;  // as it was drawn
  std::vector<Note> notes;                  // of the plan
};

// What it was asked to be, and what stands around it.
struct Passage {
  Role role = Role::kLead;
  GridStyle style = GridStyle::kOwn;
  BarSpan bars;
  std::vector<std::optional<std::uint8_t>> densities = {};  // one a bar
  std::vector<std::optional<int>> varied = {};  // a bar each: how many bars back is what it varies
  std::vector<std::vector<GridNote>> bars_before = {};  // of the role, the latest last
  std::optional<Note> before = {};  // the role's last note before the passage, of a chord the one
                                    // that is heard as the voice
  std::optional<Note> after = {};   // and the first behind it
};

// The parts of the cost, each 0 for a draft that nothing can be said against.
struct DraftFaults {
  double outside_chord = 0.0;  // share of the sounding time beyond what real parts have
  double density = 0.0;        // mean distance in steps
  double loops = 0.0;  // share of bars that repeat one of the eight before, beyond 1.5 times
                       // what real parts have
  double seams =
      0.0;  // octaves that it leaps too far at bar lines, most of all where it joins others
  double texture = 0.0;    // distance from the band of the style's real parts (part_texture.h)
  double relations = 0.0;  // mean share of what varied bars should keep of their model and lost

  double cost() const;
};
DraftFaults faults_of(const Draft& draft, const Passage& passage, const WriterContext& context);

// How many bars of a passage may repeat one of the eight before it.
int repeats_allowed(Role role, GridStyle style, int bars);
// Whether a bar repeats one of the last eight.
bool is_repeated(const std::vector<GridNote>& bar,
                 const std::vector<std::vector<GridNote>>& before);
inline constexpr std::size_t kLoopBars = 8;

}  // namespace undersong
