#pragma once
// A decoder's forward and backward pass on one thread of a CPU, written out: every activation has
// its buffer, products go through train/matrix_products.h, everything else through
// train/decoder_kernels.h. train/decoder_network.h is the same in LibTorch's operations.

#include <cstdint>
#include <span>
#include <vector>

#include "nn/decoder_spec.h"
#include "train/decoder_kernels.h"
#include "train/decoder_parameters.h"
#include "train/matrix_products.h"

namespace undersong {

// Some rows of a batch. Pointers to the first of them.
struct DecoderRows {
  std::int64_t rows = 0;
  std::int64_t steps = 0;
  const std::int32_t* features = nullptr;
  const std::int32_t* anchors = nullptr;
  const std::int32_t* targets = nullptr;
};

struct DecoderPassOptions {
  double dropout = 0.0;
  std::uint64_t dropout_key = 0;
  std::int64_t first_token = 0;  // place of the first row in the batch, for dropout
  Precision precision = Precision::kFast;
};

class DecoderPass {
 public:
  DecoderPass(const DecoderSpec& spec, const DecoderLayout& layout);

  // Returns the sum of losses in nats. `values`: all parameters.
  double forward(const float* values, const DecoderRows& rows, const DecoderPassOptions& options);
  // Of the pass before: adds the gradients of (sum of losses) * scale.
  void backward(const float* values, const DecoderRows& rows, const DecoderPassOptions& options,
                float scale, float* gradients);

  // Of the pass before. Shapes: nats [rows * steps]; logits [rows * steps, output_columns], of
  // which the first vocab_size count.
  const std::vector<float>& nats() const { return nats_; }
  const std::vector<float>& outputs() const { return outputs_; }

 private:
  struct Layer {
    std::int64_t norm1 = 0, qkv = 0, out = 0, norm2 = 0, gate_up = 0, down = 0;  // offsets
    std::vector<float> in, inverse1, normed1, queries, keys, values, log_sums, heard;
    std::vector<float> middle, inverse2, normed2, gates_ups, active;
  };

  void reserve(std::int64_t rows, std::int64_t steps);
  void forward_attention(Layer& layer, const DecoderRows& rows, Precision precision);
  void forward_layer(std::size_t index, const float* values, const DecoderRows& rows,
                     const DecoderPassOptions& options, float* next);
  void backward_layer(std::size_t index, const float* values, const DecoderRows& rows,
                      const DecoderPassOptions& options, float* gradients);
  void backward_attention(Layer& layer, const DecoderRows& rows, Precision precision);
  void outputs_of(const float* values, Precision precision);
  void backward_outputs(const float* values, Precision precision, float* gradients);
  BranchDropout branch(const DecoderPassOptions& options, std::size_t index, int which) const;

  DecoderSpec spec_;
  std::int64_t table_ = 0;
  std::int64_t norm_ = 0;
  std::vector<std::int64_t> relative_;
  std::vector<Layer> layers_;
  std::int64_t tokens_ = 0;  // of the pass
  RotaryTable rotary_;
  std::vector<float> last_, inverse_, normed_, outputs_, nats_;
  std::vector<float> qkv_, branch_, wide_, grad_, scores_, grad_scores_, block_;
  std::vector<float> grad_queries_, grad_keys_, grad_values_;
};

}  // namespace undersong
