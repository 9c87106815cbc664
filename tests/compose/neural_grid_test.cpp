#include "compose/neural_grid.h"

#include <gtest/gtest.h>

#include "compose/compose.h"
#include "compose/neural_prompt.h"
#include "random_drafts.h"
#include "support/test_style.h"
#include "test_plan.h"

namespace undersong {
namespace {

struct Fixture {
  explicit Fixture(int transposed = 0) {
    std::vector<TestSection> sections = usual_sections();
    for (TestSection& section : sections) section.transposed = transposed;
    plan = make_test_plan(style, sections);
    parts = write_parts(plan, style, *make_pattern_writer(plan, style));
  }
  BarSpan all() const { return {0, static_cast<int>(plan.bars.size())}; }

  Style style = make_test_style();
  Plan plan;
  Parts parts;
  RandomSource source;
};

TEST(NeuralGrid, HasTheBarsAndControlsOfThePlan) {
  const Fixture piece;
  const WriterContext context(piece.plan, piece.style);
  const NeuralGrid grid(context, GridStyle::kPiano, piece.source.densities(GridStyle::kPiano));
  const GridPiece told = grid.piece(piece.parts, RoleSet::all(), piece.all());
  ASSERT_EQ(told.bars.size(), piece.plan.bars.size());
  EXPECT_EQ(told.style, GridStyle::kPiano);
  EXPECT_FALSE(told.minor);
  for (const GridBar& bar : told.bars) {
    EXPECT_EQ(bar.meter, 2);  // 4/4
    EXPECT_EQ(bar.tempo, tempo_step(90.0));
    EXPECT_NE(bar.chords[0], 0);
  }
}

TEST(NeuralGrid, GivesTheNotesBackWhereTheyWereOnItsGrid) {
  for (const int transposed : {0, 2}) {
    const Fixture piece(transposed);
    const WriterContext context(piece.plan, piece.style);
    const NeuralGrid grid(context, GridStyle::kPiano, piece.source.densities(GridStyle::kPiano));
    const GridPiece told = grid.piece(piece.parts, RoleSet::all(), piece.all());
    Parts back;
    for (int bar = 0; bar < context.bar_count(); ++bar) {
      for (const Role role : kRoles) {
        const auto notes = grid.notes_of(told.bars[static_cast<std::size_t>(bar)], role, bar, 0);
        auto& part = back[index_of(role)];
        part.insert(part.end(), notes.begin(), notes.end());
      }
    }
    const GridPiece again = grid.piece(back, RoleSet::all(), piece.all());
    for (std::size_t bar = 0; bar < told.bars.size(); ++bar) {
      const auto& notes = told.bars[bar].notes;
      ASSERT_EQ(again.bars[bar].notes.size(), notes.size()) << bar;
      for (std::size_t i = 0; i < notes.size(); ++i) {
        EXPECT_EQ(again.bars[bar].notes[i].position, notes[i].position);
        EXPECT_EQ(again.bars[bar].notes[i].pitch, notes[i].pitch);
      }
    }
  }
}

TEST(NeuralGrid, ReadsEveryKeyAsTheSamePiece) {
  const Fixture in_c(0);
  const Fixture in_d(2);
  const WriterContext c(in_c.plan, in_c.style);
  const WriterContext d(in_d.plan, in_d.style);
  const RoleDensities& densities = in_c.source.densities(GridStyle::kPiano);
  const GridPiece a = NeuralGrid(c, GridStyle::kPiano, densities).piece({}, {}, in_c.all());
  const GridPiece b = NeuralGrid(d, GridStyle::kPiano, densities).piece({}, {}, in_d.all());
  for (std::size_t bar = 0; bar < a.bars.size(); ++bar)
    EXPECT_EQ(a.bars[bar].chords, b.bars[bar].chords);
}

TEST(NeuralGrid, RanksEnergyAmongThePacksOwn) {
  Fixture piece;
  const WriterContext context(piece.plan, piece.style);
  const NeuralGrid grid(context, GridStyle::kPiano, piece.source.densities(GridStyle::kPiano));
  double low = 1.0;
  double high = 0.0;
  for (const SectionPack& section : piece.style.sections) {
    low = std::min(low, section.energy);
    high = std::max(high, section.energy);
  }
  const auto rank = [&](double energy) {
    piece.plan.bars[0].energy = energy;
    return grid.rank_of_energy(0);
  };
  EXPECT_DOUBLE_EQ(rank(0.0), 0.0);
  EXPECT_DOUBLE_EQ(rank(low), 0.125);
  EXPECT_DOUBLE_EQ(rank((low + high) / 2.0), 0.5);
  EXPECT_DOUBLE_EQ(rank(high), 0.875);
  EXPECT_DOUBLE_EQ(rank(1.0), 1.0);
}

TEST(NeuralGrid, TakesDensitiesFromWhatWasLearned) {
  const Fixture piece;
  const WriterContext context(piece.plan, piece.style);
  RoleDensities densities{};
  densities[index_of(Role::kLead)][3] = 0.25;
  densities[index_of(Role::kLead)][5] = 0.75;
  const NeuralGrid grid(context, GridStyle::kLied, densities);
  EXPECT_EQ(grid.density_at(Role::kLead, 0.0), 3);
  EXPECT_EQ(grid.density_at(Role::kLead, 0.2), 3);
  EXPECT_EQ(grid.density_at(Role::kLead, 0.5), 5);
  EXPECT_EQ(grid.density_at(Role::kLead, 1.0), 5);
  EXPECT_EQ(grid.density_at(Role::kBass, 0.5), std::nullopt);
  EXPECT_EQ(heard_roles(densities), RoleSet{Role::kLead});
}

// All densities alike, so that the one that is asked tells the rank.
TEST(NeuralGrid, AsksEachPhraseForOneDensityThatFollowsEnergyHalfWay) {
  Fixture piece;
  RoleDensities densities{};
  for (double& share : densities[index_of(Role::kLead)]) share = 1.0;
  const auto asked = [&](double energy) {
    for (PlannedBar& bar : piece.plan.bars) bar.energy = energy;
    const WriterContext context(piece.plan, piece.style);
    const NeuralGrid grid(context, GridStyle::kLied, densities);
    std::vector<int> steps;
    for (int bar = 0; bar < context.bar_count(); ++bar) {
      steps.push_back(grid.asked_density(Role::kLead, bar).value());
      const int first = context.phrase(bar).bars.first;
      EXPECT_EQ(steps.back(), steps[static_cast<std::size_t>(first)]) << "bar " << bar;
    }
    return steps;
  };
  const std::vector<int> quiet = asked(0.0);
  const std::vector<int> loud = asked(1.0);
  for (std::size_t bar = 0; bar < quiet.size(); ++bar) {
    EXPECT_GT(loud[bar], quiet[bar]);
    EXPECT_GE(quiet[bar], 1) << "not the sparsest of all";
    EXPECT_LE(loud[bar], kDensitySteps - 2);
  }
}

TEST(NeuralGrid, HasNoPlaceForBarsOfAnotherLength) {
  Fixture piece;
  piece.plan.bars[5].beats = 10;  // longer than the longest
  piece.plan.bars[6].beats = 5;
  const WriterContext context(piece.plan, piece.style);
  const NeuralGrid grid(context, GridStyle::kPiano, piece.source.densities(GridStyle::kPiano));
  EXPECT_FALSE(grid.fits(5));
  EXPECT_TRUE(grid.fits(6));
}

// ---- prompts ----

TEST(NeuralPrompt, TellsThePastAsFarAsThereIsRoom) {
  const Fixture piece;
  const WriterContext context(piece.plan, piece.style);
  const NeuralGrid grid(context, GridStyle::kPiano, piece.source.densities(GridStyle::kPiano));
  const GridPiece told = grid.piece(piece.parts, RoleSet::all(), {0, 28});
  const Prompt whole = prompt_for(told, {Role::kLead, {28, 32}, RoleSet::all(), 100000});
  EXPECT_EQ(whole.layout.first_bar, 0);
  EXPECT_EQ(whole.ids.front(), composer_token::kBegin);
  const Prompt part = prompt_for(told, {Role::kLead, {28, 32}, RoleSet::all(), 600});
  EXPECT_GT(part.layout.first_bar, 0);
  EXPECT_EQ(part.ids.front(), composer_token::kContinue);
  EXPECT_LE(part.ids.size(), 600U);
  // Neighbouring passages begin alike, so that what was heard once need not be heard again.
  const Prompt next = prompt_for(told, {Role::kLead, {27, 32}, RoleSet::all(), 600});
  EXPECT_TRUE(next.layout.first_bar == part.layout.first_bar ||
              next.layout.first_bar < part.layout.first_bar - 4);
}

TEST(NeuralPrompt, TellsWhatComesAfterAGap) {
  const Fixture piece;
  const WriterContext context(piece.plan, piece.style);
  const NeuralGrid grid(context, GridStyle::kPiano, piece.source.densities(GridStyle::kPiano));
  const GridPiece told = grid.piece(piece.parts, RoleSet::all(), piece.all());
  const Prompt gap = prompt_for(told, {Role::kBass, {8, 10}, RoleSet::all(), 4000});
  EXPECT_EQ(gap.layout.future_first, 10);
  EXPECT_EQ(gap.layout.future_last, 14);
  const GridPiece half = grid.piece(piece.parts, RoleSet::all(), {0, 10});
  const Prompt end = prompt_for(half, {Role::kBass, {8, 10}, RoleSet::all(), 4000});
  EXPECT_EQ(end.layout.future_first, end.layout.future_last);
}

}  // namespace
}  // namespace undersong
