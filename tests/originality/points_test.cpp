#include "originality/points.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "originality/window_grid.h"
#include "support/thrown_error.h"

namespace undersong {
namespace {

using Points = std::vector<Point>;

Score score_of(Ticks ticks_per_quarter, std::vector<Note> notes) {
  Score score;
  score.ticks_per_quarter = ticks_per_quarter;
  score.tracks.emplace_back().notes = std::move(notes);
  sort_events(score);
  return score;
}

Note note_at(Ticks onset, std::uint8_t pitch, std::uint8_t channel = 0) {
  return {.onset_ticks = onset, .duration_ticks = 1, .pitch = pitch, .channel = channel};
}

Points translated(Points points, std::int32_t steps, std::int32_t semitones) {
  for (Point& point : points) {
    point.onset_steps += steps;
    point.pitch += semitones;
  }
  return points;
}

Points any_points() {
  auto points = *rc::gen::container<Points>(rc::gen::construct<Point>(
      rc::gen::inRange<std::int32_t>(0, 60), rc::gen::inRange<std::int32_t>(48, 72)));
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  return points;
}

TEST(Points, StandOnTwelfthsOfAQuarterWithoutPercussionAndUnisons) {
  const Score score =
      score_of(480, {note_at(0, 60), note_at(0, 60), note_at(19, 61), note_at(20, 62),
                     note_at(160, 64), note_at(480, 36, kDrumChannel)});
  EXPECT_EQ(points_of(score), (Points{{0, 60}, {0, 61}, {1, 62}, {4, 64}}));
}

TEST(Points, AreNoneWhereOnlyDrumsPlay) {
  EXPECT_TRUE(points_of(score_of(480, {note_at(0, 36, kDrumChannel)})).empty());
  EXPECT_TRUE(points_of(Score{}).empty());
}

TEST(Points, StayInRangeAtOneTickAQuarter) {
  constexpr Ticks kLast = std::numeric_limits<Ticks>::max() - 1;
  EXPECT_EQ(points_of(score_of(1, {note_at(kLast, 60)})),
            (Points{{std::numeric_limits<std::int32_t>::max(), 60}}));
}

// Worked by hand: q is p's first three points a quarter later and a fifth higher, and two others.
// The differences (12, 7) of three pairs agree, no other difference occurs so often.
TEST(CardinalityScore, OfFourAndFivePointsIsThreeFifths) {
  const Points p = {{0, 60}, {6, 62}, {12, 64}, {24, 55}};
  const Points q = {{12, 67}, {18, 69}, {24, 71}, {25, 60}, {40, 61}};
  EXPECT_EQ(best_translation(p, q), (Translation{12, 7, 3}));
  EXPECT_EQ(best_translation(q, p), (Translation{-12, -7, 3}));
  EXPECT_DOUBLE_EQ(cardinality_score(p, q), 0.6);
  EXPECT_DOUBLE_EQ(cardinality_score(q, p), 0.6);
}

TEST(CardinalityScore, OfOnePointIsOneOverTheOthersSize) {
  EXPECT_DOUBLE_EQ(cardinality_score(Points{{7, 50}}, Points{{0, 60}, {1, 61}, {3, 62}, {9, 63}}),
                   0.25);
}

TEST(CardinalityScore, OfNothingIsNothing) {
  EXPECT_DOUBLE_EQ(cardinality_score({}, Points{{0, 60}}), 0.0);
  EXPECT_DOUBLE_EQ(cardinality_score(Points{{0, 60}}, {}), 0.0);
  EXPECT_EQ(best_translation({}, {}), Translation{});
}

TEST(CardinalityScore, DoesNotTakeAStretchForATranslation) {
  const Points p = {{0, 60}, {6, 62}, {12, 64}, {18, 65}};
  const Points q = {{0, 60}, {12, 62}, {24, 64}, {36, 65}};
  EXPECT_DOUBLE_EQ(cardinality_score(p, q), 0.25);
}

TEST(BestTranslation, TakesTheFewestStepsThenSemitonesOfEquals) {
  EXPECT_EQ(best_translation(Points{{10, 60}}, Points{{4, 62}, {4, 65}, {11, 60}}),
            (Translation{-6, 2, 1}));
}

RC_GTEST_PROP(CardinalityScore, IsOneForATranslation, ()) {
  const Points p = any_points();
  RC_PRE(!p.empty());
  const auto steps = *rc::gen::inRange(-50, 50);
  const auto semitones = *rc::gen::inRange(-30, 30);
  const Points q = translated(p, steps, semitones);
  RC_ASSERT(cardinality_score(p, q) == 1.0);
  RC_ASSERT(best_translation(p, q) ==
            (Translation{steps, semitones, static_cast<std::int64_t>(p.size())}));
}

RC_GTEST_PROP(CardinalityScore, IsSymmetricAndWithinZeroAndOne, ()) {
  const Points p = any_points();
  const Points q = any_points();
  const double score = cardinality_score(p, q);
  RC_ASSERT(score == cardinality_score(q, p));
  RC_ASSERT(score >= 0.0 && score <= 1.0);
}

RC_GTEST_PROP(BestTranslation, MapsAsManyPointsAsItSays, ()) {
  const Points p = any_points();
  const Points q = any_points();
  const Translation best = best_translation(p, q);
  const Points moved = translated(p, best.steps, best.semitones);
  Points common;
  std::set_intersection(moved.begin(), moved.end(), q.begin(), q.end(), std::back_inserter(common));
  RC_ASSERT(static_cast<std::int64_t>(common.size()) == best.points);
}

TEST(BarOnsetSteps, FollowTheMeter) {
  Score score = score_of(480, {note_at(0, 60), note_at(480 * 6, 60)});
  score.meters = {{.tick = 0, .numerator = 3, .denominator = 4},
                  {.tick = 480 * 3, .numerator = 6, .denominator = 8}};
  EXPECT_EQ(bar_onset_steps(score), (std::vector<std::int32_t>{0, 36, 72, 108}));
  EXPECT_TRUE(bar_onset_steps(Score{}).empty());
}

TEST(BarOnsetSteps, RefuseScoresOfHundredsOfMillionsOfBars) {
  Score score = score_of(1, {note_at(500'000'000, 60)});
  score.meters = {{.tick = 0, .numerator = 1, .denominator = 128}};
  const Error error = thrown_error([&] { bar_onset_steps(score); });
  EXPECT_EQ(error.kind(), ErrorKind::kUnsupported);
  EXPECT_EQ(error.message(),
            "the score has 500000001 bars; at most 1000000 can be listed, so look at its meters");
}

TEST(WindowGrid, HasAWindowABarAndNoneThatHangsOverTheEnd) {
  std::vector<Note> notes;
  for (Ticks quarter = 0; quarter < 24; ++quarter) notes.push_back(note_at(quarter * 480, 60));
  const Score score = score_of(480, notes);  // six bars of four
  const auto points = points_of(score);
  const WindowGrid grid(score, points);
  EXPECT_EQ(grid.bars(), 6);
  const auto windows = windows_of(points, grid);
  ASSERT_EQ(windows.size(), 3U);
  EXPECT_EQ(grid.range(windows[2].bar), (BarRange{3, 6}));
  EXPECT_EQ(windows[2].begin_steps, 96);
  EXPECT_EQ(windows[2].end_steps, 288);
  EXPECT_EQ(windows[2].points.size(), 16U);
}

TEST(WindowGrid, HasOneWindowForAPieceOfTwoBars) {
  const Score score = score_of(480, {note_at(0, 60), note_at(480 * 7, 62)});
  const auto points = points_of(score);
  const WindowGrid grid(score, points);
  const auto windows = windows_of(points, grid);
  ASSERT_EQ(windows.size(), 1U);
  EXPECT_EQ(grid.range(windows[0].bar), (BarRange{1, 2}));
  EXPECT_EQ(windows[0].points.size(), 2U);
}

TEST(WindowGrid, CountsTheBarThatANoteRoundsUpInto) {
  const Score score = score_of(480, {note_at(0, 60), note_at(1919, 62)});
  const auto points = points_of(score);
  const WindowGrid grid(score, points);
  EXPECT_EQ(grid.bars(), 2);
  EXPECT_EQ(windows_of(points, grid)[0].points.size(), 2U);
}

TEST(WindowGrid, SkipsTheBarsOfALongSilence) {
  Score score = score_of(1, {note_at(0, 60), note_at(2'000'000'000, 62)});
  score.meters = {{.tick = 0, .numerator = 1, .denominator = 128}};
  const auto points = points_of(score);
  EXPECT_LE(windows_of(points, WindowGrid(score, points)).size(), 8U);
}

}  // namespace
}  // namespace undersong
