#include <gtest/gtest.h>

#include "plan/plan.h"

namespace undersong {
namespace {

ChordSymbol chord(const char* text) { return parse_chord_symbol(text); }

// Two bars of 4/4 at 120 BPM and one of 3/4 at 60 BPM.
Plan three_bars() {
  Plan plan;
  plan.bars.resize(3);
  for (PlannedBar& bar : plan.bars) bar.chords = {{0, chord("C")}};
  plan.bars[1].chords.push_back({2, chord("G7")});
  plan.bars[2].beats = 3;
  plan.bars[2].microseconds_per_quarter = 1000000;
  PlannedSection first;
  first.name = first.kind = "A";
  first.bars = 2;
  first.phrases = {2};
  first.key = {2, Mode::kMajor};
  PlannedSection second;
  second.name = second.kind = "ending";
  second.first_bar = 2;
  second.bars = 1;
  second.phrases = {1};
  second.key = {2, Mode::kMinor};
  plan.sections = {first, second};
  return plan;
}

TEST(PlanBars, BeginWhereTheBarsBeforeThemEnd) {
  const Plan plan = three_bars();
  EXPECT_EQ(bar_onsets(plan), (std::vector<Ticks>{0, 1920, 3840, 5280}));
  EXPECT_EQ(bar_times(plan), (std::vector<double>{0.0, 2.0, 4.0, 7.0}));
}

TEST(PlanBars, CountEighthsAsHalfAQuarter) {
  Plan plan = three_bars();
  plan.beat_unit = 8;
  EXPECT_EQ(bar_onsets(plan), (std::vector<Ticks>{0, 960, 1920, 2640}));
  EXPECT_EQ(bar_times(plan), (std::vector<double>{0.0, 1.0, 2.0, 3.5}));
}

TEST(PlanBars, BelongToSections) {
  const Plan plan = three_bars();
  EXPECT_EQ(section_at(plan, 0), 0);
  EXPECT_EQ(section_at(plan, 1), 0);
  EXPECT_EQ(section_at(plan, 2), 1);
  EXPECT_THROW(section_at(plan, 3), std::logic_error);
}

TEST(PlanBars, HaveAChordAtEveryBeat) {
  const PlannedBar bar = three_bars().bars[1];
  EXPECT_EQ(chord_at(bar, 0.0), chord("C"));
  EXPECT_EQ(chord_at(bar, 1.99), chord("C"));
  EXPECT_EQ(chord_at(bar, 2.0), chord("G7"));
  EXPECT_EQ(chord_at(bar, 3.5), chord("G7"));
}

TEST(ConductorScore, HasTemposMetersKeysAndSectionsWhereTheyChange) {
  const Score score = conductor_score(three_bars());
  EXPECT_EQ(score.ticks_per_quarter, 480);
  EXPECT_EQ(score.tempos, (std::vector<TempoChange>{{0, 500000}, {3840, 1000000}}));
  ASSERT_EQ(score.meters.size(), 2U);
  EXPECT_EQ(score.meters[1].tick, 3840);
  EXPECT_EQ(score.meters[1].numerator, 3);
  EXPECT_EQ(score.keys, (std::vector<KeySignature>{{0, 2, false}, {3840, -1, true}}));
  EXPECT_EQ(score.markers, (std::vector<Marker>{{0, "A"}, {3840, "ending"}}));
  EXPECT_TRUE(score.tracks.empty());
}

}  // namespace
}  // namespace undersong
