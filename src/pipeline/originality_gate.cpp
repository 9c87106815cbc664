#include "pipeline/originality_gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/cancel.h"
#include "base/error.h"
#include "base/file.h"
#include "score/bars.h"

namespace undersong {
namespace {

constexpr int kMostCandidates = 1000;

// Of the symbols alone only their own run counts: their even rhythm is nobody's. Where it stands in
// the music is not known bar by bar.
void compare_symbols(const Reference& reference, const DrawnPiece& candidate,
                     Comparison& comparison) {
  SharedRun run = reference.compare(*candidate.symbols).symbol_run;
  if (run.distinctive_notes <= comparison.closeness.symbol_run.distinctive_notes) return;
  run.bars = {1, std::max<std::int64_t>(1, BarGrid(candidate.score).count())};
  comparison.closeness.symbol_run = run;
  comparison.verdict = judge(comparison.closeness, comparison.limits);
}

std::vector<Comparison> compare_with_all(const std::vector<OpenReference>& references,
                                         const DrawnPiece& candidate,
                                         const LimitOverrides& limits) {
  std::vector<Comparison> comparisons;
  for (std::size_t i = 0; i < references.size(); ++i) {
    comparisons.push_back(compare_with(references[i], candidate.score, limits));
    comparisons.back().reference = i;
    if (candidate.symbols) compare_symbols(*references[i].reference, candidate, comparisons.back());
  }
  return comparisons;
}

bool is_too_close(const std::vector<Comparison>& comparisons) {
  return std::any_of(comparisons.begin(), comparisons.end(), [](const Comparison& comparison) {
    return comparison.verdict == Verdict::kTooClose;
  });
}

double nearness(const std::vector<Comparison>& comparisons) {
  const Comparison* nearest = nearest_of(comparisons);
  const auto match = nearest == nullptr ? std::nullopt : nearest_match(*nearest);
  return match ? match->nearness : 0.0;
}

// "a run of 48 distinctive notes in bars 3-9 stands in …"; empty when nothing matches.
std::string nearest_text(const std::vector<Comparison>& comparisons,
                         const std::vector<OpenReference>& references) {
  const Comparison* nearest = nearest_of(comparisons);
  if (nearest == nullptr) return "";
  const auto match = nearest_match(*nearest);
  return match ? match_text(*references[nearest->reference].reference, *match) : "";
}

std::string terms_of_nearest(const std::vector<Comparison>& comparisons,
                             const std::vector<OpenReference>& references) {
  const Comparison* nearest = nearest_of(comparisons);
  const auto match = nearest_match(*nearest);
  return terms_text(references[nearest->reference].reference->pieces()[match->place.piece]);
}

[[noreturn]] void throw_all_too_close(const GateReport& report, const std::string& remedy) {
  const auto best =
      std::min_element(report.rejected.begin(), report.rejected.end(),
                       [](const auto& a, const auto& b) { return nearness(a) < nearness(b); });
  const std::size_t count = report.rejected.size();
  throw Error(
      ErrorKind::kTooClose,
      fmt::format("{} too close to what the model learned, so nothing was written; in the least "
                  "close {}; {}, or take the first with --allow-copies",
                  count == 1 ? std::string("the one candidate is")
                             : fmt::format("all {} candidates are", count),
                  nearest_text(*best, report.references), remedy));
}

nlohmann::ordered_json json_of(const std::vector<Comparison>& comparisons,
                               const std::vector<OpenReference>& references) {
  auto list = nlohmann::ordered_json::array();
  for (const Comparison& comparison : comparisons)
    list.push_back(to_json(comparison, *references[comparison.reference].reference));
  return list;
}

}  // namespace

void check_options(const GateOptions& options) {
  if (options.candidates < 1 || options.candidates > kMostCandidates) {
    throw Error(ErrorKind::kUsage, fmt::format("--candidates is {}; it must lie between 1 and {}",
                                               options.candidates, kMostCandidates));
  }
  check_limits(options.limits);
}

GatedScore draw_original(const std::function<DrawnPiece(int number)>& draw,
                         std::vector<OpenReference> references, const GateOptions& options) {
  GatedScore taken;
  GateReport& report = taken.report;
  report.references = std::move(references);
  for (int candidate = 0; candidate < options.candidates; ++candidate) {
    throw_if_cancelled();
    DrawnPiece drawn = draw(candidate);
    auto comparisons = compare_with_all(report.references, drawn, options.limits);
    taken.score = std::move(drawn.score);
    if (options.copies == Copies::kAllow || !is_too_close(comparisons)) {
      report.comparisons = std::move(comparisons);
      return taken;
    }
    report.rejected.push_back(std::move(comparisons));
  }
  throw_all_too_close(report, options.remedy);
}

Rng candidate_rng(std::uint64_t seed, int candidate) {
  const Rng rng(seed);
  if (candidate == 0) return rng;
  return rng.fork("candidate").fork(static_cast<std::uint64_t>(candidate));
}

std::string to_text(const GateReport& report) {
  if (report.references.empty()) return "not compared: " + report.why_not;
  std::string text;
  for (const OpenReference& reference : report.references)
    text += "compared with " + describe(reference) + "\n";
  for (std::size_t i = 0; i < report.rejected.size(); ++i) {
    text += fmt::format("candidate {} rejected: {}\n", i + 1,
                        nearest_text(report.rejected[i], report.references));
  }
  const std::string nearest = nearest_text(report.comparisons, report.references);
  if (nearest.empty()) return text + "original: nothing in it was recognised from what was learned";
  if (!is_too_close(report.comparisons)) return text + "original; nearest: " + nearest;
  return text + "too close to what was learned: " + nearest + "\nits terms are " +
         terms_of_nearest(report.comparisons, report.references);
}

nlohmann::ordered_json to_json(const GateReport& report) {
  using Json = nlohmann::ordered_json;
  Json compared = Json::array();
  for (const OpenReference& reference : report.references) compared.push_back(to_json(reference));
  Json rejected = Json::array();
  for (const auto& comparisons : report.rejected)
    rejected.push_back(json_of(comparisons, report.references));
  const bool is_compared = !report.references.empty();
  return {
      {"compared", compared},
      {"not_compared", is_compared ? Json() : Json(report.why_not)},
      {"verdict",
       !is_compared ? Json() : Json(is_too_close(report.comparisons) ? "too close" : "original")},
      {"rejected", rejected},
      {"comparisons", json_of(report.comparisons, report.references)}};
}

}  // namespace undersong
