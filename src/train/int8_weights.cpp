#include "train/int8_weights.h"

#include <algorithm>
#include <cmath>

namespace undersong {
namespace {

constexpr float kMost = 127.0F;

float scale_of(const float* row, std::int64_t columns) {
  float largest = 0.0F;
  for (std::int64_t k = 0; k < columns; ++k) largest = std::max(largest, std::fabs(row[k]));
  return largest > 0.0F ? largest / kMost : 1.0F;
}

}  // namespace

std::map<std::string, WeightTensor> to_int8(const std::map<std::string, WeightTensor>& weights) {
  std::map<std::string, WeightTensor> out;
  for (const auto& [name, tensor] : weights) {
    if (tensor.shape.size() != 2) {
      out[name] = tensor;
      continue;
    }
    const auto& values = std::get<std::vector<float>>(tensor.values);
    const std::int64_t columns = tensor.shape[1];
    std::vector<float> scales;
    std::vector<std::int8_t> rounded;
    for (std::int64_t r = 0; r < tensor.shape[0]; ++r) {
      const float* row = values.data() + r * columns;
      const float scale = scale_of(row, columns);
      scales.push_back(scale);
      for (std::int64_t k = 0; k < columns; ++k) {
        const float nearest = std::clamp(std::nearbyint(row[k] / scale), -kMost, kMost);
        rounded.push_back(static_cast<std::int8_t>(nearest));
      }
    }
    out[name] = {tensor.shape, std::move(rounded)};
    out[name + ".scale"] = {{tensor.shape[0]}, std::move(scales)};
  }
  return out;
}

std::vector<float> whole_floats(const WeightFile& weights, const std::string& name,
                                const std::vector<std::int64_t>& shape) {
  const auto found = weights.tensors.find(name);
  const bool int8 = found != weights.tensors.end() &&
                    std::holds_alternative<std::vector<std::int8_t>>(found->second.values);
  if (!int8) return weights.floats(name, shape);
  const auto& rounded = weights.bytes(name, shape);
  const auto& scales = weights.floats(name + ".scale", {shape[0]});
  std::vector<float> values;
  values.reserve(rounded.size());
  const auto columns = static_cast<std::size_t>(shape[1]);
  for (std::size_t i = 0; i < rounded.size(); ++i) {
    values.push_back(static_cast<float>(rounded[i]) * scales[i / columns]);
  }
  return values;
}

}  // namespace undersong
