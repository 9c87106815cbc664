#pragma once
// A decoder as nn/decoder_spec.h describes it, written down plainly, in double precision and
// without a cache.

#include <span>
#include <string>
#include <vector>

#include "base/rng.h"
#include "nn/decoder.h"
#include "nn/decoder_spec.h"
#include "nn/weight_file.h"

namespace undersong {

// The logits after the last of `steps`.
std::vector<double> reference_decoder_logits(const DecoderSpec& spec, const WeightFile& weights,
                                             std::span<const DecoderStep> steps);

// F32 weights of a plausible size, the same for the same seed.
WeightFile random_decoder_weights(const DecoderSpec& spec, std::uint64_t seed);

// The same values as `with_int8_matrices` has, as F32.
WeightFile dequantised(const DecoderSpec& spec, const WeightFile& weights);

std::vector<DecoderStep> random_steps(const DecoderSpec& spec, std::size_t count,
                                      std::uint64_t seed);

struct TinyDecoder {
  std::string name;
  DecoderSpec spec;
};

// Sizes that fill vectors and panels, and sizes that do not.
std::vector<TinyDecoder> tiny_decoders();

}  // namespace undersong
