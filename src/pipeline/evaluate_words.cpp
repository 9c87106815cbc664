#include "pipeline/evaluate_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "plot/scale.h"

namespace undersong {
namespace {

std::string count_text(std::size_t count) {
  return with_thousands(static_cast<std::int64_t>(count));
}

std::vector<std::string> loss_row(const std::string& name, const std::string& used,
                                  const CrossEntropy& loss) {
  return {name,
          used,
          with_thousands(loss.symbols),
          number_text(loss.nats, 3),
          number_text(loss.perplexity, 1),
          percent_text(loss.accuracy)};
}

// The band of the measure; nullptr where the baseline has none.
const Band* band_of(const Baseline& baseline, std::string_view key) {
  if (key == "longest_run") return &baseline.run_notes;
  if (key == "distinctive_run") return &baseline.distinctive_notes;
  if (key == "symbol_run") return &baseline.distinctive_symbols;
  if (key == "highest_overlap") return &baseline.highest_overlap;
  if (key == "mean_originality") return &baseline.mean_originality;
  if (key == "coverage_5") return &baseline.coverage[0];
  if (key == "coverage_8") return &baseline.coverage[1];
  if (key == "coverage_12") return &baseline.coverage[2];
  return nullptr;
}

}  // namespace

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return count_text(count) + " " + std::string(count == 1 ? one : many);
}

std::string mean_text(const std::optional<Statistics>& statistics, int decimals) {
  if (!statistics) return "–";
  return number_text(statistics->mean, decimals) + " ± " +
         number_text(statistics->deviation, decimals);
}

std::string percent_text(std::optional<double> share) {
  return share && std::isfinite(*share) ? number_text(100.0 * *share, 0) + " %" : "–";
}

std::string source_text(const SetReport& set, const EvaluateRequest& request) {
  switch (set.kind) {
    case SubjectKind::kModel:
      return fmt::format("model {} ({}), {} of {} notes, seeds {}-{}, temperature {}", set.source,
                         set.model ? set.model->info.architecture : "",
                         counted(set.at_hand, "track", "tracks"), with_thousands(request.notes),
                         request.seed, request.seed + set.at_hand - 1, request.temperature);
    case SubjectKind::kFiles:
      return fmt::format("{} in {}", counted(set.at_hand, "file", "files"), set.source);
    case SubjectKind::kCorpus: break;
  }
  const std::size_t used = set.tracks.size() + set.unreadable.size();
  if (used == set.at_hand) return "corpus, all of its " + counted(set.at_hand, "piece", "pieces");
  return fmt::format("corpus, {} of {} pieces, drawn by seed {}", count_text(used),
                     count_text(set.at_hand), request.seed);
}

std::vector<std::vector<std::string>> loss_rows(const ModelMeasures& model) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [split, pieces, of, loss, per_note] : model.by_piece) {
    const std::string used =
        pieces == of ? counted(of, "piece", "pieces")
                     : fmt::format("{} of {} pieces", count_text(pieces), count_text(of));
    rows.push_back(loss_row(split, used, loss));
  }
  if (model.leaky) rows.push_back(loss_row("the seed's leaky split", "windows", *model.leaky));
  return rows;
}

std::string references_text(const EvaluateReport& report) {
  std::string text;
  for (const auto& reference : report.references) {
    if (!text.empty()) text += ", ";
    text += reference.name + " (" + counted(reference.pieces, "piece", "pieces") + ")";
  }
  return text;
}

std::string baseline_text(const Baseline& baseline, const Measure& measure) {
  const Band* band = band_of(baseline, measure.key);
  if (band == nullptr || baseline.pieces == 0 || *band == Band{}) return "–";
  return fmt::format("{} ({}-{})", number_text(band->mean, std::max(1, measure.decimals)),
                     number_text(band->low, measure.decimals),
                     number_text(band->high, measure.decimals));
}

std::string too_close_text(const SetReport& set) {
  const auto compared = static_cast<std::size_t>(
      std::count_if(set.tracks.begin(), set.tracks.end(),
                    [](const TrackMeasures& track) { return track.copying.has_value(); }));
  const auto close = static_cast<std::size_t>(std::count_if(
      set.tracks.begin(), set.tracks.end(),
      [](const TrackMeasures& track) { return track.copying && track.copying->too_close; }));
  return fmt::format("{} of {} of {} are too close to something that was learned",
                     count_text(close), counted(compared, "track", "tracks"), set.label);
}

std::string recognition_text(const Recognisability& r) {
  return fmt::format(
      "Told apart by style: {} right (95 % interval {}-{}); always naming the most frequent would "
      "be {}",
      number_text(100.0 * r.accuracy, 1) + " %", number_text(100.0 * r.accuracy_low, 1),
      number_text(100.0 * r.accuracy_high, 1) + " %", number_text(100.0 * r.chance, 1) + " %");
}

}  // namespace undersong
