#pragma once
// A model, a prompt and a seed become a sequence of ids.

#include <cstddef>
#include <span>
#include <vector>

#include "base/progress.h"
#include "base/rng.h"
#include "model/model.h"
#include "sample/sampler.h"

namespace undersong {

struct SequenceRequest {
  std::vector<TokenId> prompt;  // heard first, not part of the result
  std::size_t count = 300;      // ids to write
  SamplingOptions sampling;
};

// Errors: kMismatch when the prompt is shorter than the model needs; kUsage for the sampling
// options; kCancelled.
std::vector<TokenId> write_sequence(const Model& model, const SequenceRequest& request, Rng& rng,
                                    Progress& progress);

}  // namespace undersong
