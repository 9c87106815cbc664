#include "pipeline/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/file.h"
#include "corpus/licence.h"

namespace undersong {
namespace {

// So that a limit of 0 ranks matches too.
double over(double measure, double limit) { return measure / std::max(limit, 1e-9); }

Match run_match(Match::Kind kind, const SharedRun& run, std::int64_t limit) {
  const auto notes = static_cast<double>(run.distinctive_notes);
  return {.kind = kind,
          .bars = run.bars,
          .place = run.nearest,
          .transposed_by = run.transposed_by,
          .stretched_by = run.stretched_by,
          .backwards = run.backwards,
          .measure = notes,
          .nearness = over(notes, static_cast<double>(limit))};
}

Match window_match(const WindowOverlap& window, double limit) {
  return {.kind = Match::Kind::kWindow,
          .bars = window.bars,
          .place = window.nearest,
          .transposed_by = window.transposed_by,
          .stretched_by = std::nullopt,
          .backwards = false,
          .measure = window.overlap,
          .nearness = over(window.overlap, limit)};
}

std::string percent(double share) { return fmt::format("{:.0f} %", 100.0 * share); }
std::string two_decimals(double value) { return fmt::format("{:.2f}", value); }
std::string one_decimal(double value) { return fmt::format("{:.1f}", value); }
std::string whole(double value) { return fmt::format("{:.0f}", value); }

using Format = std::string (*)(double);

struct Formats {
  Format value;
  Format mean;
};

// `band` null: human pieces were not measured by this.
MeasureRow row_of(std::string measure, std::optional<double> value, const Band* band,
                  Formats formats, std::optional<double> limit) {
  MeasureRow row;
  row.measure = std::move(measure);
  row.track = value ? formats.value(*value) : "-";
  row.human_mean = "-";
  row.human_range = "-";
  if (band != nullptr) {
    row.human_mean = fmt::format("{} ({} to {})", formats.mean(band->mean),
                                 formats.mean(band->mean_low), formats.mean(band->mean_high));
    row.human_range = formats.value(band->low) + " to " + formats.value(band->high);
  }
  if (limit) row.limit = formats.value(*limit);
  return row;
}

std::string transposition_text(int semitones) {
  if (semitones == 0) return "";
  return fmt::format(", {} semitone{} {}", std::abs(semitones), std::abs(semitones) == 1 ? "" : "s",
                     semitones > 0 ? "higher" : "lower");
}

std::string speed_text(double stretched_by) {
  // What rounds to 1.0 is the same speed to anybody.
  if (std::abs(stretched_by - 1.0) < 0.05) return "";
  return stretched_by > 1.0 ? fmt::format(", {:.1f} times as slow", stretched_by)
                            : fmt::format(", {:.1f} times as fast", 1.0 / stretched_by);
}

}  // namespace

void check_limits(const LimitOverrides& limits) {
  constexpr std::int64_t kMostNotes = 1'000'000'000;
  if (limits.distinctive_notes &&
      (*limits.distinctive_notes < 0 || *limits.distinctive_notes > kMostNotes)) {
    throw Error(ErrorKind::kUsage, fmt::format("--max-run is {}; give a number of notes, 0 or more",
                                               *limits.distinctive_notes));
  }
  // Not a number is not within.
  if (limits.overlap && !(*limits.overlap >= 0.0 && *limits.overlap <= 1.0)) {
    throw Error(ErrorKind::kUsage,
                fmt::format("--max-overlap is {}; it must lie between 0 and 1", *limits.overlap));
  }
}

Comparison compare_with(const OpenReference& reference, const Score& score,
                        const LimitOverrides& overrides) {
  Comparison comparison;
  comparison.closeness = reference.reference->compare(score);
  comparison.limits = limits_of(reference.reference->baseline());
  if (overrides.distinctive_notes) {
    comparison.limits.distinctive_notes = *overrides.distinctive_notes;
    comparison.limits.distinctive_symbols = *overrides.distinctive_notes;
  }
  // Fingerprints know no windows, so nothing is judged by them.
  if (overrides.overlap && comparison.closeness.knows_windows)
    comparison.limits.overlap = overrides.overlap;
  comparison.verdict = judge(comparison.closeness, comparison.limits);
  return comparison;
}

std::optional<Match> nearest_match(const Comparison& comparison) {
  const Closeness& closeness = comparison.closeness;
  std::optional<Match> nearest;
  // Less than this stands everywhere, and naming a piece for it would accuse nobody of anything.
  constexpr std::int64_t kFewestNotes = 5;
  constexpr double kLeastOverlap = 0.15;
  const auto offer = [&nearest](const Match& match, bool says_something) {
    if (!says_something && match.nearness <= 1.0) return;
    if (!nearest || match.nearness > nearest->nearness) nearest = match;
  };
  if (closeness.most_distinctive_run.notes > 0) {
    offer(run_match(Match::Kind::kRun, closeness.most_distinctive_run,
                    comparison.limits.distinctive_notes),
          closeness.most_distinctive_run.distinctive_notes >= kFewestNotes);
  }
  // A voice that is over its limit says more: it knows transposition and speed.
  const bool voice_tells = nearest && nearest->nearness > 1.0;
  if (closeness.symbol_run.notes > 0 && !voice_tells) {
    offer(run_match(Match::Kind::kSymbols, closeness.symbol_run,
                    comparison.limits.distinctive_symbols),
          closeness.symbol_run.distinctive_notes >= kFewestNotes);
  }
  const WindowOverlap* window = highest_overlap(closeness);
  if (window == nullptr || window->overlap <= 0.0) return nearest;
  // Without a limit a window says less than any run.
  if (!comparison.limits.overlap) {
    if (!nearest && window->overlap >= kLeastOverlap) nearest = window_match(*window, 1.0);
    return nearest;
  }
  offer(window_match(*window, *comparison.limits.overlap), window->overlap >= kLeastOverlap);
  return nearest;
}

const Comparison* nearest_of(std::span<const Comparison> comparisons) {
  const Comparison* nearest = nullptr;
  double highest = -1.0;
  for (const Comparison& comparison : comparisons) {
    const auto match = nearest_match(comparison);
    const double nearness = match ? match->nearness : 0.0;
    if (nearness <= highest) continue;
    highest = nearness;
    nearest = &comparison;
  }
  return nearest;
}

std::string bars_text(const BarRange& bars) {
  return bars.first == bars.last ? fmt::format("bar {}", bars.first)
                                 : fmt::format("bars {}-{}", bars.first, bars.last);
}

std::string change_text(const Match& match) {
  std::string text;
  if (match.transposed_by) text += transposition_text(*match.transposed_by);
  if (match.stretched_by) text += speed_text(*match.stretched_by);
  if (match.backwards) text += ", backwards";
  return text;
}

std::string place_text(const Reference& reference, const Match& match) {
  const LearnedPiece& piece = reference.pieces()[match.place.piece];
  std::string text = bars_text(match.place.bars) + " of " + display(piece.path);
  if (!piece.title.empty() && piece.path.find(piece.title) == std::string::npos)
    text += " (" + piece.title + ")";
  return text + change_text(match);
}

std::string match_text(const Reference& reference, const Match& match) {
  const std::string place = place_text(reference, match);
  if (match.kind == Match::Kind::kRun) {
    return fmt::format("a run of {:.0f} distinctive notes in {} stands in {}", match.measure,
                       bars_text(match.bars), place);
  }
  if (match.kind == Match::Kind::kSymbols) {
    return fmt::format(
        "a run of {:.0f} distinctive notes and chords in {}, whatever their rhythm, stands in {}",
        match.measure, bars_text(match.bars), place);
  }
  return fmt::format("{} of the notes of {} lie as in {}", percent(match.measure),
                     bars_text(match.bars), place);
}

std::string terms_text(const LearnedPiece& piece) {
  if (piece.licence.empty()) {
    return "nobody said on what terms it stands: take it that all rights are reserved, and do not "
           "publish a copy";
  }
  const std::string licence = display(piece.licence);
  switch (weight_terms(piece.licence)) {
    case WeightTerms::kPublishable: return licence + ": even a copy may be published and may earn";
    case WeightTerms::kPublishableWithCredits:
      return licence + ": a copy may be published and may earn where its source is named";
    case WeightTerms::kPrivate: break;
  }
  return licence + ": a copy may not simply be published to earn; read the terms first";
}

std::vector<MeasureRow> measure_rows(const Comparison& comparison, const Baseline& baseline) {
  const Closeness& closeness = comparison.closeness;
  const auto human = [&](const Band& band) { return baseline.pieces > 0 ? &band : nullptr; };
  const Formats notes{whole, one_decimal};
  const Formats shares{percent, percent};
  const Formats scores{two_decimals, two_decimals};
  std::vector<MeasureRow> rows;
  rows.push_back(row_of("most distinctive run",
                        static_cast<double>(closeness.most_distinctive_run.distinctive_notes),
                        human(baseline.distinctive_notes), notes,
                        static_cast<double>(comparison.limits.distinctive_notes)));
  rows.push_back(row_of("most distinctive run without rhythm",
                        static_cast<double>(closeness.symbol_run.distinctive_notes),
                        human(baseline.distinctive_symbols), notes,
                        static_cast<double>(comparison.limits.distinctive_symbols)));
  rows.push_back(row_of("longest run", static_cast<double>(closeness.longest_run.notes),
                        human(baseline.run_notes), notes, std::nullopt));
  for (std::size_t i = 0; i < kCoverageLengths.size(); ++i) {
    const bool unknown = !closeness.coverage[i] && baseline.coverage[i] == Band{};
    rows.push_back(row_of(fmt::format("runs of {} notes shared", kCoverageLengths[i]),
                          closeness.coverage[i], unknown ? nullptr : human(baseline.coverage[i]),
                          shares, std::nullopt));
  }
  if (!closeness.knows_windows) return rows;
  const WindowOverlap* window = highest_overlap(closeness);
  std::optional<double> overlap;
  if (window != nullptr) overlap = window->overlap;
  rows.push_back(row_of("highest overlap of four bars", overlap, human(baseline.highest_overlap),
                        scores, comparison.limits.overlap));
  rows.push_back(row_of("mean originality", mean_originality(closeness),
                        human(baseline.mean_originality), scores, std::nullopt));
  return rows;
}

}  // namespace undersong
