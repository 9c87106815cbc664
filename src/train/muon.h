#pragma once
// Steps for matrices that are as long in every direction: the momentum's matrix with its singular
// values replaced by about 1. Source: Jordan et al. 2024, kellerjordan.github.io/posts/muon; the
// scale is that of Liu et al. 2025, arXiv:2502.16982, so that Adam's rates serve.

#include <cstdint>
#include <vector>

#include "nn/decoder_spec.h"
#include "train/decoder_parameters.h"
#include "train/torch_compat.h"

namespace undersong {

// A matrix to step by itself, [rows, columns] from `offset` on among all parameters. Where several
// stand in one tensor (queries, keys and values; gates and ups) each is one.
struct MuonMatrix {
  std::int64_t offset = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;

  std::int64_t count() const { return rows * columns; }
};
std::vector<MuonMatrix> muon_matrices(const DecoderSpec& spec, const DecoderLayout& layout);

struct MuonStep {
  float rate = 0.0F;
  float momentum = 0.95F;
  float decay = 0.0F;  // of the weight, times the rate
  float gradient_scale = 1.0F;
};

// One matrix on a CPU. Pointers are to its first values.
void muon_update(const MuonStep& step, const MuonMatrix& matrix, const float* gradient,
                 float* moment, float* parameter);
// The same with LibTorch's operations, on any device.
void muon_update(const MuonStep& step, const MuonMatrix& matrix, const at::Tensor& gradients,
                 at::Tensor& moments, at::Tensor& parameters);

}  // namespace undersong
