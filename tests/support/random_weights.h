#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "base/rng.h"
#include "nn/network_spec.h"
#include "nn/weight_file.h"

namespace undersong {

// Weights of a plausible size for every tensor of `spec`, the same for the same seed. Sums of three
// uniform numbers, since libraries may differ in the logarithm behind a normal one.
inline WeightFile random_weights(const NetworkSpec& spec, std::uint64_t seed) {
  WeightFile weights;
  const Rng root(seed);
  for (const TensorSpec& tensor : tensors_of(spec)) {
    Rng rng = root.fork(tensor.name);
    std::int64_t count = 1;
    for (const std::int64_t extent : tensor.shape) count *= extent;
    // Rows that are added up in one output.
    const std::int64_t fan_in = tensor.shape.size() == 1 ? 4 : count / tensor.shape.back();
    const double scale = 2.0 / std::sqrt(static_cast<double>(fan_in));
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) {
      value = static_cast<float>(scale * (rng.uniform() + rng.uniform() + rng.uniform() - 1.5));
    }
    weights.tensors[tensor.name] = {tensor.shape, std::move(values)};
  }
  return weights;
}

}  // namespace undersong
