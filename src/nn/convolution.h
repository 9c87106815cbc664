#pragma once
// Convolution of planes (images, or spectra over time), on the widest vectors that the machine has,
// with the same bits on every one: a vector's lanes are neighbouring output columns, and each
// output is one chain of fused multiply-adds over its taps, in order (nn/kernels.h has the
// reasons). Non-goals: several threads within a convolution, steps between rows.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "nn/kernels.h"

namespace undersong {

struct ConvolutionShape {
  std::size_t kernel_rows = 1;
  std::size_t kernel_columns = 1;
  std::size_t in_channels = 1;
  std::size_t out_channels = 1;

  std::size_t taps() const { return kernel_rows * kernel_columns * in_channels; }
};

// What a convolution slides over: where the outputs are, and the zeros around the input.
struct ConvolutionArea {
  std::size_t rows = 1;           // of the output; the input has as many without its padding
  std::size_t columns = 1;        // of the output
  std::size_t column_stride = 1;  // input columns from one output to the next
  std::size_t padding_top = 0;    // rows of zeros; below the input as many as the kernel takes
  std::size_t padding_left = 0;   // columns of zeros; on the right as many as the kernel takes
};

// Padded planes, their columns dealt out by `column_stride`, so that the inputs of neighbouring
// outputs are neighbours too.
class ConvolutionInput {
 public:
  // All zeros.
  ConvolutionInput(const ConvolutionShape& shape, const ConvolutionArea& area);

  // Columns beyond what the kernel reaches are left out.
  void set_row(std::size_t channel, std::size_t row, std::span<const float> values);

  const ConvolutionArea& area() const { return area_; }

 private:
  friend class Convolution;

  ConvolutionArea area_;
  std::size_t phase_floats_ = 0;  // the columns of one remainder
  std::size_t row_floats_ = 0;
  std::size_t plane_floats_ = 0;
  std::vector<float> values_;             // [channel][padded row][remainder][column]
  std::vector<std::size_t> tap_offsets_;  // from the output's column, in the order of the weights
};

// Output planes [channel][row][stride]; what stands in a row behind its columns has no meaning.
struct ConvolutionOutput {
  std::size_t columns = 0;
  std::size_t rows = 0;
  std::size_t stride = 0;
  std::vector<float> values;

  std::span<float> row(std::size_t channel, std::size_t row) {
    return std::span(values).subspan((channel * rows + row) * stride, columns);
  }
  std::span<const float> row(std::size_t channel, std::size_t row) const {
    return std::span(values).subspan((channel * rows + row) * stride, columns);
  }
};

enum class Rectify { kNo, kYes };  // kYes: what is below 0 becomes 0

class Convolution {
 public:
  // Shapes: weights [kernel_rows][kernel_columns][in_channels][out_channels], bias [out_channels].
  Convolution(const ConvolutionShape& shape, std::span<const float> weights,
              std::span<const float> bias, Rectify rectify);

  const ConvolutionShape& shape() const { return shape_; }

  // `input` was made with this shape.
  ConvolutionOutput apply(const ConvolutionInput& input) const;

 private:
  ConvolutionShape shape_;
  Rectify rectify_;
  AlignedFloats weights_;  // blocks of four channels [tap][4], then single ones [tap]
  std::vector<float> bias_;
};

namespace detail {

// Output channels that are computed together, as far as there are so many.
inline constexpr std::size_t kChannelBlock = 4;

// One row of the output of one or kChannelBlock channels.
struct ConvolutionRow {
  const float* input;  // the first tap of the first column
  const std::size_t* tap_offsets;
  std::size_t taps;
  const float* weights;  // [taps][channels]
  const float* bias;     // [channels]
  float* output;         // the first channel's row
  std::size_t output_plane;
  std::size_t columns;
  std::size_t channels;
  float least;  // outputs are at least this
};

}  // namespace detail
}  // namespace undersong
