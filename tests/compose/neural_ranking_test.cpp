#include "compose/neural_ranking.h"

#include <gtest/gtest.h>

#include "support/test_style.h"
#include "test_plan.h"

namespace undersong {
namespace {

struct Fixture {
  Style style = make_test_style();
  Plan plan = make_test_plan(style, usual_sections());
  WriterContext context{plan, style};

  // Quarter notes from bar 4 on.
  Draft draft_of(const std::vector<int>& pitches) const {
    Draft draft;
    for (std::size_t i = 0; i < pitches.size(); ++i) {
      const Ticks onset = context.onset(4) + static_cast<Ticks>(i) * kPlanTicksPerQuarter;
      draft.notes.push_back(make_note(onset, onset + kPlanTicksPerQuarter, pitches[i], 80));
      if (i % 4 == 0) draft.bars.emplace_back();
      draft.bars.back().push_back({.role = Role::kLead,
                                   .position = static_cast<std::uint8_t>(i % 4 * 12),
                                   .pitch = static_cast<std::uint8_t>(pitches[i]),
                                   .duration = 9,
                                   .velocity = 8});
    }
    return draft;
  }
  static Passage passage(int bars) {
    Passage passage{.role = Role::kLead, .style = GridStyle::kPiano, .bars = {4, 4 + bars}};
    passage.densities.assign(static_cast<std::size_t>(bars), density_step(4));
    return passage;
  }
  DraftFaults faults(const std::vector<int>& pitches) const {
    return faults_of(draft_of(pitches), passage(static_cast<int>(pitches.size() / 4)), context);
  }
};

TEST(NeuralRanking, FindsNothingAgainstAPlainLineInTheChord) {
  const Fixture piece;  // Cmaj7
  const DraftFaults faults = piece.faults({64, 67, 71, 67});
  EXPECT_EQ(faults.outside_chord, 0.0);
  EXPECT_EQ(faults.density, 0.0);
  EXPECT_EQ(faults.loops, 0.0);
  EXPECT_EQ(faults.seams, 0.0);
  EXPECT_EQ(faults.cost(), 0.0);
}

TEST(NeuralRanking, CountsWhatLiesOutsideTheChordMoreOnStrongBeats) {
  const Fixture piece;
  EXPECT_GT(piece.faults({61, 66, 68, 70}).outside_chord, 0.5);
  EXPECT_GT(piece.faults({61, 67, 66, 67}).outside_chord,
            piece.faults({67, 61, 67, 66}).outside_chord);
}

TEST(NeuralRanking, CountsDensityInSteps) {
  const Fixture piece;
  Passage passage = Fixture::passage(1);
  passage.densities = {static_cast<std::uint8_t>(density_step(4) + 2)};
  EXPECT_DOUBLE_EQ(faults_of(piece.draft_of({64, 67, 71, 67}), passage, piece.context).density,
                   2.0);
  passage.densities = {std::nullopt};
  EXPECT_DOUBLE_EQ(faults_of(piece.draft_of({64, 67, 71, 67}), passage, piece.context).density,
                   0.0);
}

TEST(NeuralRanking, CountsBarsThatRepeat) {
  const Fixture piece;
  const std::vector<int> same = {64, 67, 71, 67, 64, 67, 71, 67, 64, 67, 71, 67, 64, 67, 71, 67};
  const std::vector<int> other = {64, 67, 71, 67, 64, 67, 72, 67, 65, 67, 71, 67, 64, 60, 71, 67};
  EXPECT_GT(piece.faults(same).loops, piece.faults(other).loops);
  EXPECT_EQ(piece.faults(other).loops, 0.0);
}

TEST(NeuralRanking, MissesWhatAVariedBarShouldKeep) {
  const Fixture piece;
  const Draft kept = piece.draft_of({64, 67, 71, 67, 64, 67, 72, 67});
  const Draft half = piece.draft_of({64, 67, 71, 67, 64, 67, 72, 69});
  const Draft lost = piece.draft_of({64, 67, 71, 67, 60, 64, 67, 64});
  Passage passage = Fixture::passage(2);
  const auto relations = [&](const Draft& draft) {
    return faults_of(draft, passage, piece.context).relations;
  };
  EXPECT_EQ(relations(lost), 0.0) << "nothing is to be varied";
  passage.varied = {std::nullopt, 1};
  EXPECT_EQ(relations(kept), 0.0);
  EXPECT_NEAR(relations(half), 0.25, 1e-9);
  EXPECT_EQ(relations(lost), 1.0);
  // The model may stand before the passage, or out of sight.
  passage.bars_before = {kept.bars[1], kept.bars[0]};
  passage.varied = {2, std::nullopt};
  EXPECT_EQ(relations(kept), 0.0);
  passage.varied = {3, std::nullopt};
  EXPECT_EQ(relations(lost), 0.0);
}

TEST(NeuralRanking, CountsLeapsIntoAndOutOfThePassage) {
  const Fixture piece;
  Passage passage = Fixture::passage(1);
  passage.before = make_note(0, 10, 40, 80);
  EXPECT_DOUBLE_EQ(faults_of(piece.draft_of({64, 67, 71, 67}), passage, piece.context).seams,
                   20.0 / 12.0);
  passage.before = make_note(0, 10, 60, 80);
  passage.after = make_note(100000, 100010, 83, 80);
  EXPECT_DOUBLE_EQ(faults_of(piece.draft_of({64, 67, 71, 67}), passage, piece.context).seams, 1.0);
}

TEST(NeuralRanking, ADraftThatLeapsAboutIsNotLikeMusic) {
  const Fixture piece;
  EXPECT_GT(piece.faults({48, 83, 47, 84}).texture, 1.0);
}

}  // namespace
}  // namespace undersong
