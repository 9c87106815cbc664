#include "test_plan.h"

#include "support/test_style.h"

namespace undersong {
namespace {

PlannedBar make_bar(const Style& style, const std::vector<RomanNumeral>& chords, const Key& key) {
  PlannedBar bar;
  bar.beats = style.beats;
  bar.microseconds_per_quarter = 666667;
  for (std::size_t i = 0; i < chords.size(); ++i) {
    const int beat = static_cast<int>(i) * style.beats / static_cast<int>(chords.size());
    bar.chords.push_back({beat, resolve(chords[i], key)});
  }
  return bar;
}

void add_section(Plan& plan, const Style& style, const TestSection& wanted) {
  PlannedSection section;
  section.name = wanted.name;
  section.kind = wanted.kind;
  section.first_bar = static_cast<int>(plan.bars.size());
  section.bars = wanted.bars;
  section.key = {(plan.key.tonic + wanted.transposed) % 12, plan.key.mode};
  section.relation = wanted.relation;
  section.like = wanted.like;
  for (int left = wanted.bars; left > 0; left -= 4) section.phrases.push_back(std::min(left, 4));
  const auto chords = parse_numeral_bars(wanted.chords);
  for (int i = 0; i < wanted.bars; ++i) {
    const auto at = static_cast<std::size_t>(i) % chords.size();
    PlannedBar bar = make_bar(style, chords[at], section.key);
    bar.energy = wanted.energy;
    bar.roles = wanted.roles;
    bar.fill = i + 1 == wanted.bars;
    plan.bars.push_back(bar);
  }
  plan.sections.push_back(section);
}

}  // namespace

Plan make_test_plan(const Style& style, const std::vector<TestSection>& sections,
                    std::uint64_t seed, Ending ending) {
  Plan plan;
  plan.request.style = style.name;
  plan.request.seed = seed;
  plan.request.ending = ending;
  plan.key = {0, Mode::kMajor};
  plan.beat_unit = style.beat_unit;
  for (const TestSection& section : sections) add_section(plan, style, section);
  if (ending == Ending::kRing) {
    add_section(plan, style, {.name = "ending", .kind = "ending", .bars = 1, .chords = "Imaj7"});
    plan.bars.back().fill = false;
    plan.tail_seconds = 3.0;
  }
  for (const Role role : kRoles) {
    const RolePack* pack = style.role(role);
    if (pack != nullptr) plan.instruments.push_back({role, pack->instruments.front().program});
  }
  return plan;
}

std::vector<TestSection> usual_sections() {
  const RoleSet quiet = {Role::kPercussion, Role::kBass, Role::kChords, Role::kPad};
  return {
      {.name = "intro", .kind = "intro", .bars = 4, .energy = 0.3, .roles = quiet},
      {.name = "A", .kind = "A"},
      {.name = "A'", .kind = "A", .energy = 0.55, .relation = SectionRelation::kVaried, .like = 1},
      {.name = "B", .kind = "B", .energy = 0.8, .chords = "vi7 | IVmaj7 | Imaj7 | V7sus4 V7"},
      {.name = "A", .kind = "A", .relation = SectionRelation::kCopy, .like = 1}};
}

}  // namespace undersong
