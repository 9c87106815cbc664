// What holds for every plan of every style, length, tempo and set of hits.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <numeric>

#include "base/error.h"
#include "plan/plan.h"
#include "support/test_style.h"

namespace undersong {
namespace {

struct Case {
  Style style;
  CompositionRequest request;
};

Style random_style() {
  Style style = *rc::gen::inRange(0, 3) == 0 ? make_test_waltz() : make_test_style();
  style.slowest_bpm = *rc::gen::inRange(40, 120);
  style.fastest_bpm = style.slowest_bpm * (1.15 + 0.01 * *rc::gen::inRange(0, 60));
  style.usual_low_bpm = style.slowest_bpm * 1.04;
  style.usual_high_bpm = style.fastest_bpm * 0.97;
  style.ritardando = 0.01 * *rc::gen::inRange(0, 31);
  style.key_change = *rc::gen::inRange(0, 2);
  style.shortest_tail_seconds = 0.5 * *rc::gen::inRange(1, 6);
  style.longest_tail_seconds = style.shortest_tail_seconds + 0.5 * *rc::gen::inRange(1, 8);
  const int meter = *rc::gen::inRange(0, 5);
  if (meter == 0) style.beats = 6, style.beat_unit = 8;
  if (meter == 1) style.beats = 7, style.beat_unit = 8;
  return style;
}

Case random_case() {
  Case drawn;
  drawn.style = random_style();
  CompositionRequest& request = drawn.request;
  request.style = drawn.style.name;
  request.length_seconds = 0.001 * *rc::gen::inRange(4000, 400000);
  request.seed = *rc::gen::arbitrary<std::uint64_t>();
  request.ending = static_cast<Ending>(*rc::gen::inRange(0, 4));
  if (*rc::gen::inRange(0, 2) == 0) {
    const double share = 0.01 * *rc::gen::inRange(0, 101);
    request.bpm =
        drawn.style.slowest_bpm + share * (drawn.style.fastest_bpm - drawn.style.slowest_bpm);
  }
  double hit = 0.0;
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    hit += 0.001 * *rc::gen::inRange(1, 60000);
    if (hit < request.length_seconds) request.hits_seconds.push_back(hit);
  }
  if (*rc::gen::inRange(0, 3) == 0) {
    for (int i = 0; i < 4; ++i)
      request.energy.push_back({20.0 * i, 0.01 * *rc::gen::inRange(0, 101)});
  }
  if (*rc::gen::inRange(0, 3) == 0)
    request.without = {static_cast<Role>(*rc::gen::inRange(0, 8)),
                       static_cast<Role>(*rc::gen::inRange(0, 8))};
  return drawn;
}

void expect_exact_times(const Plan& piece, const Style& style) {
  const CompositionRequest& request = piece.request;
  const std::vector<double> times = bar_times(piece);
  const bool rings = request.ending == Ending::kRing;
  const double end = rings ? times[times.size() - 2] + piece.tail_seconds : times.back();
  RC_ASSERT(std::abs(end - request.length_seconds) < 1e-5);
  for (const double hit : request.hits_seconds) {
    double nearest = 1e9;
    for (std::size_t i = 0; i < piece.bars.size(); ++i)
      nearest = std::min(nearest, std::abs(times[i] - hit));
    RC_ASSERT(nearest < 0.00101);
  }
  const std::size_t even =
      piece.bars.size() - std::min<std::size_t>(piece.bars.size(), rings ? 3 : 0);
  for (std::size_t i = 0; i < even; ++i) {
    const double bpm = 60e6 / piece.bars[i].microseconds_per_quarter;
    RC_ASSERT(bpm > style.slowest_bpm * 0.9999);
    RC_ASSERT(bpm < style.fastest_bpm * 1.0001);
    if (request.bpm) RC_ASSERT(std::abs(bpm / *request.bpm - 1.0) < 0.0301);
  }
}

void expect_whole_form(const Plan& piece) {
  int next = 0;
  for (const PlannedSection& section : piece.sections) {
    RC_ASSERT(section.first_bar == next);
    RC_ASSERT(std::accumulate(section.phrases.begin(), section.phrases.end(), 0) == section.bars);
    next += section.bars;
  }
  RC_ASSERT(next == static_cast<int>(piece.bars.size()));
  for (const PlannedBar& bar : piece.bars) {
    RC_ASSERT(!bar.roles.empty());
    RC_ASSERT(!bar.chords.empty());
    for (const Role role : kRoles)
      RC_ASSERT(!(bar.roles.contains(role) && piece.request.without.contains(role)));
  }
}

TEST(PlanProperties, HoldForEveryStyleLengthTempoAndHit) {
  int planned = 0;
  const bool holds = rc::check("plans", [&] {
    const Case drawn = random_case();
    Plan piece;
    try {
      piece = plan(drawn.request, drawn.style);
    } catch (const Error& error) {
      RC_ASSERT(error.kind() == ErrorKind::kUsage);  // hits too close, loops that do not fit
      RC_ASSERT(error.message().find("nan") == std::string::npos);
      return;
    }
    ++planned;
    expect_exact_times(piece, drawn.style);
    expect_whole_form(piece);
    check_plan(piece, drawn.style);
    RC_ASSERT(plan(drawn.request, drawn.style) == piece);
    RC_ASSERT(read_plan(to_json_text(piece)) == piece);
    RC_ASSERT(!describe(piece, drawn.style).empty());
  });
  EXPECT_TRUE(holds);
  EXPECT_GT(planned, 30);
}

// Pearson's correlation.
double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const auto count = static_cast<double>(a.size());
  const double mean_a = std::accumulate(a.begin(), a.end(), 0.0) / count;
  const double mean_b = std::accumulate(b.begin(), b.end(), 0.0) / count;
  double ab = 0.0;
  double aa = 0.0;
  double bb = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return ab / std::sqrt(aa * bb);
}

TEST(PlanProperties, EnergyAndTheNumberOfPlayersFollowTheAskedCurve) {
  CompositionRequest request;
  request.style = "test";
  request.length_seconds = 120.0;
  request.energy = {{0.0, 0.1}, {40.0, 0.9}, {60.0, 0.3}, {90.0, 1.0}, {120.0, 0.2}};
  for (request.seed = 0; request.seed < 20; ++request.seed) {
    const Plan piece = plan(request, make_test_style());
    std::vector<double> asked;
    std::vector<double> players;
    for (const PlannedBar& bar : piece.bars) {
      asked.push_back(bar.energy);
      double count = 0.0;
      for (const Role role : kRoles) count += bar.roles.contains(role) ? 1.0 : 0.0;
      players.push_back(count);
    }
    EXPECT_GT(correlation(asked, players), 0.75) << request.seed;
  }
}

}  // namespace
}  // namespace undersong
