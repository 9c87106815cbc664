#pragma once
// How well a model foretells music, and how it learned: the part of `undersong evaluate` that is
// about models alone.

#include <filesystem>
#include <string>
#include <vector>

#include "base/progress.h"
#include "pipeline/evaluate.h"

namespace undersong {

// Losses on the corpus `corpus`, or on the one that the model names when it is empty; without
// either at hand the remarks say so. Errors: kCancelled.
ModelMeasures measure_model(const LoadedModel& model, const std::filesystem::path& path,
                            const std::string& corpus, const EvaluateRequest& request,
                            Progress& progress);

// The epochs of a training log (MODEL.log.csv), as far as its lines can be read.
std::vector<EpochLosses> parse_training_log(const std::string& csv);

}  // namespace undersong
