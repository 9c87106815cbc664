#include "plan/span.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"

namespace undersong::detail {
namespace {

// Costs are relative to that of a tempo 3 % off, which is 1: as far as a listener would not notice.
constexpr double kWholeDeviation = 0.03;
constexpr double kOddBarCost = 4.0;  // a bar that nobody expects is worse than any tempo allowed
constexpr double kStrangeTailCost = 2.0;  // a tail out of the style's range
constexpr std::size_t kMostOptions = 24;

double square(double x) { return x * x; }

double beat_seconds(const SpanRules& rules, double bpm) {
  return 4.0 / rules.beat_unit * 60.0 / bpm;
}

bool is_compound(const SpanRules& rules) {
  return rules.beat_unit == 8 && rules.beats % 3 == 0 && rules.beats > 3;
}

// Music is felt in groups of four bars; a loop more than anything.
double grouping_cost(std::size_t bars, SpanEnd end) {
  const double weight = end == SpanEnd::kLoop ? 3.0 : 1.0;
  if (bars % 8 == 0) return 0.0;
  if (bars % 4 == 0) return 0.1 * weight;
  return (bars % 2 == 0 ? 0.6 : 1.0) * weight;
}

double fill_cost(const std::vector<int>& bars, const Span& span, const SpanRules& rules) {
  const bool odd = !bars.empty() && bars.back() != rules.beats;
  return grouping_cost(bars.size(), span.end) + (odd ? kOddBarCost : 0.0);
}

// Beats at the even tempo that take as long as the bars do.
double weighted_beats(const std::vector<int>& bars, SpanEnd end, const SpanRules& rules) {
  const std::vector<double> factors = ritardando_factors(bars, end, rules);
  double sum = 0.0;
  for (std::size_t i = 0; i < bars.size(); ++i) sum += bars[i] * factors[i];
  return sum;
}

double tail_cost(double tail, const SpanRules& rules, double bar_seconds) {
  const double range = std::max(rules.longest_tail - rules.shortest_tail, 0.5);
  // A chord that lasts its bar is the most natural.
  const double natural = std::clamp(bar_seconds, rules.shortest_tail, rules.longest_tail);
  double cost = 0.3 * square((tail - natural) / range);
  const double outside = std::max({rules.shortest_tail - tail, tail - rules.longest_tail, 0.0});
  if (outside > 1e-9) cost += kStrangeTailCost * (1.0 + outside / rules.shortest_tail);
  return cost;
}

// One number of beats before a final chord: the tempo nearest to the aim whose tail is allowed.
void try_final(std::vector<SpanOption>& options, const Span& span, const SpanRules& rules,
               double aim, const TempoBounds& bounds, const std::vector<int>& bars) {
  const int beats = std::accumulate(bars.begin(), bars.end(), 0);
  const double weighted = weighted_beats(bars, span.end, rules);
  const auto add = [&](double least, double most) {
    SpanOption option{beats, aim, span.seconds, 0.0};
    if (beats > 0) {
      const double shortest = span.seconds - most;
      const double longest = span.seconds - least;
      const double unit = weighted * beat_seconds(rules, 1.0);
      if (longest <= 0.0) return;
      const double slow = std::max(unit / longest, bounds.slowest);
      const double fast =
          shortest > 0.0 ? std::min(unit / shortest, bounds.fastest) : bounds.fastest;
      if (slow > fast * (1.0 + 1e-12)) return;
      option.bpm = std::clamp(aim, slow, std::max(slow, fast));
      option.tail_seconds = span.seconds - unit / option.bpm;
    } else if (span.seconds < least - 1e-9 || span.seconds > most + 1e-9) {
      return;
    }
    const double bar_seconds = rules.beats * beat_seconds(rules, option.bpm);
    option.cost = square((option.bpm / aim - 1.0) / kWholeDeviation) +
                  fill_cost(bars, span, rules) + tail_cost(option.tail_seconds, rules, bar_seconds);
    options.push_back(option);
  };
  add(rules.shortest_tail, rules.longest_tail);
  if (rules.least_tail < rules.shortest_tail) add(rules.least_tail, rules.shortest_tail);
  add(rules.longest_tail, 1.5 * rules.longest_tail);
}

void try_exact(std::vector<SpanOption>& options, const Span& span, const SpanRules& rules,
               double aim, const TempoBounds& bounds, const std::vector<int>& bars) {
  if (bars.empty()) return;
  if (span.end == SpanEnd::kLoop && bars.back() != rules.beats) return;
  const int beats = std::accumulate(bars.begin(), bars.end(), 0);
  const double bpm = beats * beat_seconds(rules, 1.0) / span.seconds;
  if (bpm < bounds.slowest * (1.0 - 1e-9) || bpm > bounds.fastest * (1.0 + 1e-9)) return;
  options.push_back({beats, bpm, 0.0,
                     square((bpm / aim - 1.0) / kWholeDeviation) + fill_cost(bars, span, rules)});
}

}  // namespace

std::vector<int> bars_of_beats(int beats, const SpanRules& rules) {
  std::vector<int> bars(static_cast<std::size_t>(beats / rules.beats), rules.beats);
  const int rest = beats % rules.beats;
  if (rest == 0) return bars;
  if (is_compound(rules) && rest % 3 != 0) return {};
  if (rest >= 2) {
    bars.push_back(rest);
  } else if (bars.empty()) {
    return {};
  } else {
    ++bars.back();
  }
  return bars;
}

std::vector<double> ritardando_factors(const std::vector<int>& bars, SpanEnd end,
                                       const SpanRules& rules) {
  std::vector<double> factors(bars.size(), 1.0);
  if (end != SpanEnd::kFinal || bars.size() < 2) return factors;
  factors.back() = 1.0 / (1.0 - rules.ritardando);
  // A strong one announces itself a bar earlier.
  constexpr double kStrong = 0.08;
  if (rules.ritardando >= kStrong && bars.size() >= 8)
    factors[factors.size() - 2] = 1.0 / (1.0 - rules.ritardando / 3.0);
  return factors;
}

std::vector<SpanOption> span_options(const Span& span, const SpanRules& rules, double aim,
                                     const TempoBounds& bounds) {
  std::vector<SpanOption> options;
  const bool final = span.end == SpanEnd::kFinal;
  const double longest = span.seconds - (final ? rules.least_tail : 0.0);
  const double shortest = span.seconds - (final ? 1.5 * rules.longest_tail : 0.0);
  // Slowed bars count for less than one and a half bars more than they are.
  const int slack = final && rules.ritardando > 0.0 ? rules.beats : 0;
  const int fewest = std::max(
      final && !span.first ? 0 : (span.first ? std::min(rules.beats, 2) : 2),
      static_cast<int>(std::floor(shortest / beat_seconds(rules, bounds.slowest))) - slack);
  const int most = static_cast<int>(std::ceil(longest / beat_seconds(rules, bounds.fastest)));
  for (int beats = fewest; beats <= most; ++beats) {
    const std::vector<int> bars = bars_of_beats(beats, rules);
    if (bars.empty() && beats > 0) continue;
    if (final) {
      if (span.first && (bars.empty() || bars.front() < rules.beats)) continue;
      try_final(options, span, rules, aim, bounds, bars);
    } else {
      try_exact(options, span, rules, aim, bounds, bars);
    }
  }
  std::stable_sort(options.begin(), options.end(),
                   [](const SpanOption& a, const SpanOption& b) { return a.cost < b.cost; });
  if (options.size() > kMostOptions) options.resize(kMostOptions);
  return options;
}

NearestSpans nearest_spans(const Span& span, const SpanRules& rules, const TempoBounds& bounds) {
  NearestSpans nearest;
  nearest.longer = -1.0;
  const bool final = span.end == SpanEnd::kFinal;
  const double least_tail = final ? rules.least_tail : 0.0;
  const double most_tail = final ? 1.5 * rules.longest_tail : 0.0;
  const int past =
      static_cast<int>(span.seconds / beat_seconds(rules, bounds.fastest)) + 3 * rules.beats;
  for (int beats = 0; beats <= past; ++beats) {
    const std::vector<int> bars = bars_of_beats(beats, rules);
    if (bars.empty() && (beats > 0 || !final || span.first)) continue;
    if (span.end == SpanEnd::kLoop && bars.back() != rules.beats) continue;
    if (final && span.first && bars.front() < rules.beats) continue;
    const double weighted = weighted_beats(bars, span.end, rules);
    const double from = weighted * beat_seconds(rules, bounds.fastest) + least_tail;
    const double to = weighted * beat_seconds(rules, bounds.slowest) + most_tail;
    if (to < span.seconds) nearest.shorter = std::max(nearest.shorter, to);
    if (from >= span.seconds && (nearest.longer < 0.0 || from < nearest.longer))
      nearest.longer = from;
  }
  UNDERSONG_CHECK(nearest.longer >= 0.0);
  return nearest;
}

}  // namespace undersong::detail
