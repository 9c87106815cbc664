#include "nn/kernels.h"

// A target needs a fused multiply-add (SSE has none) and vectors whose size the compiler knows.
#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | HWY_SSE4 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/kernels.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>

HWY_BEFORE_NAMESPACE();
namespace undersong::HWY_NAMESPACE {
namespace {

#include "nn/vector_math.inc"

// Near 0 a polynomial (Cephes' tanhf), since 1 - e would lose the small digits; else
// (1 - e) / (1 + e) with e = exp(-2 |x|), and the sign of x.
HWY_INLINE Vec tanh(Vec x) {
  const Tag tag;
  const Vec one = hn::Set(tag, 1.0F);
  const Vec size = hn::Abs(x);
  const Vec e = exp(hn::Mul(size, hn::Set(tag, -2.0F)));
  const Vec large = hn::CopySign(hn::Div(hn::Sub(one, e), hn::Add(one, e)), x);
  const Vec z = hn::Mul(x, x);
  Vec p = hn::Set(tag, -5.70498872745e-3F);
  p = fma(p, z, hn::Set(tag, 2.06390887954e-2F));
  p = fma(p, z, hn::Set(tag, -5.37397155531e-2F));
  p = fma(p, z, hn::Set(tag, 1.33314422036e-1F));
  p = fma(p, z, hn::Set(tag, -3.33332819422e-1F));
  const Vec small = fma(hn::Mul(p, z), x, x);
  return hn::IfThenElse(hn::Lt(size, hn::Set(tag, 0.625F)), small, large);
}

// Rows and vectors of outputs whose sums are held in registers at once: with 32 registers 12 x 2
// sums, 2 weights; with 16 registers 6 x 2, 2 weights and an input. A single row takes a whole
// panel, so that enough sums are under way to hide the latency of a multiply-add.
constexpr std::size_t kMostRows = kLanes == 16 ? 12 : (kLanes == 1 ? 4 : 6);
constexpr std::size_t kRowVectors = 2;
constexpr std::size_t kSingleVectors = kPanel / kLanes < 8 ? kPanel / kLanes : 8;

// y[r][column…] += x * w for one tile. x [in][kRows]; w points at the tile's first output.
template <std::size_t kRows, std::size_t kVectors>
HWY_INLINE void multiply_tile(const float* HWY_RESTRICT w, std::size_t in,
                              const float* HWY_RESTRICT x, float* const* y, std::size_t column) {
  const Tag tag;
  Vec sum[kRows][kVectors];
  HWY_UNROLL(12)
  for (std::size_t r = 0; r < kRows; ++r) {
    HWY_UNROLL(8)
    for (std::size_t v = 0; v < kVectors; ++v) {
      sum[r][v] = hn::Load(tag, y[r] + column + v * kLanes);
    }
  }
  for (std::size_t i = 0; i < in; ++i) {
    Vec weight[kVectors];
    HWY_UNROLL(8)
    for (std::size_t v = 0; v < kVectors; ++v) weight[v] = hn::Load(tag, w + v * kLanes);
    HWY_UNROLL(12)
    for (std::size_t r = 0; r < kRows; ++r) {
      const Vec input = hn::Set(tag, x[r]);
      HWY_UNROLL(8)
      for (std::size_t v = 0; v < kVectors; ++v) sum[r][v] = fma(input, weight[v], sum[r][v]);
    }
    x += kRows;
    w += kPanel;
  }
  HWY_UNROLL(12)
  for (std::size_t r = 0; r < kRows; ++r) {
    HWY_UNROLL(8)
    for (std::size_t v = 0; v < kVectors; ++v) {
      hn::Store(sum[r][v], tag, y[r] + column + v * kLanes);
    }
  }
}

// One panel for kRows rows.
template <std::size_t kRows>
void multiply_panel(const float* panel, std::size_t in, const float* x, float* const* y,
                    std::size_t column) {
  constexpr std::size_t kVectors = kRows == 1 ? kSingleVectors : kRowVectors;
  for (std::size_t offset = 0; offset < kPanel; offset += kVectors * kLanes) {
    multiply_tile<kRows, kVectors>(panel + offset, in, x, y, column + offset);
  }
}

using PanelFunction = void (*)(const float*, std::size_t, const float*, float* const*, std::size_t);

constexpr PanelFunction kPanelFunctions[] = {
    nullptr,
    multiply_panel<1>,
    multiply_panel<2>,
    multiply_panel<3>,
    multiply_panel<4>,
#if HWY_TARGET != HWY_SCALAR
    multiply_panel<5>,
    multiply_panel<6>,
#endif
#if HWY_MAX_BYTES == 64
    multiply_panel<7>,
    multiply_panel<8>,
    multiply_panel<9>,
    multiply_panel<10>,
    multiply_panel<11>,
    multiply_panel<12>,
#endif
};
static_assert(std::size(kPanelFunctions) > kMostRows);

// Rows [begin, end) of tile number `tile` of `tiles`, as even as they go.
std::size_t tile_begin(std::size_t rows, std::size_t tiles, std::size_t tile) {
  return rows * tile / tiles;
}

void multiply_add_all(const PackedMatrix& matrix, const float* const* x, float* const* y,
                      std::size_t rows, float* scratch) {
  const std::size_t in = matrix.in();
  const std::size_t tiles = (rows + kMostRows - 1) / kMostRows;
  // Each tile's rows side by side, so that one pointer walks them all.
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    const std::size_t begin = tile_begin(rows, tiles, tile);
    const std::size_t count = tile_begin(rows, tiles, tile + 1) - begin;
    float* packed = scratch + begin * in;
    for (std::size_t r = 0; r < count; ++r) {
      for (std::size_t i = 0; i < in; ++i) packed[i * count + r] = x[begin + r][i];
    }
  }
  for (std::size_t column = 0; column < matrix.padded_out(); column += kPanel) {
    const float* panel = matrix.data() + column * in;
    for (std::size_t tile = 0; tile < tiles; ++tile) {
      const std::size_t begin = tile_begin(rows, tiles, tile);
      const std::size_t count = tile_begin(rows, tiles, tile + 1) - begin;
      kPanelFunctions[count](panel, in, scratch + begin * in, y + begin, column);
    }
  }
}

void lstm_cell_all(const float* gates, float* cell, float* hidden, std::size_t units) {
  const Tag tag;
  for (std::size_t u = 0; u < units; u += kLanes) {
    const Vec input = sigmoid(hn::LoadU(tag, gates + u));
    const Vec forget = sigmoid(hn::LoadU(tag, gates + units + u));
    const Vec fresh = tanh(hn::LoadU(tag, gates + 2 * units + u));
    const Vec output = sigmoid(hn::LoadU(tag, gates + 3 * units + u));
    const Vec next = fma(forget, hn::Load(tag, cell + u), hn::Mul(input, fresh));
    hn::Store(next, tag, cell + u);
    hn::Store(hn::Mul(output, tanh(next)), tag, hidden + u);
  }
}

void exp_all(float* values, std::size_t n) {
  const Tag tag;
  for (std::size_t i = 0; i < n; i += kLanes)
    hn::StoreU(exp(hn::LoadU(tag, values + i)), tag, values + i);
}

void sigmoid_all(float* values, std::size_t n) {
  const Tag tag;
  for (std::size_t i = 0; i < n; i += kLanes)
    hn::StoreU(sigmoid(hn::LoadU(tag, values + i)), tag, values + i);
}

void tanh_all(float* values, std::size_t n) {
  const Tag tag;
  for (std::size_t i = 0; i < n; i += kLanes)
    hn::StoreU(tanh(hn::LoadU(tag, values + i)), tag, values + i);
}

}  // namespace
}  // namespace undersong::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace undersong {
namespace {

HWY_EXPORT(multiply_add_all);
HWY_EXPORT(lstm_cell_all);
HWY_EXPORT(exp_all);
HWY_EXPORT(sigmoid_all);
HWY_EXPORT(tanh_all);

}  // namespace

PackedMatrix::PackedMatrix(std::span<const float> values, std::size_t in, std::size_t out)
    : in_(in), out_(out), panels_(in * round_up(out, kPanel)) {
  float* to = panels_.data();
  for (std::size_t column = 0; column < out; column += kPanel) {
    const std::size_t width = std::min(kPanel, out - column);
    for (std::size_t i = 0; i < in; ++i) {
      std::copy_n(values.data() + i * out + column, width, to);
      to += kPanel;
    }
  }
}

void multiply_add(const PackedMatrix& matrix, std::span<const float* const> x,
                  std::span<float* const> y, std::span<float> scratch) {
  if (x.empty()) return;
  HWY_DYNAMIC_DISPATCH(multiply_add_all)(matrix, x.data(), y.data(), x.size(), scratch.data());
}

void lstm_cell(std::span<const float> gates, float* cell, float* hidden, std::size_t units) {
  HWY_DYNAMIC_DISPATCH(lstm_cell_all)(gates.data(), cell, hidden, units);
}

void exp_in_place(float* values, std::size_t n) { HWY_DYNAMIC_DISPATCH(exp_all)(values, n); }
void sigmoid_in_place(float* values, std::size_t n) {
  HWY_DYNAMIC_DISPATCH(sigmoid_all)(values, n);
}
void tanh_in_place(float* values, std::size_t n) { HWY_DYNAMIC_DISPATCH(tanh_all)(values, n); }

std::vector<std::int64_t> vector_targets() {
  std::vector<std::int64_t> targets;
  const std::int64_t all = hwy::SupportedTargets() & HWY_TARGETS;
  for (std::int64_t left = all; left != 0; left &= left - 1) targets.push_back(left & -left);
  return targets;
}

std::string target_name(std::int64_t target) { return hwy::TargetName(target); }

void force_target(std::int64_t target) {
  hwy::SetSupportedTargetsForTest(target);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

void choose_best_target() { force_target(0); }

}  // namespace undersong
#endif  // HWY_ONCE
