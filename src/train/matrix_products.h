#pragma once
// Matrix products of a decoder's training on a CPU. Where the processor multiplies bfloat16 pairs
// (AVX-512 BF16) factors are rounded to bfloat16 on their way into the registers and summed in
// float32, at twice the speed of float32; elsewhere, and where exactness is asked for, LibTorch's
// BLAS computes in float32.

#include <cstdint>

namespace undersong {

// Element (row, column) is data[row * stride + column], or data[column * stride + row] when
// transposed.
struct MatrixView {
  const float* data = nullptr;
  std::int64_t stride = 0;
  bool transposed = false;
};

enum class Sum { kReplace, kAdd };
enum class Precision { kFast, kExact };

// c [m, n] = a [m, k] * b [k, n], or added to it. The same shapes and values give the same bits on
// one machine. Called from any thread, one thread each.
void multiply(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixView& a,
              const MatrixView& b, float* c, std::int64_t c_stride, Sum sum,
              Precision precision = Precision::kFast);

// "bfloat16" or "float32": what kFast means here.
const char* fast_products();

}  // namespace undersong
