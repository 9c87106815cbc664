#pragma once
// A composer that nobody trained, small enough to run thousands of steps in a test.

#include <cmath>
#include <memory>
#include <utility>

#include "base/rng.h"
#include "model/composer_model.h"

namespace undersong {

// Weights of a plausible size, the same for the same seed.
inline WeightFile random_decoder_weights(const DecoderSpec& spec, std::uint64_t seed) {
  WeightFile weights;
  const Rng root(seed);
  for (const TensorSpec& tensor : tensors_of(spec)) {
    Rng rng = root.fork(tensor.name);
    std::int64_t count = 1;
    for (const std::int64_t extent : tensor.shape) count *= extent;
    const bool is_norm = tensor.shape.size() == 1;
    const double scale = is_norm ? 0.1 : 2.0 / std::sqrt(static_cast<double>(tensor.shape.back()));
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) {
      const double noise = rng.uniform() + rng.uniform() + rng.uniform() - 1.5;
      value = static_cast<float>((is_norm ? 1.0 : 0.0) + scale * noise);
    }
    weights.tensors[tensor.name] = {tensor.shape, std::move(values)};
  }
  return weights;
}

// With its metadata; `corpus` is what it claims to have learned from.
inline WeightFile tiny_composer_weights(int context, const std::string& corpus = "",
                                        std::uint64_t seed = 1) {
  const DecoderSpec spec = composer_spec(find_composer_size("tiny"), context);
  WeightFile weights = random_decoder_weights(spec, seed);
  ModelInfo info;
  info.corpus = corpus;
  weights.metadata = composer_metadata(spec, {}, std::move(info));
  return weights;
}

// On one thread: its products are too small to share.
inline LoadedModel tiny_composer(int context, std::uint64_t seed = 1) {
  LoadedModel loaded = model_from_weights(tiny_composer_weights(context, "", seed));
  loaded.model = std::make_shared<ComposerModel>(composer_from_metadata(loaded.weights.metadata),
                                                 loaded.weights, 1);
  return loaded;
}

}  // namespace undersong
