#include "plan/timing.h"

#include <gtest/gtest.h>

#include <cmath>

#include "plan/span.h"
#include "support/test_style.h"
#include "support/thrown_error.h"

namespace undersong::detail {
namespace {

CompositionRequest request_of(double seconds, Ending ending) {
  CompositionRequest request;
  request.style = "test";
  request.length_seconds = seconds;
  request.ending = ending;
  return request;
}

// Onsets in seconds, and the end.
std::vector<double> times_of(const Timing& timing, int beat_unit = 4) {
  std::vector<double> times = {0.0};
  for (const TimedBar& bar : timing.bars)
    times.push_back(times.back() + bar_microseconds(bar, beat_unit) / 1e6);
  return times;
}

double nearest_distance(const std::vector<double>& times, double wanted) {
  double nearest = 1e9;
  for (const double time : times) nearest = std::min(nearest, std::abs(time - wanted));
  return nearest;
}

TEST(Timing, FillsALoopWithWholeBars) {
  CompositionRequest request = request_of(16.0, Ending::kLoop);
  request.bpm = 118.0;
  const Timing timing = plan_timing(request, make_test_style(), 100.0);
  ASSERT_EQ(timing.bars.size(), 8U);  // 2 s each at 120 BPM, which is within 3 %
  for (const TimedBar& bar : timing.bars) EXPECT_EQ(bar.microseconds_per_quarter, 500000);
  EXPECT_EQ(timing.tail_seconds, 0.0);
}

TEST(Timing, GivesTheFinalChordWhatTheBarsLeave) {
  CompositionRequest request = request_of(18.0, Ending::kRing);
  request.bpm = 120.0;
  const Timing timing = plan_timing(request, make_test_style(), 100.0);
  ASSERT_EQ(timing.bars.size(), 9U);  // eight of 2 s, and the chord that lasts its bar
  EXPECT_NEAR(timing.tail_seconds, 2.0, 1e-6);
  EXPECT_NEAR(times_of(timing)[8] + timing.tail_seconds, 18.0, 1e-9);
}

// 1,617 quarters: a block of bars and the beginning of another.
TEST(Timing, SpreadsRoundingSoThatNoBarIsLate) {
  CompositionRequest request = request_of(1000.0, Ending::kCut);
  const Timing timing = plan_timing(request, make_test_style(), 97.0);
  const std::vector<double> times = times_of(timing);
  const double bar = 1000.0 / static_cast<double>(timing.bars.size());
  for (std::size_t i = 0; i < times.size(); ++i)
    EXPECT_NEAR(times[i], static_cast<double>(i) * bar, 4e-4) << i;
  EXPECT_NEAR(times.back(), 1000.0, 5e-6);
}

TEST(Timing, ChangesTheTempoAsSeldomAsItCan) {
  const Timing timing = plan_timing(request_of(1000.0, Ending::kCut), make_test_style(), 97.0);
  int changes = 0;
  for (std::size_t i = 1; i < timing.bars.size(); ++i) {
    changes +=
        timing.bars[i].microseconds_per_quarter != timing.bars[i - 1].microseconds_per_quarter ? 1
                                                                                               : 0;
  }
  EXPECT_LE(changes, 3);
}

TEST(Timing, SlowsDownBeforeTheFinalChordWithinTheLength) {
  Style style = make_test_style();
  style.ritardando = 0.1;
  CompositionRequest request = request_of(40.0, Ending::kRing);
  request.bpm = 100.0;
  const Timing timing = plan_timing(request, style, 100.0);
  const std::size_t bars = timing.bars.size();
  const double even = timing.bars[0].microseconds_per_quarter;
  EXPECT_NEAR(timing.bars[bars - 2].microseconds_per_quarter, even / 0.9, 2.0);
  EXPECT_NEAR(timing.bars[bars - 3].microseconds_per_quarter, even / (1.0 - 0.1 / 3.0), 2.0);
  EXPECT_NEAR(timing.bars[bars - 4].microseconds_per_quarter, even, 2.0);
  EXPECT_NEAR(times_of(timing)[bars - 1] + timing.tail_seconds, 40.0, 1e-9);
}

TEST(Timing, PutsHitsOnDownbeats) {
  CompositionRequest request = request_of(60.0, Ending::kRing);
  request.hits_seconds = {12.4, 30.1, 44.0};
  const Timing timing = plan_timing(request, make_test_style(), 96.0);
  const std::vector<double> times = times_of(timing);
  int hits = 0;
  for (std::size_t i = 0; i < timing.bars.size(); ++i) {
    if (!timing.bars[i].hit) continue;
    EXPECT_NEAR(times[i], request.hits_seconds[static_cast<std::size_t>(hits)], 1e-5);
    ++hits;
  }
  EXPECT_EQ(hits, 3);
}

TEST(Timing, ShortensABarBeforeAHitWhereWholeOnesDoNotFit) {
  CompositionRequest request = request_of(30.0, Ending::kCut);
  request.bpm = 120.0;
  request.hits_seconds = {9.0};  // four bars and two beats
  const Timing timing = plan_timing(request, make_test_style(), 96.0);
  ASSERT_GT(timing.bars.size(), 5U);
  EXPECT_EQ(timing.bars[4].beats, 2);
  EXPECT_TRUE(timing.bars[5].hit);
  EXPECT_LT(nearest_distance(times_of(timing), 9.0), 1e-5);
}

TEST(Timing, LetsTheFinalChordBeAHit) {
  CompositionRequest request = request_of(30.0, Ending::kRing);
  request.hits_seconds = {27.5};
  const Timing timing = plan_timing(request, make_test_style(), 96.0);
  EXPECT_TRUE(timing.bars.back().hit);
  EXPECT_NEAR(timing.tail_seconds, 2.5, 1e-5);
}

TEST(Timing, TakesAHitAtTheBeginningAsTheFirstDownbeat) {
  CompositionRequest request = request_of(30.0, Ending::kRing);
  request.hits_seconds = {0.0};
  const Timing timing = plan_timing(request, make_test_style(), 96.0);
  EXPECT_TRUE(timing.bars.front().hit);
}

TEST(Timing, FadesForATenthOfThePiece) {
  EXPECT_NEAR(plan_timing(request_of(60.0, Ending::kFade), make_test_style(), 96.0).tail_seconds,
              6.0, 1e-9);
  EXPECT_NEAR(plan_timing(request_of(6.0, Ending::kFade), make_test_style(), 96.0).tail_seconds,
              2.0, 1e-9);
  EXPECT_NEAR(plan_timing(request_of(600.0, Ending::kFade), make_test_style(), 96.0).tail_seconds,
              10.0, 1e-9);
}

TEST(Timing, SaysWhichLengthsALoopCanHave) {
  CompositionRequest request = request_of(5.0, Ending::kLoop);
  request.bpm = 120.0;
  const Error error = thrown_error([&] { plan_timing(request, make_test_style(), 96.0); });
  EXPECT_EQ(error.kind(), ErrorKind::kUsage);
  // Two bars at 116.4 BPM are 4.12 s, three at 123.6 are 5.83 s; two at 96 are 5 s, which is
  // within 3 % of 98.8.
  EXPECT_EQ(error.message(),
            "5 s cannot be filled with whole bars of 4/4 at 120 BPM in the style test; give 4.12 s "
            "or 5.83 s, or a tempo of 98.8 BPM");
}

TEST(Timing, SaysWhereAHitWouldDo) {
  CompositionRequest request = request_of(60.0, Ending::kRing);
  request.bpm = 120.0;
  request.hits_seconds = {20.0, 20.4};
  EXPECT_EQ(
      thrown_error([&] { plan_timing(request, make_test_style(), 96.0); }).message(),
      "between the hit at 0:20 and the hit at 0:20.4 no bars fit at 120 BPM; a hit at 0:20.98 "
      "would do");
  request.hits_seconds = {59.7};
  EXPECT_EQ(thrown_error([&] { plan_timing(request, make_test_style(), 96.0); }).message(),
            "between the hit at 0:59.7 and the end at 1:00 no bars fit at 120 BPM; a last hit at "
            "0:59.2 would do");
}

TEST(Timing, AdvisesWhatWorks) {
  CompositionRequest loop = request_of(4.12, Ending::kLoop);
  loop.bpm = 120.0;
  EXPECT_NO_THROW(plan_timing(loop, make_test_style(), 96.0));
  loop.length_seconds = 5.83;
  EXPECT_NO_THROW(plan_timing(loop, make_test_style(), 96.0));
  loop.length_seconds = 5.0;
  loop.bpm = 98.8;
  EXPECT_NO_THROW(plan_timing(loop, make_test_style(), 96.0));
  CompositionRequest ring = request_of(60.0, Ending::kRing);
  ring.bpm = 120.0;
  ring.hits_seconds = {20.0, 20.98};
  EXPECT_NO_THROW(plan_timing(ring, make_test_style(), 96.0));
  ring.hits_seconds = {59.2};
  EXPECT_NO_THROW(plan_timing(ring, make_test_style(), 96.0));
}

TEST(Timing, TellsTheShortestPiece) {
  const Style style = make_test_style();
  // A bar at 140 BPM is 1.714 s; a final chord needs 0.8 s.
  EXPECT_NEAR(shortest_seconds(request_of(10.0, Ending::kCut), style), 240.0 / 140.0, 1e-9);
  EXPECT_NEAR(shortest_seconds(request_of(10.0, Ending::kRing), style), 240.0 / 140.0 + 0.8, 1e-9);
}

TEST(Span, CountsOnlyBarsThatAMusicianWouldCount) {
  SpanRules four;
  EXPECT_EQ(bars_of_beats(8, four), (std::vector<int>{4, 4}));
  EXPECT_EQ(bars_of_beats(10, four), (std::vector<int>{4, 4, 2}));
  EXPECT_EQ(bars_of_beats(9, four), (std::vector<int>{4, 5}));
  EXPECT_TRUE(bars_of_beats(1, four).empty());
  SpanRules compound;
  compound.beats = 6;
  compound.beat_unit = 8;
  EXPECT_EQ(bars_of_beats(15, compound), (std::vector<int>{6, 6, 3}));
  EXPECT_TRUE(bars_of_beats(14, compound).empty());
}

TEST(Clock, WritesTimesAsPeopleDo) {
  EXPECT_EQ(clock_text(0.0), "0:00");
  EXPECT_EQ(clock_text(63.5), "1:03.5");
  EXPECT_EQ(clock_text(12.4), "0:12.4");
  EXPECT_EQ(clock_text(7200.0), "2:00:00");
  EXPECT_EQ(clock_text(59.9996), "1:00");
}

}  // namespace
}  // namespace undersong::detail
