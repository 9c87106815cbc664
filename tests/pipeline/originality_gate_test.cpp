#include "pipeline/originality_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "pipeline/scripted_reference.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using testing::HasSubstr;

// Candidates whose first notes are these.
struct Candidates {
  std::vector<int> pitches;
  std::vector<int> drawn;

  GatedScore choose(const GateOptions& options) {
    return draw_original(
        [&](int candidate) {
          drawn.push_back(candidate);
          return DrawnPiece{notes_at(pitches.at(static_cast<std::size_t>(candidate))), {}};
        },
        {scripted_reference()}, options);
  }
};

TEST(OriginalityGate, TakesTheFirstThatIsOriginal) {
  Candidates candidates{{60 + 40, 60 + 30, 61, 60}, {}};
  const GatedScore taken = candidates.choose({});
  EXPECT_EQ(taken.score, notes_at(61));
  EXPECT_EQ(candidates.drawn, (std::vector<int>{0, 1, 2}));
  ASSERT_EQ(taken.report.rejected.size(), 2U);
  EXPECT_EQ(taken.report.rejected[1][0].closeness.longest_run.notes, 30);
  EXPECT_EQ(taken.report.comparisons[0].verdict, Verdict::kOriginal);
  EXPECT_THAT(to_text(taken.report), HasSubstr("candidate 1 rejected: a run of 40 distinctive"));
  EXPECT_THAT(to_text(taken.report), HasSubstr("\noriginal: nothing in it was recognised"));
}

TEST(OriginalityGate, NamesTheNearestOfTheLeastCloseWhenNonePasses) {
  Candidates candidates{{60 + 40, 60 + 30, 60 + 35}, {}};
  const Error error = thrown_error([&] { candidates.choose({.candidates = 3, .limits = {}}); });
  EXPECT_EQ(error.kind(), ErrorKind::kTooClose);
  EXPECT_THAT(error.message(), HasSubstr("all 3 candidates are too close"));
  EXPECT_THAT(error.message(), HasSubstr("a run of 30 distinctive notes in bars 1-2 stands in bars "
                                         "5-6 of Chopin/op7.mid (Mazurka)"));
  EXPECT_THAT(error.message(), HasSubstr("--allow-copies"));
}

TEST(OriginalityGate, TakesTheFirstWhereCopiesAreAllowedAndSaysSo) {
  Candidates candidates{{60 + 40}, {}};
  const GatedScore taken = candidates.choose({.copies = Copies::kAllow, .limits = {}});
  EXPECT_EQ(taken.report.comparisons[0].verdict, Verdict::kTooClose);
  EXPECT_THAT(to_text(taken.report), HasSubstr("too close to what was learned: a run of 40"));
  EXPECT_THAT(to_text(taken.report), HasSubstr("its terms are CC-BY-SA-3.0-DE"));
  EXPECT_EQ(to_json(taken.report).at("verdict"), "too close");
}

TEST(OriginalityGate, TakesTheFirstWithoutAnythingToCompareWith) {
  const GatedScore taken = draw_original([](int) { return DrawnPiece{notes_at(100), {}}; }, {}, {});
  EXPECT_EQ(taken.score, notes_at(100));
  EXPECT_TRUE(to_json(taken.report).at("verdict").is_null());
}

TEST(OriginalityGate, GivesTheFirstCandidateTheSeedsOwnStream) {
  EXPECT_EQ(candidate_rng(7, 0).next_u64(), Rng(7).next_u64());
  EXPECT_NE(candidate_rng(7, 1).next_u64(), Rng(7).next_u64());
  EXPECT_NE(candidate_rng(7, 1).next_u64(), candidate_rng(7, 2).next_u64());
  EXPECT_EQ(candidate_rng(7, 2).next_u64(), candidate_rng(7, 2).next_u64());
}

TEST(OriginalityGate, RefusesNoCandidate) {
  EXPECT_THAT(
      thrown_error([] { check_options(GateOptions{.candidates = 0, .limits = {}}); }).message(),
      HasSubstr("--candidates is 0"));
}

}  // namespace
}  // namespace undersong
