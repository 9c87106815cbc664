#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "plan/plan.h"
#include "support/test_style.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

CompositionRequest request_of(double seconds, std::uint64_t seed = 1) {
  CompositionRequest request;
  request.style = "test";
  request.length_seconds = seconds;
  request.seed = seed;
  return request;
}

std::vector<std::string> kinds_of(const Plan& plan) {
  std::vector<std::string> kinds;
  for (const PlannedSection& section : plan.sections) kinds.push_back(section.kind);
  return kinds;
}

TEST(Form, HasAnOpeningABodyAWayOutAndAnEnding) {
  const Plan piece = plan(request_of(90.0), make_test_style());
  const std::vector<std::string> kinds = kinds_of(piece);
  ASSERT_GE(kinds.size(), 4U);
  EXPECT_EQ(kinds.front(), "intro");
  EXPECT_EQ(kinds[kinds.size() - 2], "outro");
  EXPECT_EQ(kinds.back(), "ending");
  EXPECT_EQ(piece.sections.back().bars, 1);
}

TEST(Form, ReducesShortPiecesToOneSection) {
  for (const double seconds : {5.0, 8.0, 12.0}) {
    const std::vector<std::string> kinds = kinds_of(plan(request_of(seconds), make_test_style()));
    EXPECT_EQ(kinds.front(), "A") << seconds;
    EXPECT_EQ(kinds.back(), "ending") << seconds;
    EXPECT_LE(kinds.size(), 3U) << seconds;
  }
}

TEST(Form, TakesTheAskedIntroAndOutro) {
  CompositionRequest request = request_of(90.0);
  request.intro_bars = 0;
  request.outro_bars = 2;
  const Plan piece = plan(request, make_test_style());
  EXPECT_NE(piece.sections.front().kind, "intro");
  EXPECT_EQ(piece.sections[piece.sections.size() - 2].kind, "outro");
  EXPECT_EQ(piece.sections[piece.sections.size() - 2].bars, 2);
}

TEST(Form, RefusesAnIntroThatLeavesNothing) {
  CompositionRequest request = request_of(20.0);
  request.bpm = 120.0;
  request.intro_bars = 16;
  const Error error = thrown_error([&] { plan(request, make_test_style()); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  EXPECT_NE(error.message().find("an intro of 16 with an outro of 0 leaves none between them; give "
                                 "shorter ones or a longer piece"),
            std::string::npos)
      << error.message();
}

TEST(Form, OfALoopIsBodyAlone) {
  CompositionRequest request = request_of(48.0);
  request.ending = Ending::kLoop;
  for (const std::string& kind : kinds_of(plan(request, make_test_style()))) {
    EXPECT_NE(kind, "intro");
    EXPECT_NE(kind, "outro");
    EXPECT_NE(kind, "ending");
  }
}

TEST(Form, BeginsSectionsAtHits) {
  CompositionRequest request = request_of(60.0);
  request.hits_seconds = {20.0, 40.0};
  const Plan piece = plan(request, make_test_style());
  for (std::size_t bar = 0; bar < piece.bars.size(); ++bar) {
    if (!piece.bars[bar].hit) continue;
    const auto& section =
        piece.sections[static_cast<std::size_t>(section_at(piece, static_cast<int>(bar)))];
    EXPECT_EQ(section.first_bar, static_cast<int>(bar));
  }
}

TEST(Form, OpensUntilAnEarlyHit) {
  CompositionRequest request = request_of(60.0);
  request.bpm = 120.0;
  request.hits_seconds = {6.0};
  const Plan piece = plan(request, make_test_style());
  EXPECT_EQ(piece.sections[0].kind, "intro");
  EXPECT_EQ(piece.sections[0].bars, 3);
  EXPECT_TRUE(piece.bars[3].hit);
  EXPECT_EQ(piece.sections[1].first_bar, 3);
}

TEST(Form, OfALongPieceHasVariationsContrastsAndBreakdowns) {
  const Plan piece = plan(request_of(1200.0), make_test_style());
  std::set<std::string> names;
  int copies = 0;
  int varied = 0;
  for (const PlannedSection& section : piece.sections) {
    names.insert(section.name);
    copies += section.relation == SectionRelation::kCopy ? 1 : 0;
    varied += section.relation == SectionRelation::kVaried ? 1 : 0;
  }
  EXPECT_GE(names.size(), 10U);
  EXPECT_GE(copies, 10);
  EXPECT_GE(varied, 5);
  EXPECT_TRUE(names.contains("C"));
  EXPECT_TRUE(names.contains("A2"));  // other music than A
  const bool breakdown =
      std::any_of(piece.sections.begin(), piece.sections.end(), [&](const PlannedSection& section) {
        return section.kind == "B" &&
               !piece.bars[static_cast<std::size_t>(section.first_bar)].roles.contains(
                   Role::kDrums);
      });
  EXPECT_TRUE(breakdown);
}

TEST(Form, NeverPlaysTheSameEightBarsSixTimesInARow) {
  Style style = make_test_style();
  style.forms = {{1.0, {"A"}}};  // nothing but the same, as a style may say
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Plan piece = plan(request_of(600.0, seed), style);
    int same = 1;
    for (std::size_t i = 1; i < piece.sections.size(); ++i) {
      same = piece.sections[i].name == piece.sections[i - 1].name ? same + 1 : 1;
      EXPECT_LT(same, 6) << "seed " << seed << ", section " << i + 1;
    }
  }
}

TEST(Form, GivesBarsThatAreLeftToTags) {
  CompositionRequest request = request_of(22.0);
  request.bpm = 120.0;
  request.ending = Ending::kCut;  // eleven bars of two seconds
  const Plan piece = plan(request, make_test_style());
  ASSERT_EQ(piece.bars.size(), 11U);
  EXPECT_EQ(piece.sections.back().kind, "tag");
  EXPECT_EQ(piece.sections.back().bars, 3);
  EXPECT_EQ(piece.sections.front().bars, 8);
}

TEST(Form, CopiesWhatIsAtLeastAsLongAndOfItsKind) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    CompositionRequest request = request_of(200.0, seed);
    request.hits_seconds = {31.0, 77.7, 120.0};
    const Plan piece = plan(request, make_test_style());
    for (std::size_t i = 0; i < piece.sections.size(); ++i) {
      const PlannedSection& section = piece.sections[i];
      if (section.relation == SectionRelation::kNew) continue;
      ASSERT_GE(section.like, 0);
      ASSERT_LT(section.like, static_cast<int>(i));
      const PlannedSection& like = piece.sections[static_cast<std::size_t>(section.like)];
      EXPECT_EQ(like.kind, section.kind);
      EXPECT_GE(like.bars, section.bars);
    }
  }
}

// A style of verse, breakdown and drop.
Style club_style() {
  Style style = make_test_style();
  style.forms = {{2.0, {"A", "C", "B", "C'", "A'"}}, {1.0, {"C", "B", "C'", "A"}}};
  for (SectionPack& section : style.sections) {
    if (section.kind == "A") section.energy = 0.6;
    if (section.kind == "B") section.energy = 0.35;
    if (section.kind == "C") section.energy = 0.9;
  }
  return style;
}

TEST(Form, OfAShortPieceBuildsToItsHighestSection) {
  for (const double seconds : {48.0, 56.0, 64.0}) {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
      CompositionRequest request = request_of(seconds, seed);
      request.bpm = 120.0;
      const std::vector<std::string> kinds = kinds_of(plan(request, club_style()));
      const auto of_kind = [&](const char* kind) {
        return std::find(kinds.begin(), kinds.end(), kind) - kinds.begin();
      };
      const auto none = static_cast<std::ptrdiff_t>(kinds.size());
      ASSERT_LT(of_kind("C"), none) << seconds << " s, seed " << seed;
      EXPECT_LT(of_kind("A"), of_kind("C")) << seconds << " s, seed " << seed;
      EXPECT_EQ(of_kind("B"), none) << seconds << " s, seed " << seed;
    }
  }
}

TEST(Form, MakesPhrasesOfWhatSpansBetweenHitsLeave) {
  CompositionRequest request = request_of(60.0);
  request.bpm = 120.0;
  request.ending = Ending::kCut;
  request.intro_bars = 0;
  request.hits_seconds = {12.0, 24.0, 36.0, 48.0};  // six bars each
  const Plan piece = plan(request, make_test_style());
  ASSERT_EQ(piece.sections.size(), 5U);
  for (const PlannedSection& section : piece.sections) {
    EXPECT_NE(section.kind, "tag");
    EXPECT_EQ(section.bars, 6);
    EXPECT_EQ(section.phrases, (std::vector<int>{4, 2}));
  }
}

TEST(Form, LeavesSectionsOfTwelveBarsWholeOrOut) {
  Style style = make_test_style();
  for (SectionPack& section : style.sections)
    if (section.kind == "A") section.bars = 12;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    CompositionRequest request = request_of(64.0, seed);
    request.bpm = 120.0;
    for (const PlannedSection& section : plan(request, style).sections)
      EXPECT_TRUE(section.kind != "A" || section.bars == 12) << seed;
  }
}

}  // namespace
}  // namespace undersong
