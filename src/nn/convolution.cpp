#include "nn/convolution.h"

// As in kernels.cpp: a fused multiply-add, and vectors whose size the compiler knows.
#define HWY_DISABLED_TARGETS \
  (HWY_SSSE3 | HWY_SSE4 | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/convolution.cpp"
#include <hwy/foreach_target.h>
// After foreach_target.
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"

HWY_BEFORE_NAMESPACE();
namespace undersong::HWY_NAMESPACE {
namespace {

#include "nn/vector_math.inc"

using detail::ConvolutionRow;
using detail::kChannelBlock;

// Vectors of outputs whose sums registers hold at once: with 16 registers 4 channels x 3 sums, the
// inputs and a weight; twice that with 32. A single channel takes more, to hide the latency of a
// multiply-add.
constexpr std::size_t kMostVectors = kLanes == 8 ? 3 : 6;
constexpr std::size_t kSingleVectors = 6;

template <std::size_t kChannels, std::size_t kVectors>
HWY_INLINE void convolve_tile(const ConvolutionRow& row, std::size_t column) {
  const Tag tag;
  Vec sum[kChannels][kVectors];
  HWY_UNROLL(4)
  for (std::size_t c = 0; c < kChannels; ++c) {
    HWY_UNROLL(6)
    for (std::size_t v = 0; v < kVectors; ++v) sum[c][v] = hn::Set(tag, row.bias[c]);
  }
  const float* HWY_RESTRICT input = row.input + column;
  const float* HWY_RESTRICT weight = row.weights;
  const std::size_t* HWY_RESTRICT offset = row.tap_offsets;
  for (std::size_t tap = 0; tap < row.taps; ++tap, weight += kChannels) {
    const float* HWY_RESTRICT from = input + offset[tap];
    Vec x[kVectors];
    HWY_UNROLL(6)
    for (std::size_t v = 0; v < kVectors; ++v) x[v] = hn::LoadU(tag, from + v * kLanes);
    HWY_UNROLL(4)
    for (std::size_t c = 0; c < kChannels; ++c) {
      const Vec w = hn::Set(tag, weight[c]);
      HWY_UNROLL(6)
      for (std::size_t v = 0; v < kVectors; ++v) sum[c][v] = fma(x[v], w, sum[c][v]);
    }
  }
  const Vec least = hn::Set(tag, row.least);
  HWY_UNROLL(4)
  for (std::size_t c = 0; c < kChannels; ++c) {
    HWY_UNROLL(6)
    for (std::size_t v = 0; v < kVectors; ++v)
      hn::StoreU(hn::Max(sum[c][v], least), tag,
                 row.output + c * row.output_plane + column + v * kLanes);
  }
}

template <std::size_t kChannels, std::size_t kVectors>
void convolve_columns(const ConvolutionRow& row, std::size_t column) {
  while (column + (kVectors - 1) * kLanes < row.columns) {
    convolve_tile<kChannels, kVectors>(row, column);
    column += kVectors * kLanes;
  }
  if constexpr (kVectors > 1) {
    if (column < row.columns) convolve_columns<kChannels, kVectors - 1>(row, column);
  }
}

void convolve_row(const ConvolutionRow& row) {
  if (row.channels == 1) {
    convolve_columns<1, kSingleVectors>(row, 0);
  } else {
    convolve_columns<kChannelBlock, kMostVectors>(row, 0);
  }
}

}  // namespace
}  // namespace undersong::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace undersong {
namespace {

HWY_EXPORT(convolve_row);

using detail::kChannelBlock;

// The most lanes that a vector has: the last one of a row may reach so far behind its columns.
constexpr std::size_t kMostLanes = 16;

}  // namespace

ConvolutionInput::ConvolutionInput(const ConvolutionShape& shape, const ConvolutionArea& area)
    : area_(area) {
  const std::size_t stride = area.column_stride;
  phase_floats_ = round_up(area.columns, kMostLanes) + (shape.kernel_columns - 1) / stride;
  row_floats_ = stride * phase_floats_;
  plane_floats_ = (area.rows + shape.kernel_rows - 1) * row_floats_;
  values_.resize(shape.in_channels * plane_floats_);
  tap_offsets_.reserve(shape.taps());
  for (std::size_t channel = 0; channel < shape.in_channels; ++channel) {
    for (std::size_t row = 0; row < shape.kernel_rows; ++row) {
      for (std::size_t column = 0; column < shape.kernel_columns; ++column)
        tap_offsets_.push_back(channel * plane_floats_ + row * row_floats_ +
                               column % stride * phase_floats_ + column / stride);
    }
  }
}

void ConvolutionInput::set_row(std::size_t channel, std::size_t row,
                               std::span<const float> values) {
  const std::size_t stride = area_.column_stride;
  float* const to =
      values_.data() + channel * plane_floats_ + (row + area_.padding_top) * row_floats_;
  const std::size_t room = row_floats_ - std::min(row_floats_, area_.padding_left);
  const std::size_t count = std::min(values.size(), room);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t column = i + area_.padding_left;
    to[column % stride * phase_floats_ + column / stride] = values[i];
  }
}

Convolution::Convolution(const ConvolutionShape& shape, std::span<const float> weights,
                         std::span<const float> bias, Rectify rectify)
    : shape_(shape), rectify_(rectify), bias_(bias.begin(), bias.end()) {
  UNDERSONG_CHECK(weights.size() == shape.taps() * shape.out_channels);
  UNDERSONG_CHECK(bias.size() == shape.out_channels);
  weights_.reserve(weights.size());
  for (std::size_t first = 0; first < shape.out_channels;) {
    const std::size_t block = first + kChannelBlock <= shape.out_channels ? kChannelBlock : 1;
    for (std::size_t in = 0; in < shape.in_channels; ++in) {
      for (std::size_t place = 0; place < shape.kernel_rows * shape.kernel_columns; ++place) {
        const std::size_t from = (place * shape.in_channels + in) * shape.out_channels + first;
        for (std::size_t c = 0; c < block; ++c) weights_.push_back(weights[from + c]);
      }
    }
    first += block;
  }
}

ConvolutionOutput Convolution::apply(const ConvolutionInput& input) const {
  UNDERSONG_CHECK(input.tap_offsets_.size() == shape_.taps());
  const ConvolutionArea& area = input.area();
  ConvolutionOutput output{.columns = area.columns,
                           .rows = area.rows,
                           .stride = round_up(area.columns, kMostLanes),
                           .values = {}};
  output.values.resize(shape_.out_channels * area.rows * output.stride);
  for (std::size_t first = 0; first < shape_.out_channels;) {
    const std::size_t block = first + kChannelBlock <= shape_.out_channels ? kChannelBlock : 1;
    for (std::size_t row = 0; row < area.rows; ++row) {
      HWY_DYNAMIC_DISPATCH(convolve_row)
      ({.input = input.values_.data() + row * input.row_floats_,
        .tap_offsets = input.tap_offsets_.data(),
        .taps = shape_.taps(),
        .weights = weights_.data() + first * shape_.taps(),
        .bias = bias_.data() + first,
        .output = output.values.data() + (first * area.rows + row) * output.stride,
        .output_plane = area.rows * output.stride,
        .columns = area.columns,
        .channels = block,
        .least = rectify_ == Rectify::kYes ? 0.0F : -std::numeric_limits<float>::infinity()});
    }
    first += block;
  }
  return output;
}

}  // namespace undersong
#endif
