#pragma once
// A piece before its notes: how long each bar is, which chords it has, who plays and how hard.
//
// Goals: exact length by arithmetic, form, harmony, energy; a value that a person can print, edit
// and give back. Non-goals: notes (`compose`), sound (`render`), any model.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "plan/request.h"
#include "score/chord_symbol.h"
#include "score/role.h"
#include "score/score.h"
#include "style/style.h"

namespace undersong {

// Of every plan and of the score that is made from it.
inline constexpr Ticks kPlanTicksPerQuarter = 480;

struct PlannedChord {
  int beat = 0;  // of its bar, from 0: 0, or the middle of the bar
  ChordSymbol symbol;

  bool operator==(const PlannedChord&) const = default;
};

struct PlannedBar {
  int beats = 4;  // of Plan::beat_unit; differs from the style's where a hit wants it
  std::int32_t microseconds_per_quarter = 500000;
  std::vector<PlannedChord> chords;  // one or two, the first at beat 0
  double energy = 0.5;               // 0-1
  RoleSet roles;                     // who plays
  bool fill = false;                 // drums lead over to the next bar
  bool hit = false;                  // its downbeat is a hit: everybody exactly there

  bool operator==(const PlannedBar&) const = default;
};

enum class SectionRelation : std::uint8_t {
  kNew,
  kCopy,    // as the section `like`
  kVaried,  // as that section, with something changed on purpose
};

struct PlannedSection {
  std::string name;  // "intro", "A", "A'", "tag", "outro", "ending"
  std::string kind;  // of the style's sections: "A" for "A'"; "tag" and "ending" are the plan's own
  int first_bar = 0;  // into Plan::bars
  int bars = 8;
  Key key;
  SectionRelation relation = SectionRelation::kNew;
  int like = -1;             // an earlier section of the same kind; -1 for kNew
  std::vector<int> phrases;  // lengths in bars, their sum is `bars`

  bool operator==(const PlannedSection&) const = default;
};

struct PlannedInstrument {
  Role role = Role::kLead;
  int program = 0;  // the kit of drums and percussion

  bool operator==(const PlannedInstrument&) const = default;
};

struct Plan {
  CompositionRequest request;
  Key key;
  int beat_unit = 4;
  std::vector<PlannedSection> sections;  // in order, without gaps
  std::vector<PlannedBar> bars;          // with Ending::kRing the last one holds the final chord
  std::vector<PlannedInstrument>
      instruments;  // one for each role that the style and the request have
  // The sound after the last downbeat of a final chord, or the length of a fade; 0 else. Bars and
  // tail together are the length, but that of a fade lies over the bars.
  double tail_seconds = 0.0;

  bool operator==(const Plan&) const = default;
};

// Decides everything. For one request and style the same plan on every machine.
//
// Length:  bars and a tempo within 3 % of the asked one, or within the style's range, such that the
//          piece ends exactly; tempos may differ by a microsecond a quarter between bars, so
//          that no rounding adds up. Hits get spans of their own, within 3 % too.
// Errors:  kUsage for a length under a bar or over kLongestPlanSeconds, a tempo that the style does
//          not bear, hits too close, late or early to be met, roles that leave nobody, and the
//          like: a sentence with what would do.
inline constexpr double kLongestPlanSeconds = 2 * 3600.0;
Plan plan(const CompositionRequest& request, const Style& style);

// Checks a plan that a person edited against the rules above and against its style.
// Errors: kFormat, naming the section or bar (as people count) and the rule.
void check_plan(const Plan& plan, const Style& style);

// Printed with --plan-only, read with --plan: docs/formats/plan.md. Bars are one line each.
std::string to_json_text(const Plan& plan);
// Errors: kFormat with the place.
Plan read_plan(std::string_view json);

// What a person reads: tempo, key, a line a section with its bars, time, chords, energy and roles.
std::string describe(const Plan& plan, const Style& style);

// Onsets of the bars, and one more: the end.
std::vector<Ticks> bar_onsets(const Plan& plan);
// The same in seconds.
std::vector<double> bar_times(const Plan& plan);
// The section that a bar belongs to.
int section_at(const Plan& plan, int bar);
// The chord that sounds at a beat of a bar.
const ChordSymbol& chord_at(const PlannedBar& bar, double beat);

// The score without notes: tempos, meters, keys, a marker a section (its name).
Score conductor_score(const Plan& plan);

}  // namespace undersong
