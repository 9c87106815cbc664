#pragma once
// The element-wise loops of training on a CPU, apart from LibTorch: gates of an LSTM, dropout,
// softmax and maximum over time, Adamax. Each is one pass over memory, vectorised for the running
// machine; the results are the same bits whatever the SIMD width, since nothing is fused or
// reassociated. Pointers to distinct buffers never overlap. Shapes stand in comments.

#include <cstdint>
#include <span>

namespace undersong {

// gates [rows, 4*units]: products of the four gates without activation in, activations out.
// cell_before [rows, units]; cell, output [rows, units] are written.
// Gates stand in Keras' order: input, forget, cell, output.
void lstm_gates_forward(std::int64_t rows, std::int64_t units, float* gates,
                        const float* cell_before, float* cell, float* output);

// gates [rows, 4*units]: activations in, gradients of the products out.
// grad_output and grad_next [rows, units]: the gradient from above and from the next step, added.
// grad_cell [rows, units]: gradient of `cell` in, of `cell_before` out.
void lstm_gates_backward(std::int64_t rows, std::int64_t units, float* gates,
                         const float* cell_before, const float* cell, const float* grad_output,
                         const float* grad_next, float* grad_cell);

// out [rows, columns] = x [rows] (outer) kernel [columns] + bias [columns].
void outer_product(std::int64_t rows, std::int64_t columns, const float* x, const float* kernel,
                   const float* bias, float* out);

// Which elements a dropout keeps: a pure function of `key` and of an element's place in the whole
// batch, so that neither threads nor a resumed run change it.
struct DropoutMask {
  std::uint64_t key = 0;
  double rate = 0.0;
  // Rows [steps, rows, units] of a batch that has `batch_rows` rows, of which these start at
  // `first_row`.
  std::int64_t steps = 1;
  std::int64_t rows = 0;
  std::int64_t units = 0;
  std::int64_t batch_rows = 0;
  std::int64_t first_row = 0;
};

// out = in where kept, scaled by 1/(1-rate); 0 elsewhere. The same call turns gradients around.
void apply_dropout(const DropoutMask& mask, const float* in, float* out);

// logits [steps, rows, classes] -> out [rows, classes]: the largest log-softmax over time, and the
// step that it came from. log_sums [steps, rows] keeps the normalisers for the way back.
void softmax_max_forward(std::int64_t steps, std::int64_t rows, std::int64_t classes,
                         const float* logits, float* log_sums, float* out, std::int32_t* best);

// grad_logits [steps, rows, classes] is written.
void softmax_max_backward(std::int64_t steps, std::int64_t rows, std::int64_t classes,
                          const float* logits, const float* log_sums, const std::int32_t* best,
                          const float* grad_out, float* grad_logits);

// One step of Adamax on a run of parameters, in Keras' form; the gradient is the sum of `gradients`
// in their order (null pointers are left out).
// Source: Kingma & Ba 2015, arXiv:1412.6980, section 7.1; epsilon as Keras has it.
struct AdamaxStep {
  float rate = 0.0F;  // learning rate / (1 - beta1^t)
  float beta1 = 0.9F;
  float beta2 = 0.999F;
  float epsilon = 1e-7F;
};
void adamax_update(const AdamaxStep& step, std::span<const float* const> gradients,
                   std::int64_t count, float* moment, float* norm, float* parameter);

}  // namespace undersong
