#include "nn/int8_weights.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "base/error.h"

namespace undersong {
namespace {

constexpr float kLevels = 127.0F;
// Far beyond any trained weight; within it no sum of the decoder leaves the range of float.
constexpr float kLargest = 1000.0F;

[[noreturn]] void throw_too_large(const std::string& name) {
  throw Error(ErrorKind::kMismatch, "tensor \"" + name +
                                        "\" holds values beyond 1000; the training went wrong or "
                                        "the file is damaged: train again");
}

void check_size(const std::vector<float>& values, float largest, const std::string& name) {
  const auto fits = [largest](float value) { return std::abs(value) <= largest; };
  if (!std::all_of(values.begin(), values.end(), fits)) throw_too_large(name);
}

bool is_int8(const WeightFile& weights, const std::string& name) {
  const auto found = weights.tensors.find(name);
  return found != weights.tensors.end() &&
         std::holds_alternative<std::vector<std::int8_t>>(found->second.values);
}

std::string scale_name(const std::string& name) { return name + ".scale"; }

// One row; returns its scale.
float to_int8(const float* row, std::size_t in, std::int8_t* to) {
  float largest = 0.0F;
  for (std::size_t i = 0; i < in; ++i) largest = std::max(largest, std::abs(row[i]));
  const float scale = largest / kLevels;
  for (std::size_t i = 0; i < in; ++i) {
    // A row of numbers too small to be told apart counts as zeros.
    const float whole = scale > 1e-30F ? std::nearbyint(row[i] / scale) : 0.0F;
    to[i] = static_cast<std::int8_t>(std::clamp(whole, -kLevels, kLevels));
  }
  return scale;
}

}  // namespace

Int8Matrix int8_matrix(const WeightFile& weights, const std::string& name, std::int64_t rows,
                       std::int64_t in) {
  Int8Matrix matrix;
  matrix.rows = static_cast<std::size_t>(rows);
  matrix.in = static_cast<std::size_t>(in);
  if (is_int8(weights, name)) {
    matrix.values = weights.bytes(name, {rows, in});
    matrix.scales = weights.floats(scale_name(name), {rows});
    check_size(matrix.scales, kLargest / 128.0F, scale_name(name));
    return matrix;
  }
  const std::vector<float>& values = weights.floats(name, {rows, in});
  check_size(values, kLargest, name);
  matrix.values.resize(values.size());
  matrix.scales.resize(matrix.rows);
  for (std::size_t r = 0; r < matrix.rows; ++r) {
    const std::size_t at = r * matrix.in;
    matrix.scales[r] = to_int8(values.data() + at, matrix.in, matrix.values.data() + at);
  }
  return matrix;
}

std::vector<float> float_vector(const WeightFile& weights, const std::string& name,
                                std::int64_t count) {
  std::vector<float> values = weights.floats(name, {count});
  check_size(values, kLargest, name);
  return values;
}

WeightFile with_int8_matrices(const DecoderSpec& spec, WeightFile weights) {
  for (const TensorSpec& tensor : tensors_of(spec)) {
    if (tensor.shape.size() != 2 || is_int8(weights, tensor.name)) continue;
    Int8Matrix matrix = int8_matrix(weights, tensor.name, tensor.shape[0], tensor.shape[1]);
    weights.tensors[tensor.name] = {tensor.shape, std::move(matrix.values)};
    weights.tensors[scale_name(tensor.name)] = {{tensor.shape[0]}, std::move(matrix.scales)};
  }
  return weights;
}

}  // namespace undersong
