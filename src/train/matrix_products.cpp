#include "train/matrix_products.h"

#include <algorithm>
#include <vector>

#include "train/torch_compat.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define UNDERSONG_BF16 1
#endif

namespace undersong {
namespace {

at::Tensor as_tensor(const MatrixView& view, std::int64_t rows, std::int64_t columns) {
  const std::vector<std::int64_t> strides = view.transposed
                                                ? std::vector<std::int64_t>{1, view.stride}
                                                : std::vector<std::int64_t>{view.stride, 1};
  return at::from_blob(const_cast<float*>(view.data), {rows, columns}, strides);
}

void multiply_with_blas(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixView& a,
                        const MatrixView& b, float* c, std::int64_t c_stride, Sum sum) {
  const at::NoGradGuard no_gradient;
  at::Tensor out = at::from_blob(c, {m, n}, {c_stride, 1});
  const at::Tensor left = as_tensor(a, m, k);
  const at::Tensor right = as_tensor(b, k, n);
  if (sum == Sum::kAdd) {
    out.addmm_(left, right);
  } else {
    at::mm_out(out, left, right);
  }
}

#ifdef UNDERSONG_BF16

#define UNDERSONG_BF16_CODE __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))

// A tile of the result is 12 rows by two vectors of 16: 24 sums in registers. Factors are packed
// into panels of pairs along k, [k / 2][rows of the panel], so that one instruction adds two
// products. A panel of b (16 KiB) stays in the first-level cache while the panels of a block of a
// (96 KiB, second level) pass by.
constexpr std::int64_t kTileRows = 12;
constexpr std::int64_t kTileColumns = 32;
constexpr std::int64_t kDepth = 256;      // of k at once
constexpr std::int64_t kBlockRows = 192;  // of a at once
using Pair = std::uint32_t;

// Panel from rows that are contiguous along k.
UNDERSONG_BF16_CODE void pack_along(const float* from, std::int64_t stride, std::int64_t count,
                                    std::int64_t depth, std::int64_t width, Pair* to) {
  const std::int64_t pairs = (depth + 1) / 2;
  for (std::int64_t r = 0; r < count; ++r) {
    const float* row = from + r * stride;
    std::int64_t k = 0;
    for (; k + 32 <= depth; k += 32) {
      alignas(64) Pair packed[16];
      const __m512bh both =
          _mm512_cvtne2ps_pbh(_mm512_loadu_ps(row + k + 16), _mm512_loadu_ps(row + k));
      _mm512_store_si512(packed, reinterpret_cast<__m512i>(both));
      Pair* out = to + (k / 2) * width + r;
      for (std::int64_t j = 0; j < 16; ++j) out[j * width] = packed[j];
    }
    for (; k < depth; k += 2) {
      const __m512 values = _mm512_maskz_loadu_ps(k + 1 < depth ? 3U : 1U, row + k);
      const __m512i wide =
          _mm512_castsi256_si512(reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(values)));
      to[(k / 2) * width + r] = static_cast<Pair>(_mm512_cvtsi512_si32(wide));
    }
  }
  for (std::int64_t p = 0; p < pairs; ++p) {
    for (std::int64_t r = count; r < width; ++r) to[p * width + r] = 0;
  }
}

// The zeroing forms keep g++ 12 from warning of registers that its own headers leave open.
UNDERSONG_BF16_CODE __m512i rounded(const float* from, __mmask16 mask) {
  return _mm512_maskz_cvtepu16_epi32(
      0xFFFFU, reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, from))));
}

// Panel from rows that are contiguous across the panel: row k of `from` holds all of them.
UNDERSONG_BF16_CODE void pack_across(const float* from, std::int64_t stride, std::int64_t count,
                                     std::int64_t depth, std::int64_t width, Pair* to) {
  for (std::int64_t k = 0; k < depth; k += 2) {
    Pair* out = to + (k / 2) * width;
    for (std::int64_t r = 0; r < width; r += 16) {
      const std::int64_t left = std::min<std::int64_t>(16, std::max<std::int64_t>(0, count - r));
      const auto mask = static_cast<__mmask16>((1U << left) - 1U);
      const std::int64_t room = std::min<std::int64_t>(16, width - r);
      const auto written = static_cast<__mmask16>((1U << room) - 1U);
      const __m512i low = rounded(from + k * stride + r, mask);
      const __m512i high =
          k + 1 < depth ? rounded(from + (k + 1) * stride + r, mask) : _mm512_setzero_si512();
      _mm512_mask_storeu_epi32(out + r, written,
                               _mm512_or_si512(low, _mm512_maskz_slli_epi32(0xFFFFU, high, 16)));
    }
  }
}

// Panels of `width` rows from the rows [first, first + rows) and [depth_first, … + depth) of k.
// `along`: the view is contiguous along k.
UNDERSONG_BF16_CODE void pack(const float* data, std::int64_t stride, bool along,
                              std::int64_t first, std::int64_t rows, std::int64_t depth_first,
                              std::int64_t depth, std::int64_t width, Pair* to) {
  const std::int64_t panel = (depth + 1) / 2 * width;
  for (std::int64_t r = 0; r < rows; r += width, to += panel) {
    const std::int64_t count = std::min(width, rows - r);
    if (along) {
      pack_along(data + (first + r) * stride + depth_first, stride, count, depth, width, to);
    } else {
      pack_across(data + depth_first * stride + first + r, stride, count, depth, width, to);
    }
  }
}

UNDERSONG_BF16_CODE __attribute__((noinline)) void tile(std::int64_t pairs, const Pair* a,
                                                        const Pair* b, float* c,
                                                        std::int64_t stride, bool add) {
  __m512 sums[kTileRows][2];
#pragma GCC unroll 12
  for (auto& sum : sums) sum[0] = sum[1] = _mm512_setzero_ps();
  for (std::int64_t p = 0; p < pairs; ++p, a += kTileRows, b += kTileColumns) {
    const auto left = reinterpret_cast<__m512bh>(_mm512_loadu_si512(b));
    const auto right = reinterpret_cast<__m512bh>(_mm512_loadu_si512(b + 16));
#pragma GCC unroll 12
    for (std::int64_t r = 0; r < kTileRows; ++r) {
      const auto x = reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>(a[r])));
      sums[r][0] = _mm512_dpbf16_ps(sums[r][0], x, left);
      sums[r][1] = _mm512_dpbf16_ps(sums[r][1], x, right);
    }
  }
#pragma GCC unroll 12
  for (std::int64_t r = 0; r < kTileRows; ++r) {
    float* row = c + r * stride;
    if (add) {
      sums[r][0] = _mm512_add_ps(sums[r][0], _mm512_loadu_ps(row));
      sums[r][1] = _mm512_add_ps(sums[r][1], _mm512_loadu_ps(row + 16));
    }
    _mm512_storeu_ps(row, sums[r][0]);
    _mm512_storeu_ps(row + 16, sums[r][1]);
  }
}

// A tile that reaches over the border of the result.
void border_tile(std::int64_t pairs, const Pair* a, const Pair* b, float* c, std::int64_t stride,
                 bool add, std::int64_t rows, std::int64_t columns) {
  float whole[kTileRows * kTileColumns];
  tile(pairs, a, b, whole, kTileColumns, false);
  for (std::int64_t r = 0; r < rows; ++r) {
    float* to = c + r * stride;
    const float* from = whole + r * kTileColumns;
    for (std::int64_t k = 0; k < columns; ++k) to[k] = add ? to[k] + from[k] : from[k];
  }
}

std::int64_t rounded_up(std::int64_t count, std::int64_t to) { return (count + to - 1) / to * to; }

// One block of rows of c against all of packed b.
void multiply_block(std::int64_t rows, std::int64_t n, std::int64_t pairs, const Pair* a,
                    const Pair* b, float* c, std::int64_t stride, bool add) {
  for (std::int64_t j = 0; j < n; j += kTileColumns) {
    const Pair* panel = b + j * pairs;
    const std::int64_t columns = std::min(kTileColumns, n - j);
    for (std::int64_t i = 0; i < rows; i += kTileRows) {
      const std::int64_t height = std::min(kTileRows, rows - i);
      float* to = c + i * stride + j;
      if (height == kTileRows && columns == kTileColumns) {
        tile(pairs, a + i * pairs, panel, to, stride, add);
      } else {
        border_tile(pairs, a + i * pairs, panel, to, stride, add, height, columns);
      }
    }
  }
}

void multiply_in_bf16(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixView& a,
                      const MatrixView& b, float* c, std::int64_t c_stride, Sum sum) {
  thread_local std::vector<Pair> packed_a(static_cast<std::size_t>(kBlockRows * kDepth / 2));
  thread_local std::vector<Pair> packed_b;
  const auto size = static_cast<std::size_t>(rounded_up(n, kTileColumns) * kDepth / 2);
  if (packed_b.size() < size) packed_b.resize(size);
  for (std::int64_t first = 0; first < k; first += kDepth) {
    const std::int64_t depth = std::min(kDepth, k - first);
    const std::int64_t pairs = (depth + 1) / 2;
    const bool add = sum == Sum::kAdd || first > 0;
    pack(b.data, b.stride, b.transposed, 0, n, first, depth, kTileColumns, packed_b.data());
    for (std::int64_t i = 0; i < m; i += kBlockRows) {
      const std::int64_t rows = std::min(kBlockRows, m - i);
      pack(a.data, a.stride, !a.transposed, i, rows, first, depth, kTileRows, packed_a.data());
      multiply_block(rows, n, pairs, packed_a.data(), packed_b.data(), c + i * c_stride, c_stride,
                     add);
    }
  }
}

bool has_bf16() {
  static const bool has =
      __builtin_cpu_supports("avx512bf16") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
      __builtin_cpu_supports("avx512bw") != 0 && __builtin_cpu_supports("avx512dq") != 0;
  return has;
}
#endif

}  // namespace

void multiply(std::int64_t m, std::int64_t n, std::int64_t k, const MatrixView& a,
              const MatrixView& b, float* c, std::int64_t c_stride, Sum sum, Precision precision) {
#ifdef UNDERSONG_BF16
  if (precision == Precision::kFast && has_bf16()) {
    multiply_in_bf16(m, n, k, a, b, c, c_stride, sum);
    return;
  }
#endif
  multiply_with_blas(m, n, k, a, b, c, c_stride, sum);
}

const char* fast_products() {
#ifdef UNDERSONG_BF16
  if (has_bf16()) return "bfloat16";
#endif
  return "float32";
}

}  // namespace undersong
