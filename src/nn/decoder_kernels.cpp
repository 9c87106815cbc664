#include "nn/decoder_kernels.h"

// As in nn/kernels.cpp.
#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | HWY_SSE4 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/decoder_kernels.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace undersong::HWY_NAMESPACE {
namespace {

#include "nn/vector_math.inc"

// Float lanes are int32 lanes; a vector of int16 holds a pair of inputs for each of them.
#if HWY_TARGET == HWY_SCALAR
struct Sum {
  std::int32_t value;
};
HWY_INLINE Sum zero_sum() { return {0}; }
HWY_INLINE Sum add(Sum a, Sum b) { return {a.value + b.value}; }
struct Pair {
  std::int32_t first;
  std::int32_t second;
};
template <typename T>
HWY_INLINE Pair load_pairs(const T* from) {
  return {from[0], from[1]};
}
HWY_INLINE Pair same_pair(const std::int16_t* from) { return {from[0], from[1]}; }
HWY_INLINE Sum add_product(Pair w, Pair x, Sum sum) {
  return {sum.value + w.first * x.first + w.second * x.second};
}
HWY_INLINE Vec to_float(Sum sum) { return hn::Set(Tag(), static_cast<float>(sum.value)); }
#else
using IntTag = hn::RebindToSigned<Tag>;
using PairTag = hn::Repartition<std::int16_t, Tag>;
using Sum = hn::Vec<IntTag>;
using Pair = hn::Vec<PairTag>;

HWY_INLINE Sum zero_sum() { return hn::Zero(IntTag()); }
HWY_INLINE Sum add(Sum a, Sum b) { return hn::Add(a, b); }
HWY_INLINE Pair load_pairs(const std::int16_t* from) { return hn::Load(PairTag(), from); }
HWY_INLINE Pair load_pairs(const std::int8_t* from) {
  const hn::Rebind<std::int8_t, PairTag> byte_tag;
  return hn::PromoteTo(PairTag(), hn::LoadU(byte_tag, from));
}
HWY_INLINE Pair same_pair(const std::int16_t* from) {
  std::int32_t both;
  std::memcpy(&both, from, sizeof(both));
  return hn::BitCast(PairTag(), hn::Set(IntTag(), both));
}
HWY_INLINE Sum add_product(Pair w, Pair x, Sum sum) {
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX2
  Sum unused = sum;
  return hn::ReorderWidenMulAccumulate(IntTag(), w, x, sum, unused);
#else
  // Other machines' instructions add up other neighbours.
  const IntTag tag;
  const auto a = hn::BitCast(tag, w);
  const auto b = hn::BitCast(tag, x);
  const auto low =
      hn::Mul(hn::ShiftRight<16>(hn::ShiftLeft<16>(a)), hn::ShiftRight<16>(hn::ShiftLeft<16>(b)));
  return hn::Add(sum, hn::Add(low, hn::Mul(hn::ShiftRight<16>(a), hn::ShiftRight<16>(b))));
#endif
}
HWY_INLINE Vec to_float(Sum sum) { return hn::ConvertTo(Tag(), sum); }
#endif

constexpr std::size_t kPanelVectors = kInt8Panel / kLanes;

// Rows whose sums are held in registers at once, and the vectors of a panel beside them. Few rows
// cut their inputs into several sums, so that enough are under way to hide an instruction's
// latency.
constexpr std::size_t kMostRows = kLanes == 16 ? 12 : (kLanes == 1 ? 2 : 6);

constexpr std::size_t vectors_of(std::size_t rows) {
  const std::size_t most = rows <= 3 ? 4 : 2;
  return kPanelVectors < most ? kPanelVectors : most;
}
constexpr std::size_t unroll_of(std::size_t rows) {
  return kLanes == 1 || rows > 2 ? 1 : (kLanes == 16 ? 4 / rows : 2 / rows);
}

// Weights are asked for this far ahead of their use, into the second cache: the processor itself
// looks no further than a page of 4096 bytes, and not over from one matrix to the next.
constexpr std::size_t kPrefetchBytes = 16384;
constexpr std::size_t kLineBytes = 64;

HWY_INLINE void fetch(const void* line) { __builtin_prefetch(line, 0, 2); }

// Vectors [first, first + kVectors) of one panel for kRows rows, into [kRows][kInt8Panel].
template <std::size_t kRows, typename T>
HWY_INLINE void sum_tile(const T* HWY_RESTRICT panel, const T* ahead, std::size_t in,
                         const std::int16_t* x, std::size_t stride, std::size_t first,
                         Vec (*result)[kPanelVectors]) {
  constexpr std::size_t kVectors = vectors_of(kRows);
  constexpr std::size_t kUnroll = unroll_of(kRows);
  Sum sum[kUnroll][kRows][kVectors];
  for (auto& set : sum) {
    for (auto& row : set) {
      for (auto& value : row) value = zero_sum();
    }
  }
  const T* w = panel + first * 2 * kLanes;
  for (std::size_t i = 0; i < in; i += 2 * kUnroll) {
    HWY_UNROLL(4)
    for (std::size_t u = 0; u < kUnroll; ++u) {
      if (first == 0) {
        for (std::size_t e = 0; e < kInt8Panel * 2; e += kLineBytes / sizeof(T)) fetch(ahead + e);
        ahead += 2 * kInt8Panel;
      }
      Pair weight[kVectors];
      HWY_UNROLL(4)
      for (std::size_t v = 0; v < kVectors; ++v) weight[v] = load_pairs(w + v * 2 * kLanes);
      HWY_UNROLL(12)
      for (std::size_t r = 0; r < kRows; ++r) {
        const Pair input = same_pair(x + r * stride + i + 2 * u);
        HWY_UNROLL(4)
        for (std::size_t v = 0; v < kVectors; ++v) {
          sum[u][r][v] = add_product(weight[v], input, sum[u][r][v]);
        }
      }
      w += 2 * kInt8Panel;
    }
  }
  HWY_UNROLL(12)
  for (std::size_t r = 0; r < kRows; ++r) {
    HWY_UNROLL(4)
    for (std::size_t v = 0; v < kVectors; ++v) {
      Sum total = sum[0][r][v];
      for (std::size_t u = 1; u < kUnroll; ++u) total = add(total, sum[u][r][v]);
      result[r][first + v] = to_float(total);
    }
  }
}

template <std::size_t kRows, typename T>
HWY_INLINE void sum_panel(const T* panel, const T* ahead, std::size_t in, const std::int16_t* x,
                          std::size_t stride, Vec (*result)[kPanelVectors]) {
  for (std::size_t first = 0; first < kPanelVectors; first += vectors_of(kRows)) {
    sum_tile<kRows>(panel, ahead, in, x, stride, first, result);
  }
}

// What is done with a panel's sums.
struct Store {
  static constexpr std::size_t kPanels = 1;
  static Vec value(const Vec* sums, Vec /*before*/) { return sums[0]; }
};
struct AddTo {
  static constexpr std::size_t kPanels = 1;
  static Vec value(const Vec* sums, Vec before) { return hn::Add(before, sums[0]); }
};
struct Gate {
  static constexpr std::size_t kPanels = 2;
  static Vec value(const Vec* sums, Vec /*before*/) {
    return hn::Mul(hn::Mul(sums[0], sigmoid(sums[0])), sums[1]);
  }
};

// One output panel (of one or two panels of weights) for kRows rows.
template <std::size_t kRows, typename Finish>
void finish_panels(const Int8Panels& w, std::size_t panel, const QuantisedRows& x, std::size_t row,
                   float* y, std::size_t y_stride) {
  const Tag tag;
  Vec sums[Finish::kPanels][kRows][kPanelVectors];
  for (std::size_t p = 0; p < Finish::kPanels; ++p) {
    const std::int8_t* values = w.values + (panel + p) * kInt8Panel * w.in;
    sum_panel<kRows>(values, values + kPrefetchBytes, w.in, x.values + row * x.stride, x.stride,
                     sums[p]);
  }
  const float* scales = w.scales + panel * kInt8Panel;
  for (std::size_t r = 0; r < kRows; ++r) {
    const Vec row_scale = hn::Set(tag, x.scales[row + r]);
    float* to = y + (row + r) * y_stride + panel / Finish::kPanels * kInt8Panel;
    for (std::size_t v = 0; v < kPanelVectors; ++v) {
      Vec parts[Finish::kPanels];
      for (std::size_t p = 0; p < Finish::kPanels; ++p) {
        const Vec scale = hn::Load(tag, scales + p * kInt8Panel + v * kLanes);
        parts[p] = hn::Mul(hn::Mul(sums[p][r][v], scale), row_scale);
      }
      hn::Store(Finish::value(parts, hn::Load(tag, to + v * kLanes)), tag, to + v * kLanes);
    }
  }
}

template <typename Finish>
using PanelFunction = void (*)(const Int8Panels&, std::size_t, const QuantisedRows&, std::size_t,
                               float*, std::size_t);

template <typename Finish>
constexpr PanelFunction<Finish> kPanelFunctions[] = {
    nullptr,
    finish_panels<1, Finish>,
    finish_panels<2, Finish>,
#if HWY_TARGET != HWY_SCALAR
    finish_panels<3, Finish>,
    finish_panels<4, Finish>,
    finish_panels<5, Finish>,
    finish_panels<6, Finish>,
#endif
#if HWY_MAX_BYTES == 64
    finish_panels<7, Finish>,
    finish_panels<8, Finish>,
    finish_panels<9, Finish>,
    finish_panels<10, Finish>,
    finish_panels<11, Finish>,
    finish_panels<12, Finish>,
#endif
};

template <typename Finish>
void multiply(const Int8Panels& w, const QuantisedRows& x, float* y, std::size_t y_stride) {
  const std::size_t tiles = (x.rows + kMostRows - 1) / kMostRows;
  for (std::size_t panel = 0; panel < w.panels; panel += Finish::kPanels) {
    for (std::size_t tile = 0; tile < tiles; ++tile) {
      const std::size_t begin = x.rows * tile / tiles;
      const std::size_t count = x.rows * (tile + 1) / tiles - begin;
      kPanelFunctions<Finish>[count](w, panel, x, begin, y, y_stride);
    }
  }
}

void multiply_int8_all(const Int8Panels& w, const QuantisedRows& x, float* y, std::size_t stride) {
  multiply<Store>(w, x, y, stride);
}
void multiply_add_int8_all(const Int8Panels& w, const QuantisedRows& x, float* y,
                           std::size_t stride) {
  multiply<AddTo>(w, x, y, stride);
}
void multiply_gated_int8_all(const Int8Panels& w, const QuantisedRows& x, float* y,
                             std::size_t stride) {
  multiply<Gate>(w, x, y, stride);
}

// Sixteen partial results of which a target holds some in a vector.
constexpr std::size_t kParts = 16 / kLanes;

float sum_of_parts(const Vec* parts) {
  const Tag tag;
  alignas(64) float values[16];
  for (std::size_t p = 0; p < kParts; ++p) hn::Store(parts[p], tag, values + p * kLanes);
  for (std::size_t half = 8; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) values[i] += values[i + half];
  }
  return values[0];
}

float largest_of(Vec values) {
  alignas(64) float all[kLanes];
  hn::Store(values, Tag(), all);
  return *std::max_element(all, all + kLanes);
}

// Below this all values count as 0, so that levels / largest stays finite.
constexpr float kSmallest = 1e-30F;

// Whole numbers nearest to values * factor, |result| < 2^22: adding 1.5 * 2^23 rounds half to even
// on every machine.
HWY_INLINE void store_rounded(Vec scaled, std::int16_t* to) {
  const Tag tag;
  const hn::RebindToSigned<Tag> int_tag;
  const Vec magic = hn::Set(tag, 12582912.0F);
  const auto whole =
      hn::Sub(hn::BitCast(int_tag, hn::Add(scaled, magic)), hn::BitCast(int_tag, magic));
  const hn::Rebind<std::int16_t, Tag> short_tag;
  hn::StoreU(hn::DemoteTo(short_tag, whole), short_tag, to);
}

float factor_of(float largest, int levels) {
  return largest > kSmallest ? static_cast<float>(levels) / largest : 0.0F;
}
float scale_of(float largest, int levels) {
  return largest > kSmallest ? largest / static_cast<float>(levels) : 0.0F;
}

float quantise_all(const float* values, std::size_t n, int levels, std::int16_t* q) {
  const Tag tag;
  Vec most = hn::Zero(tag);
  for (std::size_t i = 0; i < n; i += kLanes) {
    most = hn::Max(most, hn::Abs(hn::LoadU(tag, values + i)));
  }
  const float largest = largest_of(most);
  const Vec factor = hn::Set(tag, factor_of(largest, levels));
  for (std::size_t i = 0; i < n; i += kLanes) {
    store_rounded(hn::Mul(hn::LoadU(tag, values + i), factor), q + i);
  }
  return scale_of(largest, levels);
}

constexpr float kEpsilon = 1e-6F;

float normalise_and_quantise_all(const float* values, const float* weight, std::size_t n,
                                 std::size_t count, int levels, std::int16_t* q) {
  const Tag tag;
  Vec parts[kParts];
  for (Vec& part : parts) part = hn::Zero(tag);
  for (std::size_t i = 0; i < n; i += 16) {
    for (std::size_t p = 0; p < kParts; ++p) {
      const Vec value = hn::LoadU(tag, values + i + p * kLanes);
      parts[p] = fma(value, value, parts[p]);
    }
  }
  const float mean = sum_of_parts(parts) / static_cast<float>(count);
  const Vec inverse = hn::Set(tag, 1.0F / std::sqrt(mean + kEpsilon));
  const auto normal = [&](std::size_t i) {
    return hn::Mul(hn::Mul(hn::LoadU(tag, values + i), inverse), hn::LoadU(tag, weight + i));
  };
  Vec most = hn::Zero(tag);
  for (std::size_t i = 0; i < n; i += kLanes) most = hn::Max(most, hn::Abs(normal(i)));
  const float largest = largest_of(most);
  const Vec factor = hn::Set(tag, factor_of(largest, levels));
  for (std::size_t i = 0; i < n; i += kLanes) store_rounded(hn::Mul(normal(i), factor), q + i);
  return scale_of(largest, levels);
}

void add_row_all(const std::int8_t* row, float scale, std::size_t n, float* sum) {
  const Tag tag;
  const hn::Rebind<std::int8_t, Tag> byte_tag;
  const hn::RebindToSigned<Tag> int_tag;
  const Vec factor = hn::Set(tag, scale);
  for (std::size_t i = 0; i < n; i += kLanes) {
    const auto whole = hn::PromoteTo(int_tag, hn::LoadU(byte_tag, row + i));
    hn::StoreU(fma(hn::ConvertTo(tag, whole), factor, hn::LoadU(tag, sum + i)), tag, sum + i);
  }
}

// Queries that share a head are taken by fours.
constexpr std::size_t kQueries = 4;
static_assert(kLanes != 1 || kMostRows == 2);

// Blocks lie apart, so the next is asked for while one is worked on.
std::size_t next_block(const Attention& a, std::size_t block) {
  return (block + 1) * kBlockSteps < a.steps ? block + 1 : block;
}

template <std::size_t kRows>
void score_block(const Attention& a, std::size_t block, std::size_t query, std::size_t stride) {
  const Tag tag;
  const CachedHead& head = a.blocks[block];
  const std::int16_t* ahead = a.blocks[next_block(a, block)].keys;
  for (std::size_t panel = 0; panel < kBlockSteps / kInt8Panel; ++panel) {
    Vec sums[kRows][kPanelVectors];
    const std::size_t at = panel * kInt8Panel * a.in;
    sum_panel<kRows>(head.keys + at, ahead + at, a.in, a.queries + query * a.in, a.in, sums);
    for (std::size_t v = 0; v < kPanelVectors; ++v) {
      const std::size_t step = panel * kInt8Panel + v * kLanes;
      const Vec scale = hn::LoadU(tag, head.key_scales + step);
      for (std::size_t r = 0; r < kRows; ++r) {
        const Vec query_scale = hn::Set(tag, a.query_scales[query + r]);
        float* to = a.scores + (query + r) * stride + block * kBlockSteps + step;
        hn::StoreU(hn::Mul(hn::Mul(sums[r][v], scale), query_scale), tag, to);
      }
    }
  }
}

// scores -> exp(score - largest) over `steps`, 0 behind them; returns their sum.
float soften(float* scores, std::size_t steps, std::size_t padded) {
  const Tag tag;
  for (std::size_t i = steps; i < padded; ++i) scores[i] = -HUGE_VALF;
  Vec most = hn::Set(tag, -HUGE_VALF);
  for (std::size_t i = 0; i < padded; i += kLanes) {
    most = hn::Max(most, hn::LoadU(tag, scores + i));
  }
  const Vec largest = hn::Set(tag, largest_of(most));
  for (std::size_t i = 0; i < padded; i += kLanes) {
    hn::StoreU(exp(hn::Sub(hn::LoadU(tag, scores + i), largest)), tag, scores + i);
  }
  for (std::size_t i = steps; i < padded; ++i) scores[i] = 0.0F;
  Vec parts[kParts];
  for (Vec& part : parts) part = hn::Zero(tag);
  for (std::size_t i = 0; i < padded; i += 16) {
    for (std::size_t p = 0; p < kParts; ++p) {
      parts[p] = hn::Add(parts[p], hn::LoadU(tag, scores + i + p * kLanes));
    }
  }
  return sum_of_parts(parts);
}

// result += what one block of steps adds, its weights made whole numbers of their own scale.
template <std::size_t kRows>
void add_values(const Attention& a, std::size_t block, std::size_t query, std::size_t stride,
                int levels) {
  const Tag tag;
  const CachedHead& head = a.blocks[block];
  alignas(64) std::int16_t weights[kRows][kBlockSteps];
  float scales[kRows];
  for (std::size_t r = 0; r < kRows; ++r) {
    alignas(64) float scaled[kBlockSteps];
    const float* scores = a.scores + (query + r) * stride + block * kBlockSteps;
    for (std::size_t i = 0; i < kBlockSteps; i += kLanes) {
      hn::Store(hn::Mul(hn::LoadU(tag, scores + i), hn::LoadU(tag, head.value_scales + i)), tag,
                scaled + i);
    }
    scales[r] = quantise_all(scaled, kBlockSteps, levels, weights[r]);
  }
  const std::int16_t* ahead = a.blocks[next_block(a, block)].values;
  for (std::size_t panel = 0; panel * kInt8Panel < a.out; ++panel) {
    Vec sums[kRows][kPanelVectors];
    const std::size_t at = panel * kInt8Panel * kBlockSteps;
    sum_panel<kRows>(head.values + at, ahead + at, kBlockSteps, weights[0], kBlockSteps, sums);
    for (std::size_t r = 0; r < kRows; ++r) {
      const Vec scale = hn::Set(tag, scales[r]);
      float* to = a.result + (query + r) * a.out + panel * kInt8Panel;
      for (std::size_t v = 0; v < kPanelVectors; ++v, to += kLanes) {
        hn::StoreU(fma(sums[r][v], scale, hn::LoadU(tag, to)), tag, to);
      }
    }
  }
}

template <std::size_t kRows>
void attend_queries(const Attention& a, std::size_t query, int levels) {
  const Tag tag;
  const std::size_t blocks = (a.steps + kBlockSteps - 1) / kBlockSteps;
  const std::size_t stride = blocks * kBlockSteps;
  for (std::size_t block = 0; block < blocks; ++block) {
    score_block<kRows>(a, block, query, stride);
  }
  float sums[kRows];
  for (std::size_t r = 0; r < kRows; ++r) {
    sums[r] = soften(a.scores + (query + r) * stride, a.steps, stride);
  }
  std::fill_n(a.result + query * a.out, kRows * a.out, 0.0F);
  for (std::size_t block = 0; block < blocks; ++block) {
    add_values<kRows>(a, block, query, stride, levels);
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    const Vec sum = hn::Set(tag, sums[r]);
    float* result = a.result + (query + r) * a.out;
    for (std::size_t i = 0; i < a.out; i += kLanes) {
      hn::StoreU(hn::Div(hn::LoadU(tag, result + i), sum), tag, result + i);
    }
  }
}

void attend_all(const Attention& a) {
  const int levels = cache_levels(kBlockSteps);
  std::size_t query = 0;
  for (; query + kQueries <= a.group; query += kQueries) {
    attend_queries<kQueries>(a, query, levels);
  }
  for (; query < a.group; ++query) attend_queries<1>(a, query, levels);
}

}  // namespace
}  // namespace undersong::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace undersong {
namespace {

HWY_EXPORT(multiply_int8_all);
HWY_EXPORT(multiply_add_int8_all);
HWY_EXPORT(multiply_gated_int8_all);
HWY_EXPORT(quantise_all);
HWY_EXPORT(normalise_and_quantise_all);
HWY_EXPORT(add_row_all);
HWY_EXPORT(attend_all);

}  // namespace

void multiply_int8(const Int8Panels& w, const QuantisedRows& x, float* y, std::size_t y_stride) {
  HWY_DYNAMIC_DISPATCH(multiply_int8_all)(w, x, y, y_stride);
}

void multiply_add_int8(const Int8Panels& w, const QuantisedRows& x, float* y,
                       std::size_t y_stride) {
  HWY_DYNAMIC_DISPATCH(multiply_add_int8_all)(w, x, y, y_stride);
}

void multiply_gated_int8(const Int8Panels& w, const QuantisedRows& x, float* y,
                         std::size_t y_stride) {
  HWY_DYNAMIC_DISPATCH(multiply_gated_int8_all)(w, x, y, y_stride);
}

float quantise(const float* values, std::size_t n, int levels, std::int16_t* q) {
  return HWY_DYNAMIC_DISPATCH(quantise_all)(values, n, levels, q);
}

float normalise_and_quantise(const float* values, const float* weight, std::size_t n,
                             std::size_t count, int levels, std::int16_t* q) {
  return HWY_DYNAMIC_DISPATCH(normalise_and_quantise_all)(values, weight, n, count, levels, q);
}

void add_row(const std::int8_t* row, float scale, std::size_t n, float* sum) {
  HWY_DYNAMIC_DISPATCH(add_row_all)(row, scale, n, sum);
}

int cache_levels(std::size_t terms) {
  const auto most = static_cast<double>(std::numeric_limits<std::int32_t>::max());
  const double levels = std::floor(std::sqrt(most / static_cast<double>(terms)));
  return static_cast<int>(std::min(levels, 32767.0));
}

void attend(const Attention& attention) { HWY_DYNAMIC_DISPATCH(attend_all)(attention); }

}  // namespace undersong
#endif  // HWY_ONCE
