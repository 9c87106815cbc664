#include "pipeline/evaluate_copying.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "pipeline/references.h"

namespace undersong {
namespace {

CopyingMeasures measures_of(const Closeness& closeness, const Reference& reference) {
  CopyingMeasures measures;
  const SharedRun& run = closeness.most_distinctive_run;
  measures.longest_run = closeness.longest_run.notes;
  measures.distinctive_run = run.distinctive_notes;
  measures.symbol_run = closeness.symbol_run.distinctive_notes;
  if (const WindowOverlap* overlap = highest_overlap(closeness))
    measures.highest_overlap = overlap->overlap;
  measures.mean_originality = mean_originality(closeness);
  measures.coverage = closeness.coverage;
  measures.too_close = judge(closeness, limits_of(reference.baseline())) == Verdict::kTooClose;
  if (run.notes > 0 && run.nearest.piece < reference.pieces().size()) {
    measures.nearest = reference.pieces()[run.nearest.piece].path;
    measures.nearest_bars = fmt::format("{}-{}", run.nearest.bars.first, run.nearest.bars.last);
  }
  return measures;
}

// Whether `a` is closer than `b`.
bool is_closer(const CopyingMeasures& a, const CopyingMeasures& b) {
  if (a.too_close != b.too_close) return a.too_close;
  if (a.distinctive_run != b.distinctive_run) return a.distinctive_run > b.distinctive_run;
  return a.highest_overlap.value_or(0.0) > b.highest_overlap.value_or(0.0);
}

}  // namespace

LearnedMusic references_for(const std::string& against, Progress& progress,
                            std::vector<std::string>& remarks) {
  try {
    if (!against.empty()) return {open_reference(against, progress).reference};
    const References all = open_all_references(progress);
    for (const auto& unused : all.unused)
      remarks.push_back("Not compared with " + unused.name + ": " + unused.reason);
    LearnedMusic learned;
    for (const auto& open : all.open) learned.push_back(open.reference);
    return learned;
  } catch (const Error& error) {
    // The other measures go without.
    if (error.kind() == ErrorKind::kCancelled) throw;
    remarks.push_back("Copying is not measured: " + error.message());
    return {};
  }
}

std::optional<CopyingMeasures> measure_copying(const Score& track, const std::string& except,
                                               const LearnedMusic& references) {
  std::optional<CopyingMeasures> closest;
  for (std::size_t i = 0; i < references.size(); ++i) {
    const Reference& reference = *references[i];
    CopyingMeasures measures = measures_of(reference.compare(track, except), reference);
    measures.reference = i;
    if (!closest || is_closer(measures, *closest)) closest = std::move(measures);
  }
  return closest;
}

}  // namespace undersong
