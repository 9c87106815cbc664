#include "plan/timing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>

#include "base/check.h"
#include "base/error.h"
#include "plan/span.h"

namespace undersong::detail {
namespace {

// Steps of the search for a tempo: a sixth of what a listener may notice.
constexpr double kTempoStep = 0.005;
// Hits nearer to the beginning than this are the beginning.
constexpr double kSameSeconds = 0.001;

double square(double x) { return x * x; }

SpanRules rules_of(const CompositionRequest& request, const Style& style) {
  SpanRules rules;
  rules.beats = style.beats;
  rules.beat_unit = style.beat_unit;
  rules.ritardando = style.ritardando;
  rules.longest_tail = style.longest_tail_seconds;
  rules.least_tail = std::min(kLeastTailSeconds, style.shortest_tail_seconds);
  // In a piece of a few seconds a tail of many would be half of it.
  constexpr double kShareOfPiece = 0.25;
  rules.shortest_tail =
      std::max(rules.least_tail,
               std::min(style.shortest_tail_seconds, kShareOfPiece * request.length_seconds));
  return rules;
}

TempoBounds style_bounds(const Style& style) { return {style.slowest_bpm, style.fastest_bpm}; }

// What bars may have when the piece's tempo is `bpm`.
TempoBounds bounds_around(double bpm, const Style& style) {
  return {std::max(style.slowest_bpm, bpm * (1.0 - kTempoTolerance)),
          std::min(style.fastest_bpm, bpm * (1.0 + kTempoTolerance))};
}

std::vector<double> tempos_of(const Style& style) {
  std::vector<double> tempos;
  for (double bpm = style.slowest_bpm; bpm < style.fastest_bpm; bpm *= 1.0 + kTempoStep)
    tempos.push_back(bpm);
  tempos.push_back(style.fastest_bpm);
  return tempos;
}

SpanEnd last_end(Ending ending) {
  if (ending == Ending::kRing) return SpanEnd::kFinal;
  return ending == Ending::kLoop ? SpanEnd::kLoop : SpanEnd::kStop;
}

std::vector<Span> spans_of(const CompositionRequest& request) {
  std::vector<Span> spans;
  double from = 0.0;
  for (const double hit : request.hits_seconds) {
    if (hit <= kSameSeconds) continue;  // the first downbeat is one anyway
    spans.push_back({hit - from, SpanEnd::kHit, spans.empty()});
    from = hit;
  }
  spans.push_back({request.length_seconds - from, last_end(request.ending), spans.empty()});
  return spans;
}

// ---- the search ------------------------------------------------------------------------------

using Choices = std::vector<std::vector<SpanOption>>;  // a span, its options

std::optional<Choices> choices_at(double bpm, const std::vector<Span>& spans,
                                  const SpanRules& rules, const Style& style) {
  Choices choices;
  for (const Span& span : spans) {
    choices.push_back(span_options(span, rules, bpm, bounds_around(bpm, style)));
    if (choices.back().empty()) return std::nullopt;
  }
  return choices;
}

struct Chosen {
  std::vector<SpanOption> spans;
  double cost = 0.0;
};

// The cheapest option of each span, where a jump of the tempo between two costs as well (Viterbi).
Chosen cheapest(const Choices& choices) {
  constexpr double kJumpCost = 0.5;
  std::vector<std::vector<double>> costs(choices.size());
  std::vector<std::vector<std::size_t>> came_from(choices.size());
  for (std::size_t s = 0; s < choices.size(); ++s) {
    for (const SpanOption& option : choices[s]) {
      double best = 0.0;
      std::size_t from = 0;
      for (std::size_t i = 0; s > 0 && i < choices[s - 1].size(); ++i) {
        const double jump = std::abs(choices[s - 1][i].bpm / option.bpm - 1.0) / kTempoTolerance;
        const double cost = costs[s - 1][i] + kJumpCost * jump;
        if (i == 0 || cost < best) best = cost, from = i;
      }
      costs[s].push_back(best + option.cost);
      came_from[s].push_back(from);
    }
  }
  const auto last = std::min_element(costs.back().begin(), costs.back().end());
  Chosen chosen{std::vector<SpanOption>(choices.size()), *last};
  auto at = static_cast<std::size_t>(last - costs.back().begin());
  for (std::size_t s = choices.size(); s-- > 0;) {
    chosen.spans[s] = choices[s][at];
    at = came_from[s][at];
  }
  return chosen;
}

// Being off the wanted tempo costs little inside the style's usual range, more outside it.
double tempo_cost(double bpm, double wanted, const Style& style) {
  const double outside = std::max({style.usual_low_bpm / bpm, bpm / style.usual_high_bpm, 1.0});
  return 0.5 * square((bpm / wanted - 1.0) / 0.1) + 2.0 * square((outside - 1.0) / 0.05);
}

// ---- what is impossible ----------------------------------------------------------------------

bool feasible(const Span& span, double bpm, const SpanRules& rules, const Style& style) {
  return !span_options(span, rules, bpm, bounds_around(bpm, style)).empty();
}

std::string nearest_tempo_text(const CompositionRequest& request, const std::vector<Span>& spans,
                               const SpanRules& rules, const Style& style) {
  if (!request.bpm) return "";
  double nearest = 0.0;
  for (const double exact : tempos_of(style)) {
    const double bpm =
        std::clamp(std::round(exact * 10.0) / 10.0, style.slowest_bpm, style.fastest_bpm);
    if (std::abs(bpm - *request.bpm) < std::abs(nearest - *request.bpm) &&
        choices_at(bpm, spans, rules, style))
      nearest = bpm;
  }
  return nearest > 0.0 ? fmt::format(", or a tempo of {:.1f} BPM", nearest) : "";
}

[[noreturn]] void refuse_length(const CompositionRequest& request, const Style& style,
                                const SpanRules& rules, const std::vector<Span>& spans) {
  const TempoBounds bounds = request.bpm ? bounds_around(*request.bpm, style) : style_bounds(style);
  const NearestSpans nearest = nearest_spans(spans.back(), rules, bounds);
  const std::string shorter =
      nearest.shorter > 0.0
          ? fmt::format("{:.2f} s or ", std::floor(nearest.shorter * 100.0) / 100.0)
          : "";
  const std::string tempo = request.bpm ? fmt::format(" at {:g} BPM", *request.bpm) : std::string();
  throw Error(
      ErrorKind::kUsage,
      fmt::format("{:g} s cannot be filled with whole bars of {}/{}{} in the style {}; give "
                  "{}{:.2f} s{}",
                  request.length_seconds, style.beats, style.beat_unit, tempo, style.name, shorter,
                  std::ceil(nearest.longer * 100.0) / 100.0,
                  nearest_tempo_text(request, spans, rules, style)));
}

// The times nearest to the end of the span at one of the tempos that the spans before leave.
NearestSpans nearest_ends(const Span& span, const SpanRules& rules,
                          const std::vector<double>& tempos, const Style& style) {
  NearestSpans nearest{0.0, -1.0};
  for (const double bpm : tempos) {
    const NearestSpans here = nearest_spans(span, rules, bounds_around(bpm, style));
    nearest.shorter = std::max(nearest.shorter, here.shorter);
    if (nearest.longer < 0.0 || here.longer < nearest.longer) nearest.longer = here.longer;
  }
  return nearest;
}

[[noreturn]] void refuse_hit(const CompositionRequest& request, const Style& style,
                             const SpanRules& rules, const std::vector<Span>& spans,
                             std::size_t failing, const std::vector<double>& tempos) {
  double from = 0.0;
  for (std::size_t i = 0; i < failing; ++i) from += spans[i].seconds;
  const Span& span = spans[failing];
  const bool is_end = failing + 1 == spans.size();
  const NearestSpans nearest = nearest_ends(span, rules, tempos, style);
  // To the end of the piece it is the last hit that can move. In hundredths, on the safe side.
  const auto before = [](double seconds) { return std::floor(seconds * 100.0) / 100.0; };
  const auto after = [](double seconds) { return std::ceil(seconds * 100.0) / 100.0; };
  const double length = request.length_seconds;
  const double earlier = before(is_end ? length - nearest.longer : from + nearest.shorter);
  const double later = after(is_end ? length - nearest.shorter : from + nearest.longer);
  std::string times;
  if (earlier > (is_end ? 0.0 : from) + kSameSeconds) times = clock_text(earlier);
  if (later < request.length_seconds && (!is_end || nearest.shorter > 0.0))
    times += (times.empty() ? "" : " or ") + clock_text(later);
  const std::string advice =
      times.empty() ? "leave one of them out"
                    : fmt::format("{} at {} would do", is_end ? "a last hit" : "a hit", times);
  const std::string begins =
      from == 0.0 ? "the beginning" : fmt::format("the hit at {}", clock_text(from));
  const std::string ends = is_end ? fmt::format("the end at {}", clock_text(request.length_seconds))
                                  : fmt::format("the hit at {}", clock_text(from + span.seconds));
  const std::string tempo = request.bpm ? fmt::format("{:g} BPM", *request.bpm)
                                        : std::string("one tempo of the style ") + style.name;
  throw Error(ErrorKind::kUsage,
              fmt::format("between {} and {} no bars fit at {}; {}{}", begins, ends, tempo, advice,
                          nearest_tempo_text(request, spans, rules, style)));
}

[[noreturn]] void refuse(const CompositionRequest& request, const Style& style,
                         const SpanRules& rules, const std::vector<Span>& spans) {
  if (spans.size() == 1) refuse_length(request, style, rules, spans);
  std::vector<double> tempos = request.bpm ? std::vector<double>{*request.bpm} : tempos_of(style);
  for (std::size_t i = 0; i < spans.size(); ++i) {
    std::vector<double> left;
    for (const double bpm : tempos)
      if (feasible(spans[i], bpm, rules, style)) left.push_back(bpm);
    if (left.empty()) refuse_hit(request, style, rules, spans, i, tempos);
    tempos = left;
  }
  UNDERSONG_CHECK(false);  // then the search would have found something
  std::abort();
}

// ---- bars -------------------------------------------------------------------------------------

// Bars of one tempo have at most two neighbouring numbers of whole microseconds a quarter, the
// larger first, so that their rounding never adds up and a workstation shows few changes of tempo.
// Between hits and ends of blocks a downbeat lies up to a quarter of kLongestBlock microseconds
// off.
class BarSeries {
 public:
  explicit BarSeries(int beat_unit) : quarters_per_beat_(quarters_per_beat(beat_unit)) {}

  void add(int beats, double quarter_microseconds, bool hit) {
    if (hit || quarter_microseconds != tempo_ || block_quarters_ >= kLongestBlock) close_block();
    tempo_ = quarter_microseconds;
    const double quarters = beats * quarters_per_beat_;
    wanted_ += quarters * quarter_microseconds;
    block_quarters_ += quarters;
    bars_.push_back({beats, 0, hit});
  }

  double reached_microseconds() {
    close_block();
    return reached_;
  }
  std::vector<TimedBar> take() {
    close_block();
    return std::move(bars_);
  }

 private:
  static constexpr double kLongestBlock = 1600.0;  // quarters

  void close_block() {
    if (first_ == bars_.size()) return;
    const double left = wanted_ - reached_;
    const double fewer = std::floor(left / block_quarters_);
    double longer = left - fewer * block_quarters_;  // quarters that have a microsecond more
    for (; first_ < bars_.size(); ++first_) {
      const double quarters = bars_[first_].beats * quarters_per_beat_;
      const bool is_longer = longer >= quarters / 2.0;
      longer -= is_longer ? quarters : 0.0;
      const double microseconds = fewer + (is_longer ? 1.0 : 0.0);
      bars_[first_].microseconds_per_quarter = static_cast<std::int32_t>(microseconds);
      reached_ += microseconds * quarters;
    }
    block_quarters_ = 0.0;
  }

  double quarters_per_beat_;
  double tempo_ = 0.0;
  double wanted_ = 0.0;
  double reached_ = 0.0;         // a sum of halves of a microsecond: exact
  double block_quarters_ = 0.0;  // of the bars from first_ on
  std::size_t first_ = 0;
  std::vector<TimedBar> bars_;
};

double fade_seconds(double length) {
  constexpr double kShortest = 4.0;
  constexpr double kLongest = 10.0;
  return std::min(std::clamp(0.1 * length, kShortest, kLongest), length / 3.0);
}

Timing bars_of(const CompositionRequest& request, const Style& style, const SpanRules& rules,
               const std::vector<Span>& spans, const std::vector<SpanOption>& chosen) {
  BarSeries series(style.beat_unit);
  double weighted_bpm = 0.0;
  double last_quarter = 0.0;
  bool hit = !request.hits_seconds.empty() && request.hits_seconds.front() <= kSameSeconds;
  for (std::size_t s = 0; s < spans.size(); ++s) {
    const std::vector<int> bars = bars_of_beats(chosen[s].beats, rules);
    const std::vector<double> factors = ritardando_factors(bars, spans[s].end, rules);
    const double quarter = 60e6 / chosen[s].bpm;
    last_quarter = quarter;
    for (std::size_t i = 0; i < bars.size(); ++i) {
      last_quarter = quarter * factors[i];
      series.add(bars[i], last_quarter, std::exchange(hit, false));
    }
    hit = true;
    weighted_bpm += chosen[s].bpm * spans[s].seconds;
  }
  Timing timing;
  timing.bpm = weighted_bpm / request.length_seconds;
  const double reached = series.reached_microseconds();
  timing.bars = series.take();
  if (request.ending == Ending::kRing) {
    const bool on_hit = chosen.back().beats == 0;
    timing.bars.push_back(
        {style.beats, static_cast<std::int32_t>(std::round(last_quarter)), on_hit});
    timing.tail_seconds = request.length_seconds - reached / 1e6;
  } else if (request.ending == Ending::kFade) {
    timing.tail_seconds = fade_seconds(request.length_seconds);
  }
  return timing;
}

}  // namespace

double shortest_seconds(const CompositionRequest& request, const Style& style) {
  const SpanRules rules = rules_of(request, style);
  const double fastest =
      request.bpm ? bounds_around(*request.bpm, style).fastest : style.fastest_bpm;
  const double bar = style.beats * quarters_per_beat(style.beat_unit) * 60.0 / fastest;
  return request.ending == Ending::kRing ? bar + rules.least_tail : bar;
}

Timing plan_timing(const CompositionRequest& request, const Style& style, double wanted_bpm) {
  const SpanRules rules = rules_of(request, style);
  const std::vector<Span> spans = spans_of(request);
  const std::vector<double> tempos =
      request.bpm ? std::vector<double>{*request.bpm} : tempos_of(style);
  std::optional<Chosen> best;
  for (const double bpm : tempos) {
    const double of_tempo = request.bpm ? 0.0 : tempo_cost(bpm, wanted_bpm, style);
    if (best && of_tempo >= best->cost) continue;
    const auto choices = choices_at(bpm, spans, rules, style);
    if (!choices) continue;
    Chosen here = cheapest(*choices);
    here.cost += of_tempo;
    if (!best || here.cost < best->cost) best = std::move(here);
  }
  if (!best) refuse(request, style, rules, spans);
  return bars_of(request, style, rules, spans, best->spans);
}

std::string clock_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(seconds * 1000.0));
  const std::int64_t minutes = whole / 60000;
  std::string rest = fmt::format("{:02}.{:03}", whole / 1000 % 60, whole % 1000);
  while (rest.back() == '0') rest.pop_back();
  if (rest.back() == '.') rest.pop_back();
  if (minutes >= 60) return fmt::format("{}:{:02}:{}", minutes / 60, minutes % 60, rest);
  return fmt::format("{}:{}", minutes, rest);
}

}  // namespace undersong::detail
