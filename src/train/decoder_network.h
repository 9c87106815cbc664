#pragma once
// A DecoderSpec as LibTorch operations with its automatic gradients: what trains on CUDA, in
// bfloat16 with fused attention, and what tests compare train/decoder_pass.h with, in float32.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "nn/decoder_spec.h"
#include "train/torch_compat.h"

namespace undersong {

struct DecoderInputs {
  at::Tensor features;  // int64 [rows, steps, per step], -1: none
  at::Tensor anchors;   // int64 [rows, steps, relative heads], -1: none
  at::Tensor targets;   // int64 [rows, steps], -1: not counted; may be undefined
};

class TorchDecoder {
 public:
  // `parameters`: float32, by the names of tensors_of(spec). `bfloat16`: products and attention
  // in it; norms, logits and losses stay float32.
  TorchDecoder(const DecoderSpec& spec, std::map<std::string, at::Tensor> parameters,
               bool bfloat16);

  // Shapes: returns [rows * steps, vocab_size], float32.
  at::Tensor logits(const DecoderInputs& inputs, double dropout) const;
  // Nats of each target, 0 where there is none: [rows * steps].
  static at::Tensor nats(const at::Tensor& logits, const at::Tensor& targets);

 private:
  at::Tensor embed(const at::Tensor& features) const;
  at::Tensor normalised(const at::Tensor& x, const at::Tensor& gain) const;
  at::Tensor linear(const at::Tensor& x, const std::string& name) const;
  at::Tensor attention(const at::Tensor& x, const std::string& prefix) const;
  at::Tensor feed_forward(const at::Tensor& x, const std::string& prefix) const;
  at::Tensor relative(const at::Tensor& hidden, const at::Tensor& anchors) const;
  const at::Tensor& parameter(const std::string& name) const { return parameters_.at(name); }

  DecoderSpec spec_;
  std::map<std::string, at::Tensor> parameters_;
  at::ScalarType type_;
};

}  // namespace undersong
