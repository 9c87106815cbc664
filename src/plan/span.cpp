#include "plan/span.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/check.h"

namespace undersong::detail {
namespace {

// Costs are relative to that of a tempo 3 % off, which is 1: as far as a listener would not notice.
constexpr double kWholeDeviation = 0.03;
constexpr double kOddBarCost = 4.0;  // a bar that nobody expects is worse than any tempo allowed
constexpr double kStrangeTailCost = 2.0;    // a tail out of the style's range
constexpr double kLongestTailFactor = 1.5;  // of the style's longest, where nothing else fits
constexpr std::size_t kMostOptions = 24;

struct TailRange {
  double least = 0.0;
  double most = 0.0;
};

struct Aim {
  double bpm = 120.0;
  TempoBounds bounds;
};

double square(double x) { return x * x; }

double beat_seconds(const SpanRules& rules, double bpm) {
  return 4.0 / rules.beat_unit * 60.0 / bpm;
}

bool is_compound(const SpanRules& rules) {
  return rules.beat_unit == 8 && rules.beats % 3 == 0 && rules.beats > 3;
}

// Bars without writing them out, of which a long piece has thousands.
struct Filling {
  int bars = 0;
  int last = 0;  // beats of the last one; the others have the style's
};

// The bars of a number of beats: whole ones, and at the end perhaps one of another length.
std::optional<Filling> filling_of(int beats, const SpanRules& rules) {
  const int whole = beats / rules.beats;
  const int rest = beats % rules.beats;
  if (rest == 0) return Filling{whole, whole > 0 ? rules.beats : 0};
  if (is_compound(rules) && rest % 3 != 0) return std::nullopt;
  if (rest >= 2) return Filling{whole + 1, rest};
  if (whole == 0) return std::nullopt;
  return Filling{whole, rules.beats + 1};
}

// Music is felt in groups of four bars; a loop more than anything.
double grouping_cost(int bars, SpanEnd end) {
  const double weight = end == SpanEnd::kLoop ? 3.0 : 1.0;
  if (bars % 8 == 0) return 0.0;
  if (bars % 4 == 0) return 0.1 * weight;
  return (bars % 2 == 0 ? 0.6 : 1.0) * weight;
}

double fill_cost(const Filling& filling, const Span& span, const SpanRules& rules) {
  const bool odd = filling.bars > 0 && filling.last != rules.beats;
  return grouping_cost(filling.bars, span.end) + (odd ? kOddBarCost : 0.0);
}

// How much longer than at an even tempo the last bar before a final chord is, and the one before.
struct Slowing {
  double last = 1.0;
  double before = 1.0;
};

Slowing slowing_of(int bars, SpanEnd end, const SpanRules& rules) {
  Slowing slowing;
  if (end != SpanEnd::kFinal || bars < 2) return slowing;
  slowing.last = 1.0 / (1.0 - rules.ritardando);
  // A strong ritardando announces itself a bar earlier.
  constexpr double kStrong = 0.08;
  if (rules.ritardando >= kStrong && bars >= 8)
    slowing.before = 1.0 / (1.0 - rules.ritardando / 3.0);
  return slowing;
}

// Beats at the even tempo that take as long as the bars do.
double weighted_beats(int beats, const Filling& filling, SpanEnd end, const SpanRules& rules) {
  const Slowing slowing = slowing_of(filling.bars, end, rules);
  return beats + filling.last * (slowing.last - 1.0) + rules.beats * (slowing.before - 1.0);
}

// A final chord that lasts its bar is the most natural; a shorter one is cut off.
double natural_tail(const SpanRules& rules, double bar_seconds) {
  return std::clamp(bar_seconds, rules.shortest_tail, rules.longest_tail);
}

double tail_cost(double tail, const SpanRules& rules, double bar_seconds) {
  const double natural = natural_tail(rules, bar_seconds);
  double cost = (tail < natural ? 1.0 : 0.2) * square((tail - natural) / natural);
  const double outside = std::max({rules.shortest_tail - tail, tail - rules.longest_tail, 0.0});
  if (outside > 1e-9) cost += kStrangeTailCost * (1.0 + outside / rules.shortest_tail);
  return cost;
}

// The tempo nearest to the aim at which `weighted` beats leave a tail between `least` and `most`.
std::optional<double> tempo_for_tail(const Span& span, double unit_seconds, double aim,
                                     const TempoBounds& bounds, const TailRange& tail) {
  const double shortest = span.seconds - tail.most;
  const double longest = span.seconds - tail.least;
  if (longest <= 0.0) return std::nullopt;
  const double slow = std::max(unit_seconds / longest, bounds.slowest);
  const double fast =
      shortest > 0.0 ? std::min(unit_seconds / shortest, bounds.fastest) : bounds.fastest;
  if (slow > fast * (1.0 + 1e-12)) return std::nullopt;
  return std::clamp(aim, slow, std::max(slow, fast));
}

// Tails to try: the style's, the most natural one, and what only need excuses.
std::vector<TailRange> tails_of(const SpanRules& rules, double aim) {
  const double natural = natural_tail(rules, rules.beats * beat_seconds(rules, aim));
  std::vector<TailRange> tails = {{rules.shortest_tail, rules.longest_tail},
                                  {natural, natural},
                                  {rules.longest_tail, kLongestTailFactor * rules.longest_tail}};
  if (rules.least_tail < rules.shortest_tail)
    tails.push_back({rules.least_tail, rules.shortest_tail});
  return tails;
}

// One number of beats before a final chord.
void try_final(std::vector<SpanOption>& options, const Span& span, const SpanRules& rules,
               const Aim& aim, int beats) {
  const std::optional<Filling> filling = filling_of(beats, rules);
  if (!filling || (span.first && (filling->bars == 0 || beats < rules.beats))) return;
  const double unit_seconds =
      weighted_beats(beats, *filling, span.end, rules) * beat_seconds(rules, 1.0);
  for (const TailRange& tail : tails_of(rules, aim.bpm)) {
    SpanOption option{beats, aim.bpm, span.seconds, 0.0};
    if (beats > 0) {
      const auto bpm = tempo_for_tail(span, unit_seconds, aim.bpm, aim.bounds, tail);
      if (!bpm) continue;
      option.bpm = *bpm;
      option.tail_seconds = span.seconds - unit_seconds / option.bpm;
    } else if (span.seconds < tail.least - 1e-9 || span.seconds > tail.most + 1e-9) {
      continue;
    }
    const double bar_seconds = rules.beats * beat_seconds(rules, option.bpm);
    option.cost = square((option.bpm / aim.bpm - 1.0) / kWholeDeviation) +
                  fill_cost(*filling, span, rules) +
                  tail_cost(option.tail_seconds, rules, bar_seconds);
    options.push_back(option);
  }
}

void try_exact(std::vector<SpanOption>& options, const Span& span, const SpanRules& rules,
               const Aim& aim, int beats) {
  const std::optional<Filling> filling = filling_of(beats, rules);
  if (!filling || filling->bars == 0) return;
  if (span.end == SpanEnd::kLoop && filling->last != rules.beats) return;
  const double bpm = beats * beat_seconds(rules, 1.0) / span.seconds;
  if (bpm < aim.bounds.slowest * (1.0 - 1e-9) || bpm > aim.bounds.fastest * (1.0 + 1e-9)) return;
  options.push_back(
      {beats, bpm, 0.0,
       square((bpm / aim.bpm - 1.0) / kWholeDeviation) + fill_cost(*filling, span, rules)});
}

}  // namespace

std::vector<int> bars_of_beats(int beats, const SpanRules& rules) {
  const std::optional<Filling> filling = filling_of(beats, rules);
  if (!filling || filling->bars == 0) return {};
  std::vector<int> bars(static_cast<std::size_t>(filling->bars), rules.beats);
  bars.back() = filling->last;
  return bars;
}

std::vector<double> ritardando_factors(const std::vector<int>& bars, SpanEnd end,
                                       const SpanRules& rules) {
  std::vector<double> factors(bars.size(), 1.0);
  const Slowing slowing = slowing_of(static_cast<int>(bars.size()), end, rules);
  if (!bars.empty()) factors.back() = slowing.last;
  if (bars.size() > 1) factors[factors.size() - 2] = slowing.before;
  return factors;
}

std::vector<SpanOption> span_options(const Span& span, const SpanRules& rules, double aim,
                                     const TempoBounds& bounds) {
  std::vector<SpanOption> options;
  const bool final = span.end == SpanEnd::kFinal;
  const double longest = span.seconds - (final ? rules.least_tail : 0.0);
  const double shortest = span.seconds - (final ? kLongestTailFactor * rules.longest_tail : 0.0);
  // Slowed bars take less than a bar more than they would.
  const int slack = final && rules.ritardando > 0.0 ? rules.beats : 0;
  const int fewest = std::max(
      final && !span.first ? 0 : 2,
      static_cast<int>(std::floor(shortest / beat_seconds(rules, bounds.slowest))) - slack);
  const int most = static_cast<int>(std::ceil(longest / beat_seconds(rules, bounds.fastest)));
  for (int beats = fewest; beats <= most; ++beats) {
    if (final) {
      try_final(options, span, rules, {aim, bounds}, beats);
    } else {
      try_exact(options, span, rules, {aim, bounds}, beats);
    }
  }
  std::stable_sort(options.begin(), options.end(),
                   [](const SpanOption& a, const SpanOption& b) { return a.cost < b.cost; });
  if (options.size() > kMostOptions) options.resize(kMostOptions);
  return options;
}

NearestSpans nearest_spans(const Span& span, const SpanRules& rules, const TempoBounds& bounds) {
  NearestSpans nearest{0.0, -1.0};
  const bool final = span.end == SpanEnd::kFinal;
  const double least_tail = final ? rules.least_tail : 0.0;
  const double most_tail = final ? kLongestTailFactor * rules.longest_tail : 0.0;
  const int past =
      static_cast<int>(span.seconds / beat_seconds(rules, bounds.fastest)) + 3 * rules.beats;
  for (int beats = final && !span.first ? 0 : 2; beats <= past; ++beats) {
    const std::optional<Filling> filling = filling_of(beats, rules);
    if (!filling) continue;
    if (span.end == SpanEnd::kLoop && filling->last != rules.beats) continue;
    if (final && span.first && beats < rules.beats) continue;
    const double weighted = weighted_beats(beats, *filling, span.end, rules);
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
