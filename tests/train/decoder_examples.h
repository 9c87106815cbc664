#pragma once
// Batches of invented music for the tests of training.

#include "base/rng.h"
#include "nn/decoder_spec.h"
#include "support/small_decoder.h"
#include "train/decoder_engine.h"

namespace undersong {

// Rows whose next token often follows from the last, so that there is something to learn. The last
// step of each row has no target, and neither has one in seven others.
inline DecoderBatch small_batch(const DecoderSpec& spec, std::int64_t rows, std::int64_t steps,
                                std::uint64_t seed) {
  DecoderBatch batch;
  batch.rows = rows;
  batch.steps = steps;
  Rng rng(seed);
  const auto vocab = static_cast<std::uint64_t>(spec.vocab_size);
  const auto others = static_cast<std::uint64_t>(spec.feature_count) - vocab;
  for (std::int64_t r = 0; r < rows; ++r) {
    std::uint64_t token = rng.below(vocab);
    for (std::int64_t t = 0; t < steps; ++t) {
      batch.features.push_back(static_cast<std::int32_t>(token));
      for (int f = 1; f < spec.features_per_step; ++f) {
        const bool none = rng.below(4) == 0;
        batch.features.push_back(none ? -1 : static_cast<std::int32_t>(vocab + rng.below(others)));
      }
      for (const RelativeHead& head : spec.relative_heads) {
        const int span = head.period > 0 ? head.period : head.count;
        const bool none = rng.below(3) == 0;
        batch.anchors.push_back(
            none ? -1 : static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(span))));
      }
      token = rng.below(5) == 0 ? rng.below(vocab) : (token * 7 + 3) % vocab;
      const bool none = t + 1 == steps || rng.below(7) == 0;
      batch.targets.push_back(none ? -1 : static_cast<std::int32_t>(token));
    }
  }
  return batch;
}

}  // namespace undersong
