#pragma once
// One LSTM layer over a whole sequence, with its way back. On a CPU it is a function of our own:
// the products of the inputs with `kernel` are one matrix product over all steps, each step is one
// product with `recurrent` and one fused pass over the gates, and the gradients of the weights are
// one product each at the end. LibTorch's own layer serves CUDA (cuDNN) and, in the tests, as the
// reference.

#include "train/torch_compat.h"

namespace undersong {

// Buffers of one layer in one thread, kept from step to step so that no step pays for fresh pages.
struct LstmWorkspace {
  at::Tensor gates;
  at::Tensor cells;
  at::Tensor outputs;
  at::Tensor grad_next;
  at::Tensor grad_cell;
};

// State between two stretches of one sequence; undefined tensors stand for zeros.
struct LstmState {
  at::Tensor output;  // [rows, units]
  at::Tensor cell;    // [rows, units]
};

struct LstmWeights {
  at::Tensor kernel;     // [in, 4*units]
  at::Tensor recurrent;  // [units, 4*units]
  at::Tensor bias;       // [4*units]
};

// Shapes: x [steps*rows, in], time-major; returns [steps*rows, units].
// State:  read first and replaced by the state after the last step, without a gradient through it.
// The result and the gradients live in `workspace` until its next use.
at::Tensor lstm_on_cpu(const at::Tensor& x, const LstmWeights& weights, std::int64_t steps,
                       LstmState& state, LstmWorkspace& workspace);

// The same through at::lstm, for any device.
at::Tensor lstm_of_library(const at::Tensor& x, const LstmWeights& weights, std::int64_t steps,
                           LstmState& state);

}  // namespace undersong
