#pragma once

#include "nn/decoder_spec.h"

namespace undersong {

// A decoder of everything that a specification can say, and small.
inline DecoderSpec small_decoder() {
  DecoderSpec spec;
  spec.vocab_size = 37;
  spec.feature_count = 61;
  spec.features_per_step = 3;
  spec.width = 24;
  spec.layers = 2;
  spec.heads = 4;
  spec.kv_heads = 2;
  spec.hidden = 40;
  spec.context = 96;
  spec.relative_heads = {{20, 15, 0}, {20, 15, 12}};
  return spec;
}

}  // namespace undersong
