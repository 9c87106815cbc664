#pragma once
// Sentences and cells that the text and the page of an evaluation share.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/evaluate.h"
#include "pipeline/evaluate_measures.h"

namespace undersong {

// "1 track", "12,345 tracks".
std::string counted(std::size_t count, std::string_view one, std::string_view many);

// "2.01 ± 0.30", "–".
std::string mean_text(const std::optional<Statistics>& statistics, int decimals);
// "83 %", "–".
std::string percent_text(std::optional<double> share);

// "corpus, 200 of 1,426 pieces, drawn by seed 1".
std::string source_text(const SetReport& set, const EvaluateRequest& request);

// Cells of (split, pieces used, symbols, nats, perplexity, accuracy); the seed's split comes last.
std::vector<std::vector<std::string>> loss_rows(const ModelMeasures& model);

// "openscore-lieder (1,426 pieces)".
std::string references_text(const EvaluateReport& report);
// "6 (95 % of pieces 4-12)": mean over human pieces, each compared with the others; "–" where the
// reference cannot say.
std::string baseline_text(const Baseline& baseline, const Measure& measure);
// "3 of 50 tracks of lstm are too close to something that was learned".
std::string too_close_text(const SetReport& set);

// "Told apart by style: 83 % right (95 % interval 75-89 %); guessing would be 50 %".
std::string recognition_text(const Recognisability& recognisability);

}  // namespace undersong
