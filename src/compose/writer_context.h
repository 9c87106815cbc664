#pragma once
// What every writer asks of a plan: where bars, beats and chords lie in ticks, and where a piece's
// own decisions come from.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/rng.h"
#include "compose/part_writer.h"
#include "plan/plan.h"
#include "score/role.h"
#include "score/score.h"
#include "style/style.h"

namespace undersong {

// A stretch of one chord. Neighbours with the same symbol are one stretch.
struct ChordStretch {
  Ticks begin = 0;
  Ticks end = 0;
  ChordSymbol symbol;
};

// Plan and style must outlive it. Bars are counted from 0.
class WriterContext {
 public:
  WriterContext(const Plan& plan, const Style& style);

  const Plan& plan() const { return plan_; }
  const Style& style() const { return style_; }
  // The style's pack of a role; every role of the plan has one.
  const RolePack& pack(Role role) const;

  int bar_count() const { return static_cast<int>(plan_.bars.size()); }
  const PlannedBar& bar(int bar) const { return plan_.bars[static_cast<std::size_t>(bar)]; }
  // Ticks of one beat of the meter: 480 in 4/4, 240 in 6/8.
  Ticks beat_ticks() const { return kPlanTicksPerQuarter * 4 / plan_.beat_unit; }
  Ticks onset(int bar) const { return onsets_[static_cast<std::size_t>(bar)]; }
  Ticks length(int bar) const { return onset(bar + 1) - onset(bar); }
  Ticks end() const { return onsets_.back(); }
  // The bar that holds a tick; the last one for ticks behind the end.
  int bar_at(Ticks tick) const;
  bool is_strong(Ticks tick) const;  // a downbeat or the middle of a bar of four or six beats

  const PlannedSection& section(int bar) const;
  int bar_of_section(int bar) const { return bar - section(bar).first_bar; }
  struct Phrase {
    BarSpan bars;
    int index = 0;  // of its section
    int count = 1;  // of the section's phrases
  };
  Phrase phrase(int bar) const;
  const Key& key(int bar) const { return section(bar).key; }

  bool plays(Role role, int bar) const { return this->bar(bar).roles.contains(role); }
  // The last bar when it holds a final chord (Ending::kRing).
  bool is_final(int bar) const;
  // How far the notes of a final chord reach: most of the ring, which may end before its bar does
  // or after. Where there is none, the end.
  Ticks final_end() const { return final_end_; }

  const ChordSymbol& chord(Ticks tick) const { return stretch(tick).symbol; }
  // The chord that sounds at a tick, and from when until when.
  const ChordStretch& stretch(Ticks tick) const;
  const std::vector<ChordStretch>& stretches() const { return stretches_; }

  // Decisions for the whole piece, such as the form that a groove has in it: the same for every
  // section, and for a rewrite of some bars.
  Rng piece_stream(std::string_view purpose) const;

 private:
  const Plan& plan_;
  const Style& style_;
  std::vector<Ticks> onsets_;
  std::vector<ChordStretch> stretches_;
  Ticks final_end_ = 0;
};

// Velocities of the characters of a step pattern at full energy: g, o, x, X. 0 for others.
int step_velocity(char step);

// A note of a writer, its values checked.
Note make_note(Ticks onset, Ticks end, int pitch, int velocity);

}  // namespace undersong
