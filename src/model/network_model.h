#pragma once
// Any NetworkSpec as a Model.

#include <memory>

#include "model/model.h"
#include "nn/network_spec.h"

namespace undersong {

// Errors: kMismatch when the tensors are not those of `spec`.
std::shared_ptr<const Model> make_network_model(NetworkSpec spec, const WeightFile& weights);

}  // namespace undersong
