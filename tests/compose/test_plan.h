#pragma once
// A plan by hand, so that the tests of writers hang on no decision of the planner.

#include <cstdint>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "style/style.h"

namespace undersong {

struct TestSection {
  std::string name;
  std::string kind;
  int bars = 8;
  double energy = 0.5;
  SectionRelation relation = SectionRelation::kNew;
  int like = -1;
  // Roman numerals, repeated until the section is full; the last bar of a section has a fill.
  std::string chords = "Imaj7 | vi7 | IVmaj7 | V7";
  RoleSet roles = RoleSet::all();
  int transposed = 0;  // semitones above the piece's key
};

// C major at 90 BPM in the style's meter, with a final chord that rings for three seconds when
// `ending` is kRing: it adds a section "ending" of one bar.
Plan make_test_plan(const Style& style, const std::vector<TestSection>& sections,
                    std::uint64_t seed = 1, Ending ending = Ending::kRing);

// Intro, A, A' (varied), B, A (a copy), ending: 37 bars.
std::vector<TestSection> usual_sections();

}  // namespace undersong
