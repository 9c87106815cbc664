// Comparisons for machines: the keys of docs/formats/check-report.md.

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "corpus/licence.h"
#include "pipeline/comparison.h"

namespace undersong {
namespace {

using Json = nlohmann::ordered_json;

std::string_view name_of(WeightTerms terms) {
  switch (terms) {
    case WeightTerms::kPublishable: return "publishable";
    case WeightTerms::kPublishableWithCredits: return "publishable with credits";
    case WeightTerms::kPrivate: break;
  }
  return "private";
}

template <typename Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json();
}

Json json_of(const BarRange& bars) { return {{"first", bars.first}, {"last", bars.last}}; }

Json json_of(const LearnedPlace& place, const Reference& reference) {
  const LearnedPiece& piece = reference.pieces()[place.piece];
  return {{"id", piece.id},
          {"path", piece.path},
          {"title", piece.title},
          {"licence", piece.licence},
          {"terms", name_of(weight_terms(piece.licence))},
          {"source", piece.source},
          {"bars", json_of(place.bars)}};
}

Json json_of(const SharedRun& run, const Reference& reference) {
  if (run.notes == 0) return {};
  return {{"notes", run.notes},
          {"distinctive_notes", run.distinctive_notes},
          {"seconds", run.seconds},
          {"bars", json_of(run.bars)},
          {"nearest", json_of(run.nearest, reference)},
          {"transposed_by", or_null(run.transposed_by)},
          {"stretched_by", or_null(run.stretched_by)},
          {"backwards", run.backwards}};
}

Json json_of(const WindowOverlap* window, const Reference& reference) {
  if (window == nullptr) return {};
  const bool near = window->overlap > 0.0;
  return {{"overlap", window->overlap},
          {"points", window->points},
          {"bars", json_of(window->bars)},
          {"nearest", near ? json_of(window->nearest, reference) : Json()},
          {"transposed_by", near ? Json(window->transposed_by) : Json()}};
}

Json json_of(const Baseline& baseline) {
  if (baseline.pieces == 0) return {};
  Json coverage;
  for (std::size_t i = 0; i < kCoverageLengths.size(); ++i)
    coverage[std::to_string(kCoverageLengths[i])] = to_json(baseline.coverage[i]);
  return {{"pieces", baseline.pieces},
          {"run_notes", to_json(baseline.run_notes)},
          {"distinctive_notes", to_json(baseline.distinctive_notes)},
          {"distinctive_symbols", to_json(baseline.distinctive_symbols)},
          {"coverage", coverage},
          {"highest_overlap", to_json(baseline.highest_overlap)},
          {"mean_originality", to_json(baseline.mean_originality)}};
}

}  // namespace

Json to_json(const Band& band) {
  return {{"mean", band.mean},
          {"mean_low", band.mean_low},
          {"mean_high", band.mean_high},
          {"low", band.low},
          {"high", band.high}};
}

Json to_json(const OpenReference& reference) {
  const Reference& known = *reference.reference;
  return {{"name", known.name()},
          {"form", reference.form == ReferenceForm::kWhole ? "whole" : "fingerprints"},
          {"path", reference.path.string()},
          {"corpus_sha256", reference.corpus_sha256},
          {"pieces", known.pieces().size()},
          {"human", json_of(known.baseline())}};
}

Json to_json(const Comparison& comparison, const Reference& reference) {
  const Closeness& closeness = comparison.closeness;
  Json coverage;
  for (std::size_t i = 0; i < kCoverageLengths.size(); ++i)
    coverage[std::to_string(kCoverageLengths[i])] = or_null(closeness.coverage[i]);
  return {{"reference", comparison.reference},
          {"name", reference.name()},
          {"verdict", comparison.verdict == Verdict::kTooClose ? "too close" : "original"},
          {"limits",
           {{"distinctive_notes", comparison.limits.distinctive_notes},
            {"distinctive_symbols", comparison.limits.distinctive_symbols},
            {"overlap", or_null(comparison.limits.overlap)}}},
          {"pitched_notes", closeness.notes},
          {"longest_run", json_of(closeness.longest_run, reference)},
          {"most_distinctive_run", json_of(closeness.most_distinctive_run, reference)},
          {"symbol_run", json_of(closeness.symbol_run, reference)},
          {"coverage", coverage},
          {"windows", closeness.knows_windows ? Json(closeness.windows.size()) : Json()},
          {"highest_overlap", json_of(highest_overlap(closeness), reference)},
          {"mean_originality", or_null(mean_originality(closeness))}};
}

}  // namespace undersong
