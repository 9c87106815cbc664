#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "originality/reference.h"
#include "scores.h"

namespace undersong {
namespace {

// Knows of each track what its number of notes says: runs of as many, overlaps of a tenth each.
class ScriptedReference : public Reference {
 public:
  const std::string& name() const override { return name_; }
  std::span<const LearnedPiece> pieces() const override { return {}; }
  const Baseline& baseline() const override { return baseline_; }
  Closeness compare(const Score& track, const std::string& except) const override {
    Closeness closeness;
    closeness.notes = static_cast<std::int64_t>(note_count(track));
    closeness.longest_run.notes = closeness.notes;
    closeness.most_distinctive_run.distinctive_notes = closeness.notes + 10;
    if (closeness.notes > 1) closeness.coverage[0] = 0.5;
    if (except == "seen") {
      closeness.windows.resize(2);
      closeness.windows[1].overlap = static_cast<double>(closeness.notes) / 10.0;
    }
    return closeness;
  }

 private:
  std::string name_;
  Baseline baseline_;
};

std::vector<Score> tracks_of(int count) {
  std::vector<Score> tracks;
  for (int notes = 1; notes <= count; ++notes)
    tracks.push_back(score_of(line_of(std::vector<int>(static_cast<std::size_t>(notes), 60))));
  return tracks;
}

TEST(MeasureBaseline, SumsUpWhatPiecesShare) {
  // Five pieces of 1 … 5 notes. 2.5 % of the way through them is 0.1 behind the first.
  const std::vector<std::string> families(5, "seen");
  const Baseline baseline = measure_baseline(ScriptedReference(), tracks_of(5), families);
  EXPECT_EQ(baseline.pieces, 5);
  EXPECT_DOUBLE_EQ(baseline.run_notes.mean, 3.0);
  EXPECT_DOUBLE_EQ(baseline.run_notes.low, 1.1);
  EXPECT_DOUBLE_EQ(baseline.run_notes.high, 4.9);
  EXPECT_DOUBLE_EQ(baseline.distinctive_notes.mean, 13.0);
  EXPECT_DOUBLE_EQ(baseline.highest_overlap.mean, 0.3);
  EXPECT_DOUBLE_EQ(baseline.mean_originality.mean, 0.85);
  // The mean of five such numbers has a deviation of 0.63.
  EXPECT_NEAR(baseline.run_notes.mean_low, 3.0 - 1.96 * std::sqrt(2.0 / 5.0), 0.25);
  EXPECT_NEAR(baseline.run_notes.mean_high, 3.0 + 1.96 * std::sqrt(2.0 / 5.0), 0.25);
}

TEST(MeasureBaseline, LeavesOutWhatIsNotKnown) {
  const std::vector<std::string> families(3, "");
  const Baseline baseline = measure_baseline(ScriptedReference(), tracks_of(3), families);
  EXPECT_EQ(baseline.highest_overlap, Band{});
  EXPECT_EQ(baseline.mean_originality, Band{});
  EXPECT_DOUBLE_EQ(baseline.coverage[0].mean, 0.5);  // not a third of nothing
  EXPECT_EQ(baseline.coverage[1], Band{});
}

TEST(MeasureBaseline, IsNoneOfNothing) {
  EXPECT_EQ(measure_baseline(ScriptedReference(), {}, {}), Baseline{});
}

TEST(MeasureBaseline, IsTheSameEveryTime) {
  const std::vector<std::string> families(40, "seen");
  const auto tracks = tracks_of(40);
  const Baseline first = measure_baseline(ScriptedReference(), tracks, families);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(measure_baseline(ScriptedReference(), tracks, families), first);
}

TEST(LimitsOf, FollowTheBaselineBetweenBounds) {
  Baseline baseline;
  EXPECT_EQ(limits_of(baseline), (Limits{15, 14, std::nullopt}));
  baseline.distinctive_notes.high = 15.2;
  baseline.distinctive_symbols.high = 17.3;
  baseline.highest_overlap.high = 0.7;
  EXPECT_EQ(limits_of(baseline), (Limits{16, 15, 0.7}));
  baseline.distinctive_notes.high = 40;
  baseline.distinctive_symbols.high = 40;
  baseline.highest_overlap.high = 1;
  EXPECT_EQ(limits_of(baseline), (Limits{16, 15, 0.75}));
  baseline.highest_overlap.high = 0.4;
  EXPECT_EQ(limits_of(baseline), (Limits{16, 15, 0.65}));
}

}  // namespace
}  // namespace undersong
