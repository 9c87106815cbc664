#include "compose/silence.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "compose/compose.h"
#include "support/test_style.h"
#include "test_plan.h"

namespace undersong {
namespace {

constexpr Ticks kBeat = kPlanTicksPerQuarter;
constexpr Ticks kBar = 4 * kBeat;

// Two bars at 90 BPM, of two chords: a stroke of a beat in each, with the bass for a quarter of it.
class Silence : public testing::Test {
 protected:
  Silence() {
    for (const Ticks bar : {Ticks{0}, kBar}) {
      chords().push_back(make_note(bar, bar + kBeat, 64, 80));
      chords().push_back(make_note(bar, bar + kBeat, 67, 80));
      bass().push_back(make_note(bar, bar + kBeat / 4, 36, 80));
    }
  }
  std::vector<Note>& chords() { return parts_[index_of(Role::kChords)]; }
  std::vector<Note>& bass() { return parts_[index_of(Role::kBass)]; }

  Style style_ = make_test_style();
  Plan plan_ = make_test_plan(style_, {{.name = "A", .kind = "A", .bars = 4}});
  WriterContext context_{plan_, style_};
  Parts parts_;
};

TEST_F(Silence, IsHeldOverByTheChordsUntilTheNextOne) {
  bridge_silences(context_, {0, 2}, RoleSet::all(), parts_);
  for (const Note& note : chords()) EXPECT_EQ(note.duration_ticks, kBar);
  for (const Note& note : bass()) EXPECT_EQ(note.duration_ticks, kBeat / 4);
}

TEST_F(Silence, IsHeldOverByTheRolesThatAreAskedOnly) {
  const std::vector<Note> before = chords();
  bridge_silences(context_, {0, 2}, {Role::kBass, Role::kDrums}, parts_);
  EXPECT_EQ(chords(), before);
  for (const Note& note : bass()) EXPECT_EQ(note.duration_ticks, kBar);
}

TEST_F(Silence, OfABeatIsARest) {
  chords().push_back(make_note(2 * kBeat, 4 * kBeat, 64, 80));
  std::sort(chords().begin(), chords().end());
  const Parts before = parts_;
  bridge_silences(context_, {0, 1}, RoleSet::all(), parts_);
  EXPECT_EQ(parts_, before);
}

TEST_F(Silence, IsLeftWhereTheChordChangesMeanwhile) {
  for (std::vector<Note>* part : {&chords(), &bass()})
    std::erase_if(*part, [](const Note& note) { return note.onset_ticks >= kBar; });
  bridge_silences(context_, {0, 2}, RoleSet::all(), parts_);
  for (const Note& note : chords()) EXPECT_EQ(note.duration_ticks, kBar);
}

TEST_F(Silence, BeforeTheBarsIsNotTheirs) {
  std::erase_if(chords(), [](const Note& note) { return note.onset_ticks >= kBar; });
  std::erase_if(bass(), [](const Note& note) { return note.onset_ticks >= kBar; });
  const Parts before = parts_;
  bridge_silences(context_, {1, 2}, RoleSet::all(), parts_);
  EXPECT_EQ(parts_, before);
}

TEST(SilenceOfPieces, IsShortWhereChordsPlayAlone) {
  const Style style = make_test_style();
  std::vector<TestSection> sections = usual_sections();
  for (TestSection& section : sections) {
    section.roles = {Role::kChords};
    section.energy = 0.2;
  }
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Plan plan = make_test_plan(style, sections, seed);
    const Parts parts = write_parts(plan, style, *make_pattern_writer(plan, style));
    Ticks end = 0;
    for (const Note& note : parts[index_of(Role::kChords)]) {
      // 1.5 seconds.
      EXPECT_LE(note.onset_ticks - end, kBeat * 9 / 4) << "seed " << seed;
      end = std::max(end, note.onset_ticks + note.duration_ticks);
    }
  }
}

}  // namespace
}  // namespace undersong
