#pragma once
// Fine-tuning by products of low rank: each matrix of the layers is what it was plus b [out, rank]
// * a [rank, in], and only a and b are learned. Source: Hu et al. 2021, arXiv:2106.09685.

#include <cstdint>

#include "train/decoder_parameters.h"
#include "train/torch_compat.h"

namespace undersong {

class LowRank {
 public:
  // `values`: all parameters, which stay as they are until apply(): a is random, b is 0.
  LowRank(const DecoderLayout& layout, std::int64_t rank, std::uint64_t seed,
          const at::Tensor& values);

  at::Tensor& factors() { return factors_; }
  at::Tensor& base() { return base_; }
  const at::Tensor& factors() const { return factors_; }
  const at::Tensor& base() const { return base_; }

  // Other weights to start from.
  void start_from(const at::Tensor& values);
  // The factors' gradients from those of all parameters.
  at::Tensor gradient(const at::Tensor& gradients) const;
  // Multiplies out.
  void apply(at::Tensor& values) const;

 private:
  struct Pair {
    std::int64_t offset;  // of the matrix among all parameters
    std::int64_t out;
    std::int64_t in;
    std::int64_t a;  // offsets among the factors
    std::int64_t b;
  };
  at::Tensor a(const at::Tensor& factors, const Pair& pair) const;
  at::Tensor b(const at::Tensor& factors, const Pair& pair) const;

  std::int64_t rank_;
  std::vector<Pair> pairs_;
  at::Tensor base_;
  at::Tensor factors_;
};

}  // namespace undersong
