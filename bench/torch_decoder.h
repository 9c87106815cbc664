#pragma once

#include <memory>

#include "nn/decoder_spec.h"
#include "nn/weight_file.h"

namespace undersong {

// The composer's decoder in LibTorch, float32 and eager with a cache of keys and values, as a user
// of it would write generation. No relative heads, which cost next to nothing.
class TorchDecoder {
 public:
  TorchDecoder(const DecoderSpec& spec, const WeightFile& weights);
  ~TorchDecoder();

  // Writes `tokens` for each of `candidates` at once, each the likeliest after those before it.
  void write(int tokens, int candidates, int threads);

 private:
  struct Network;
  std::unique_ptr<Network> network_;
};

}  // namespace undersong
