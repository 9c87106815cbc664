#pragma once
// What of LibTorch the trainer uses, and the only place that may look at its version: Debian 12 has
// 1.13, a GPU machine's PyTorch wheel 2.x. ATen and custom functions are enough and compile in a
// third of the time that torch/torch.h takes.

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/version.h>

#include <cmath>
#include <string>

namespace undersong {

inline std::string torch_version() { return TORCH_VERSION; }

// Softmax of queries times keys, of this step and those before it, times values; all
// [rows, heads, steps, head]. Fused from 2.0 on.
inline at::Tensor causal_attention(const at::Tensor& queries, const at::Tensor& keys,
                                   const at::Tensor& values) {
#if TORCH_VERSION_MAJOR >= 2
  return at::scaled_dot_product_attention(queries, keys, values, /*attn_mask=*/{},
                                          /*dropout_p=*/0.0, /*is_causal=*/true);
#else
  const std::int64_t steps = queries.size(2);
  const double scale = 1.0 / std::sqrt(static_cast<double>(queries.size(3)));
  const at::Tensor later =
      at::ones({steps, steps}, queries.options().dtype(at::kBool)).triu(/*diagonal=*/1);
  const at::Tensor scores = at::matmul(queries, keys.transpose(2, 3)).to(at::kFloat) * scale;
  const at::Tensor shares = at::softmax(scores.masked_fill(later, -INFINITY), -1);
  return at::matmul(shares.to(values.scalar_type()), values);
#endif
}

}  // namespace undersong
