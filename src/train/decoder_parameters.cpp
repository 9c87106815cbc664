#include "train/decoder_parameters.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/rng.h"

namespace undersong {
namespace {

constexpr double kDeviation = 0.02;

// Standard normal, by the polar method.
double normal(Rng& rng) {
  while (true) {
    const double x = 2.0 * rng.uniform() - 1.0;
    const double y = 2.0 * rng.uniform() - 1.0;
    const double square = x * x + y * y;
    if (square > 0.0 && square < 1.0) return x * std::sqrt(-2.0 * std::log(square) / square);
  }
}

bool is_layer_matrix(const TensorSpec& tensor) {
  return tensor.name.starts_with("layers.") && tensor.shape.size() == 2;
}

bool writes_to_stream(const std::string& name) {
  return name.ends_with(".out") || name.ends_with(".down");
}

}  // namespace

DecoderLayout::DecoderLayout(const DecoderSpec& spec) {
  std::vector<TensorSpec> tensors = tensors_of(spec);
  const auto others = std::stable_partition(tensors.begin(), tensors.end(), is_layer_matrix);
  matrices = others - tensors.begin();
  for (const TensorSpec& tensor : tensors) {
    std::int64_t count = 1;
    for (const std::int64_t size : tensor.shape) count *= size;
    parameters.push_back({tensor.name, tensor.shape, total, count});
    total += count;
    if (is_layer_matrix(tensor)) decayed = total;
  }
}

const DecoderParameter& DecoderLayout::find(std::string_view name) const {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const DecoderParameter& p) { return p.name == name; });
  UNDERSONG_CHECK(found != parameters.end());
  return *found;
}

std::vector<float> initial_parameters(const DecoderSpec& spec, const DecoderLayout& layout,
                                      std::uint64_t seed) {
  std::vector<float> values;
  values.reserve(static_cast<std::size_t>(layout.total));
  const Rng rng = Rng(seed).fork("weights");
  for (const DecoderParameter& parameter : layout.parameters) {
    if (parameter.shape.size() == 1) {
      values.insert(values.end(), static_cast<std::size_t>(parameter.count), 1.0F);
      continue;
    }
    const double deviation =
        writes_to_stream(parameter.name) ? kDeviation / std::sqrt(2.0 * spec.layers) : kDeviation;
    Rng own = rng.fork(parameter.name);
    for (std::int64_t i = 0; i < parameter.count; ++i) {
      values.push_back(static_cast<float>(normal(own) * deviation));
    }
  }
  return values;
}

}  // namespace undersong
