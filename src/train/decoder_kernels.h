#pragma once
// The element-wise loops of a decoder's training on a CPU (nn/decoder_spec.h has the formulas).
// Each is one pass over memory. Pointers to distinct buffers never overlap.

#include <cstdint>
#include <vector>

#include "nn/decoder_spec.h"

namespace undersong {

// x [rows, width] -> out = x * inverse * gain, inverse [rows] = 1 / sqrt(mean of squares + 1e-6).
void rms_norm_forward(std::int64_t rows, std::int64_t width, const float* x, const float* gain,
                      float* inverse, float* out);
// Adds to grad_x [rows, width] and grad_gain [width].
void rms_norm_backward(std::int64_t rows, std::int64_t width, const float* x, const float* inverse,
                       const float* gain, const float* grad_out, float* grad_x, float* grad_gain);

// gates_ups [rows, 2*hidden] -> out [rows, hidden] = silu(gate) * up.
void swiglu_forward(std::int64_t rows, std::int64_t hidden, const float* gates_ups, float* out);
// Writes the gradient over gates_ups.
void swiglu_backward(std::int64_t rows, std::int64_t hidden, const float* grad_out,
                     float* gates_ups);

// Cosines and sines [steps, head / 2] of rotary positions.
struct RotaryTable {
  std::int64_t steps = 0;
  std::int64_t half = 0;
  std::vector<float> cosines;
  std::vector<float> sines;
};
RotaryTable rotary_table(std::int64_t steps, std::int64_t head);

// Heads of one sequence. qkv [steps, (heads + 2 kv) * head] <-> queries [kv, steps * group, head]
// (rotated, times `scale`), keys [kv, steps, head] (rotated), values [kv, steps, head].
struct HeadShape {
  std::int64_t steps = 0;
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head = 0;

  std::int64_t group() const { return heads / kv_heads; }
  std::int64_t columns() const { return (heads + 2 * kv_heads) * head; }
};
void split_heads(const HeadShape& shape, const RotaryTable& table, float scale, const float* qkv,
                 float* queries, float* keys, float* values);
// The way back of the gradients: rotated back, the queries' times `scale`.
void join_heads(const HeadShape& shape, const RotaryTable& table, float scale, const float* queries,
                const float* keys, const float* values, float* qkv);

// Rows `first_row` … of scores in which row r belongs to step r / group and hears keys 0 … that
// step. scores [rows, keys] become probabilities, 0 beyond; log_sums [rows] are written.
void causal_softmax(std::int64_t rows, std::int64_t keys, std::int64_t first_row,
                    std::int64_t group, float* scores, float* log_sums);
// The same again from known log_sums.
void causal_softmax_again(std::int64_t rows, std::int64_t keys, std::int64_t first_row,
                          std::int64_t group, const float* log_sums, float* scores);
// grad [rows, keys]: of the probabilities in, of the scores out.
void softmax_backward(std::int64_t rows, std::int64_t keys, const float* probabilities,
                      float* grad);

// Which elements of a branch a dropout keeps: decided by `key` and the element's place alone.
struct BranchDropout {
  std::uint64_t key = 0;
  double rate = 0.0;
  std::int64_t first_place = 0;
};
// stream + what is kept of `branch`, scaled.
void add_branch(const BranchDropout& dropout, std::int64_t count, const float* stream,
                const float* branch, float* out);
// The gradient that reaches the branch.
void drop_gradient(const BranchDropout& dropout, std::int64_t count, const float* grad, float* out);

// Sums of rows of the table. features [rows, per_row], -1: none.
void gather_rows(std::int64_t rows, std::int64_t per_row, std::int64_t width,
                 const std::int32_t* features, const float* table, float* out);
void scatter_rows(std::int64_t rows, std::int64_t per_row, std::int64_t width,
                  const std::int32_t* features, const float* grad, float* grad_table);

// Columns of one row of the output products: `vocab` tokens, then the rows of each relative head.
std::int64_t output_columns(const DecoderSpec& spec);
// Adds the relative heads' products to the tokens'.
void add_relative(const DecoderSpec& spec, std::int64_t rows, const std::int32_t* anchors,
                  float* outputs);
// -log softmax of each target into nats [rows] (0 where the target is -1), and their sum.
double cross_entropy(const DecoderSpec& spec, std::int64_t rows, const std::int32_t* targets,
                     const float* outputs, float* nats);
// outputs become the gradient of (sum of nats) * scale, in the columns of relative heads too.
void cross_entropy_backward(const DecoderSpec& spec, std::int64_t rows, const std::int32_t* targets,
                            const std::int32_t* anchors, const float* nats, float scale,
                            float* outputs);

// sum += more.
void add_floats(std::int64_t count, const float* more, float* sum);
double sum_of_squares(std::int64_t count, const float* x);

// Adam, whose weights nothing decays here. Source: Kingma & Ba 2015, arXiv:1412.6980.
struct AdamStep {
  float rate = 0.0F;
  float beta1 = 0.9F;
  float beta2 = 0.95F;
  float epsilon = 1e-8F;
  float decay = 0.0F;  // of the weight, times the rate
  float gradient_scale = 1.0F;
  float bias1 = 1.0F;  // 1 - beta1^t
  float bias2 = 1.0F;
};
void adam_update(const AdamStep& step, std::int64_t count, const float* gradient, float* moment,
                 float* square, float* parameter);

}  // namespace undersong
