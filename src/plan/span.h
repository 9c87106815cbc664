#pragma once
// One stretch between two times that must fall on downbeats: which numbers of beats fill it.

#include <cstdint>
#include <vector>

#include "style/style.h"

namespace undersong::detail {

struct TempoBounds {
  double slowest = 60.0;  // quarters a minute
  double fastest = 180.0;
};

// What fills a span. Times in seconds, tempos in quarters a minute.
struct SpanOption {
  int beats = 0;     // of all its bars
  double bpm = 0.0;  // of its bars, but for a ritardando
  double tail_seconds = 0.0;
  double cost = 0.0;
};

enum class SpanEnd : std::uint8_t {
  kHit,    // a downbeat that must be met
  kFinal,  // the final chord, whose time is free within the tails
  kStop,   // the end of a piece that fades or stops
  kLoop,   // the end of a loop: whole bars alone
};

struct Span {
  double seconds = 0.0;
  SpanEnd end = SpanEnd::kStop;
  bool first = true;  // a final chord may stand at its beginning only where it is not the first
};

// What of the style a span needs, and the tails that the length allows.
struct SpanRules {
  int beats = 4;
  int beat_unit = 4;
  double ritardando = 0.0;
  double shortest_tail = 1.5;  // by the style
  double longest_tail = 4.0;
  double least_tail = 0.8;  // where nothing else fits
};

// Lengths in beats of the bars of a span: whole bars, and at the end perhaps one of another length.
// Empty where no musician would count that (a bar of one beat, seven eighths in 6/8).
std::vector<int> bars_of_beats(int beats, const SpanRules& rules);

// How much longer than at an even tempo each bar of a span before a final chord is, as a factor.
std::vector<double> ritardando_factors(const std::vector<int>& bars, SpanEnd end,
                                       const SpanRules& rules);

// All fillings with tempos within `bounds`, the best first, at most a few dozen. `aim` is the tempo
// that costs nothing.
std::vector<SpanOption> span_options(const Span& span, const SpanRules& rules, double aim,
                                     const TempoBounds& bounds);

// The lengths nearest to `span.seconds` from below and above that can be filled; 0 below when there
// is none.
struct NearestSpans {
  double shorter = 0.0;
  double longer = 0.0;
};
NearestSpans nearest_spans(const Span& span, const SpanRules& rules, const TempoBounds& bounds);

}  // namespace undersong::detail
