// What `undersong evaluate` prints for people.

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "pipeline/evaluate.h"
#include "pipeline/evaluate_measures.h"
#include "pipeline/evaluate_words.h"
#include "pipeline/table.h"
#include "plot/scale.h"
#include "plot/svg.h"

namespace undersong {
namespace {

// Longer lists drown the rest; --json and --report have all of it.
constexpr std::size_t kLongestList = 5;
constexpr std::size_t kLongestLabel = 24;

std::string unreadable_text(const SetReport& set) {
  if (set.unreadable.empty()) return "";
  std::string text = fmt::format("  {} could not be evaluated:\n",
                                 counted(set.unreadable.size(), "track", "tracks"));
  for (std::size_t i = 0; i < std::min(set.unreadable.size(), kLongestList); ++i)
    text += "    " + display(set.unreadable[i].path) + ": " + set.unreadable[i].reason + "\n";
  if (set.unreadable.size() > kLongestList)
    text += fmt::format("    … and {} more\n", set.unreadable.size() - kLongestList);
  return text;
}

std::string losses_text(const SetReport& set) {
  const ModelMeasures& model = *set.model;
  std::string text;
  if (!model.by_piece.empty()) {
    Table table({{"pieces"},
                 {"used", Align::kRight},
                 {"symbols", Align::kRight},
                 {"nats a symbol", Align::kRight},
                 {"perplexity", Align::kRight},
                 {"right", Align::kRight}});
    for (const auto& row : loss_rows(model)) table.add(row);
    text += fmt::format("\nHow well {} foretells {}\n{}", set.label, display(model.corpus),
                        table.text());
  }
  for (const auto& remark : model.remarks) text += remark + "\n";
  return text;
}

std::vector<Column> set_columns(const EvaluateReport& report, const char* first) {
  std::vector<Column> columns = {{first}};
  for (const auto& set : report.sets)
    columns.push_back({shortened(set.label, kLongestLabel), Align::kRight});
  return columns;
}

std::string texture_text(const EvaluateReport& report) {
  Table table(set_columns(report, "mean ± deviation"));
  for (const Measure* measure : measures_of(MeasureGroup::kTexture)) {
    std::vector<std::string> cells = {measure->name};
    for (const auto& set : report.sets)
      cells.push_back(mean_text(statistics_of(set, *measure), measure->decimals));
    table.add(std::move(cells));
  }
  return "\n" + table.text();
}

std::string copying_text(const EvaluateReport& report) {
  if (report.references.empty()) return "";
  auto columns = set_columns(report, "median");
  const bool has_baseline =
      report.references.size() == 1 && report.references[0].baseline.pieces > 0;
  if (has_baseline) columns.push_back({"between human pieces", Align::kRight});
  Table table(columns);
  for (const Measure* measure : measures_of(MeasureGroup::kCopying)) {
    std::vector<std::string> cells = {measure->name};
    for (const auto& set : report.sets) {
      const auto statistics = statistics_of(set, *measure);
      cells.push_back(number_text(
          statistics ? std::optional(statistics->quantiles[2]) : std::nullopt, measure->decimals));
    }
    if (has_baseline) cells.push_back(baseline_text(report.references[0].baseline, *measure));
    table.add(std::move(cells));
  }
  std::string text = "\nCopying, compared with " + references_text(report) + "\n" + table.text();
  for (const auto& set : report.sets) text += too_close_text(set) + "\n";
  return text;
}

std::string comparison_text(const EvaluateReport& report, const SetComparison& comparison) {
  const std::string& a = report.sets[comparison.a].label;
  const std::string& b = report.sets[comparison.b].label;
  Table table({{"distances between pieces"},
               {"KL " + shortened(a, kLongestLabel), Align::kRight},
               {"OA", Align::kRight},
               {"KL " + shortened(b, kLongestLabel), Align::kRight},
               {"OA", Align::kRight}});
  for (const auto& feature : comparison.features) {
    table.add({std::string(name_of(feature.feature)), number_text(feature.kl_a, 3),
               number_text(feature.overlap_a, 3), number_text(feature.kl_b, 3),
               number_text(feature.overlap_b, 3)});
  }
  return fmt::format("\n{} against {}: within each set against between them\n{}", a, b,
                     table.text());
}

std::string variety_text(const EvaluateReport& report) {
  Table table({{"variety"},
               {"between two tracks", Align::kRight},
               {"to the nearest", Align::kRight},
               {"of the yardstick's", Align::kRight}});
  for (const auto& set : report.sets) {
    table.add({shortened(set.label, kLongestLabel), number_text(set.variety.mean_distance, 2),
               number_text(set.variety.nearest_distance, 2), percent_text(set.variety.mean_ratio)});
  }
  return "\n" + table.text();
}

}  // namespace

std::string to_text(const EvaluateReport& report) {
  std::string text;
  for (const auto& set : report.sets) {
    text += set.label + ": " + source_text(set, report.request) + "\n" + unreadable_text(set);
  }
  for (const auto& set : report.sets) {
    if (set.model) text += losses_text(set);
  }
  text += texture_text(report) + copying_text(report);
  for (const auto& comparison : report.comparisons) text += comparison_text(report, comparison);
  text += variety_text(report);
  if (report.recognisability) text += "\n" + recognition_text(*report.recognisability) + "\n";
  for (const auto& remark : report.remarks) text += remark + "\n";
  return text;
}

}  // namespace undersong
