#pragma once
// What `undersong generate` does with a composer (pipeline/generate.h).

#include <cstdint>
#include <optional>

#include "base/progress.h"
#include "base/rng.h"
#include "model/model.h"
#include "score/score.h"

namespace undersong {

struct GenerateRequest;

// Errors: kUsage for numbers out of range, for a style that the model never heard, and for wishes
// that only a composer can fulfil when `model` is none.
void check_composer_wishes(const LoadedModel& model, const GenerateRequest& request);

// Precondition: checked; the model is a composer.
// Errors: those of load_midi and to_grid for a prompt; kCancelled.
Score draw_composer_score(const LoadedModel& model, const GenerateRequest& request, const Rng& rng,
                          Progress& progress);

}  // namespace undersong
