#pragma once
// The pictures of an evaluation.

#include <string>
#include <vector>

#include "pipeline/evaluate.h"
#include "pipeline/evaluate_measures.h"
#include "plot/page.h"

namespace undersong {

// A row of dots a set.
std::string measure_picture(const EvaluateReport& report, const Measure& measure);

// Losses by epoch.
std::string curve_picture(const SetReport& set);

// The densities of distances within and between two sets.
std::string comparison_picture(const EvaluateReport& report, const SetComparison& comparison,
                               const FeatureComparison& feature);

// The mean over the set of what one note is followed by; Feature::kPitchClassTransitions.
std::string transition_picture(const SetReport& set);

std::string variety_picture(const SetReport& set);
std::string confusion_picture(const Recognisability& recognisability);

// Piano roll and self-similarity.
std::vector<Figure> track_pictures(const ShownTrack& track);

}  // namespace undersong
