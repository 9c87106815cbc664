#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nn/network_spec.h"
#include "nn/weight_file.h"

namespace undersong {

// The logits after `ids`, from the definition in nn/network_spec.h: whole sequences, plain loops,
// double precision, the standard library's functions. Nothing is shared with the engine but the
// names of the tensors.
std::vector<double> reference_logits(const NetworkSpec& spec, const WeightFile& weights,
                                     std::span<const std::int32_t> ids);

}  // namespace undersong
