#pragma once
// One piece of music beside what was learned: the judgement that `check` shows and `generate` acts
// on, in words and as JSON.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "originality/reference.h"
#include "pipeline/references.h"
#include "score/score.h"

namespace undersong {

// What a person sets instead of the limits that follow from human pieces.
struct LimitOverrides {
  // Of voices and of symbols.
  std::optional<std::int64_t> distinctive_notes;
  std::optional<double> overlap;  // 0-1
};

// Errors: kUsage outside of what can be a number of notes or a share.
void check_limits(const LimitOverrides& limits);

struct Comparison {
  std::size_t reference = 0;  // index into what was compared with
  Closeness closeness;
  Limits limits;
  Verdict verdict = Verdict::kOriginal;
};

Comparison compare_with(const OpenReference& reference, const Score& score,
                        const LimitOverrides& overrides);

// The stretch of music that brings a comparison nearest to its limits: a run of notes or of
// symbols, or a window.
struct Match {
  enum class Kind { kRun, kSymbols, kWindow };
  Kind kind = Kind::kRun;
  BarRange bars;  // of the track
  LearnedPlace place;
  std::optional<int> transposed_by;
  std::optional<double> stretched_by;
  bool backwards = false;
  double measure = 0.0;   // distinctive notes or symbols, or the share of points
  double nearness = 0.0;  // over its limit; above 1 is too close
};
// Empty when nothing of the track stands in the reference.
std::optional<Match> nearest_match(const Comparison& comparison);

// The comparison that comes nearest to its limits, the first of equals; nullptr without any.
const Comparison* nearest_of(std::span<const Comparison> comparisons);

// What became of the learned notes: ", 3 semitones higher, 2.0 times as slow, backwards"; empty
// when they stand as they were.
std::string change_text(const Match& match);
// "bars 5-12 of Chopin/op7_1.mid (Mazurka), 3 semitones higher".
std::string place_text(const Reference& reference, const Match& match);
// "48 distinctive notes in bars 3-9 stand in bars 5-12 of …".
std::string match_text(const Reference& reference, const Match& match);
// What the terms of a piece say to somebody who wants to publish and earn.
std::string terms_text(const LearnedPiece& piece);

// "bar 3", "bars 3-9".
std::string bars_text(const BarRange& bars);

// A measure beside what human pieces have, as a row of text.
struct MeasureRow {
  std::string measure;
  std::string track;
  std::string human_mean;   // with its 95 % interval
  std::string human_range;  // of 95 % of the pieces
  std::string limit;        // empty where it does not judge
};
std::vector<MeasureRow> measure_rows(const Comparison& comparison, const Baseline& baseline);

// Keys in docs/formats/check-report.md.
nlohmann::ordered_json to_json(const Band& band);
nlohmann::ordered_json to_json(const OpenReference& reference);
nlohmann::ordered_json to_json(const Comparison& comparison, const Reference& reference);

}  // namespace undersong
