#pragma once
// Weights of the shapes of the pitch network, drawn: it computes with them, and hears nothing.

#include <cstdint>
#include <string>
#include <vector>

#include "base/rng.h"
#include "nn/weight_file.h"

namespace undersong {

inline WeightFile random_pitch_weights(std::uint64_t seed) {
  struct Tensor {
    const char* name;
    std::vector<std::int64_t> shape;
  };
  const std::vector<Tensor> tensors = {
      {"cqt.kernel_real", {256, 36}},
      {"cqt.kernel_imaginary", {256, 36}},
      {"cqt.low_pass", {256}},
      {"cqt.scale", {309}},
      {"normalisation.scale", {1}},
      {"normalisation.offset", {1}},
      {"contour1.weight", {3, 39, 8, 8}},
      {"contour1.bias", {8}},
      {"contour2.weight", {5, 5, 8, 1}},
      {"contour2.bias", {1}},
      {"note1.weight", {7, 7, 1, 32}},
      {"note1.bias", {32}},
      {"note2.weight", {7, 3, 32, 1}},
      {"note2.bias", {1}},
      {"onset1.weight", {5, 5, 8, 32}},
      {"onset1.bias", {32}},
      {"onset2.weight", {3, 3, 33, 1}},
      {"onset2.bias", {1}},
  };
  Rng rng(seed);
  WeightFile file;
  for (const Tensor& tensor : tensors) {
    std::size_t count = 1;
    for (const std::int64_t size : tensor.shape) count *= static_cast<std::size_t>(size);
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(0.1 * (2.0 * rng.uniform() - 1.0));
    file.tensors[tensor.name] = {tensor.shape, values};
  }
  return file;
}

}  // namespace undersong
