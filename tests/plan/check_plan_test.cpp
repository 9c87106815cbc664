#include <gtest/gtest.h>

#include "plan/plan.h"
#include "support/test_style.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

// Eight bars of two seconds, and a chord that rings for two.
Plan example() {
  CompositionRequest request;
  request.style = "test";
  request.length_seconds = 18.0;
  request.bpm = 120.0;
  return plan(request, make_test_style());
}

template <typename Change>
std::string message(Change&& change) {
  Plan piece = example();
  change(piece);
  const Error error = thrown_error([&] { check_plan(piece, make_test_style()); });
  EXPECT_EQ(error.kind(), ErrorKind::kFormat) << error.message();
  return error.message();
}

TEST(CheckPlan, LikesWhatPlanMakes) {
  const Plan piece = example();
  ASSERT_EQ(piece.bars.size(), 9U);
  EXPECT_NO_THROW(check_plan(piece, make_test_style()));
}

TEST(CheckPlan, LetsAPersonChangeChordsEnergyAndRoles) {
  Plan piece = example();
  piece.bars[2].chords = {{0, parse_chord_symbol("Ebmaj7")}, {2, parse_chord_symbol("D7b9")}};
  piece.bars[2].energy = 1.0;
  piece.bars[2].roles = {Role::kDrums};
  EXPECT_NO_THROW(check_plan(piece, make_test_style()));
}

TEST(CheckPlan, SaysHowFarBarsAreFromTheLength) {
  EXPECT_EQ(message([](Plan& piece) { piece.bars[3].microseconds_per_quarter = 550000; }),
            "the bars before the final chord and the tail last 18.200000 s, 0.200000 s more than "
            "the asked length of 18 s; change microseconds_per_quarter of some bars or "
            "length_seconds of the request, or give the tail 1.800000 s");
}

TEST(CheckPlan, WantsSectionsWithoutGaps) {
  EXPECT_EQ(message([](Plan& piece) { piece.sections[1].first_bar = 5; }),
            "section 2 (ending) begins at bar 6, but the one before it ends before bar 9; sections "
            "follow each other without gaps");
  EXPECT_EQ(message([](Plan& piece) { piece.sections.pop_back(); }),
            "the sections have 8 bars together, but the plan has 9");
  EXPECT_EQ(message([](Plan& piece) {
              piece.sections[0].phrases = {4, 3};
            }),
            "the phrases of section 1 (A) are 7 bars together, but the section has 8");
  EXPECT_EQ(message([](Plan& piece) { piece.sections[0].kind = "Z"; }),
            "section 1 (A) has the kind 'Z', which the style test does not have");
  EXPECT_EQ(message([](Plan& piece) { piece.bars.clear(); }), "the plan has no bars");
}

TEST(CheckPlan, WantsCopiesOfWhatIsThere) {
  EXPECT_EQ(message([](Plan& piece) { piece.sections[1].relation = SectionRelation::kCopy; }),
            "section 2 (ending) needs \"like\": the number of an earlier section");
  EXPECT_EQ(
      message([](Plan& piece) {
        piece.sections[1].relation = SectionRelation::kVaried;
        piece.sections[1].like = 0;
      }),
      "section 2 (ending) cannot be like section 1 (A), which has another kind or fewer bars");
  EXPECT_EQ(message([](Plan& piece) { piece.sections[1].like = 0; }),
            "section 2 (ending) is new, and cannot be like section 1; leave out \"like\" or give "
            "the relation copy or varied");
}

TEST(CheckPlan, WantsTemposThatTheStyleBears) {
  EXPECT_EQ(message([](Plan& piece) { piece.bars[0].microseconds_per_quarter = 300000; }),
            "bar 1: 300000 microseconds a quarter are 200.0 BPM; the style test bears 60 to 140");
  EXPECT_EQ(message([](Plan& piece) { piece.bars[0].beats = 9; }),
            "bar 1: 9 beats are out of range; give 1 to 8");
}

TEST(CheckPlan, WantsChordsAtTheBeginningAndInTheMiddle) {
  EXPECT_EQ(message([](Plan& piece) { piece.bars[1].chords.clear(); }),
            "bar 2: give one chord at beat 0 and at most one more in its middle");
  EXPECT_EQ(message([](Plan& piece) {
              piece.bars[1].chords = {{0, ChordSymbol{}}, {3, ChordSymbol{}}};
            }),
            "bar 2: the second chord stands at beat 3; in a bar of 4 it may stand at beat 2");
}

TEST(CheckPlan, WantsSomebodyToPlayOnSomething) {
  EXPECT_EQ(message([](Plan& piece) { piece.bars[1].roles = {}; }),
            "bar 2: nobody plays; give at least one role");
  EXPECT_EQ(message([](Plan& piece) { piece.bars[1].energy = 1.5; }),
            "bar 2: an energy of 1.5 is out of range; give 0 to 1");
  EXPECT_EQ(message([](Plan& piece) {
              piece.bars[0].roles = {Role::kDrums};
              piece.instruments.erase(piece.instruments.begin());
            }),
            "bar 1: drums plays, but \"instruments\" has none for it");
  EXPECT_EQ(message([](Plan& piece) { piece.instruments[1] = piece.instruments[0]; }),
            "two instruments for drums; give one");
}

TEST(CheckPlan, WantsHitsOnDownbeats) {
  EXPECT_EQ(message([](Plan& piece) { piece.request.hits_seconds = {5.0}; }),
            "no bar begins at the hit at 0:05; the nearest is bar 3, 1.000 s off; change the tempo "
            "of bars before it, or leave the hit out of the request");
}

TEST(CheckPlan, WantsTailsWhereThereAreSome) {
  EXPECT_EQ(message([](Plan& piece) { piece.request.ending = Ending::kCut; }),
            "a tail of 2 s does not go with the ending cut of 18 s");
  EXPECT_EQ(message([](Plan& piece) {
              piece.request.rewrites = {{4, 99, {Role::kLead}, 1}};
            }),
            "bars 4-99 cannot be written again; the plan has bars 1 to 9");
}

}  // namespace
}  // namespace undersong
