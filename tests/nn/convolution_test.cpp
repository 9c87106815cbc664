#include "nn/convolution.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"

namespace undersong {
namespace {

std::vector<float> random_floats(std::size_t n, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values(n);
  for (float& value : values) value = static_cast<float>(2.0 * rng.uniform() - 1.0);
  return values;
}

struct Case {
  ConvolutionShape shape;
  ConvolutionArea area;
  std::size_t in_columns;
};

// What a convolution is, in double precision: input [channel][row][column], zeros around it.
double direct(const Case& c, const std::vector<float>& input, const std::vector<float>& weights,
              std::size_t out, std::size_t row, std::size_t column) {
  double sum = 0.0;
  for (std::size_t i = 0; i < c.shape.kernel_rows; ++i) {
    for (std::size_t j = 0; j < c.shape.kernel_columns; ++j) {
      const std::size_t padded_row = row + i;
      const std::size_t padded_column = column * c.area.column_stride + j;
      if (padded_row < c.area.padding_top || padded_row >= c.area.padding_top + c.area.rows)
        continue;
      if (padded_column < c.area.padding_left ||
          padded_column >= c.area.padding_left + c.in_columns)
        continue;
      for (std::size_t in = 0; in < c.shape.in_channels; ++in) {
        const std::size_t from =
            (in * c.area.rows + padded_row - c.area.padding_top) * c.in_columns + padded_column -
            c.area.padding_left;
        const std::size_t weight =
            ((i * c.shape.kernel_columns + j) * c.shape.in_channels + in) * c.shape.out_channels +
            out;
        sum += static_cast<double>(input[from]) * static_cast<double>(weights[weight]);
      }
    }
  }
  return sum;
}

ConvolutionOutput convolve(const Case& c, const std::vector<float>& input,
                           const std::vector<float>& weights, const std::vector<float>& bias,
                           Rectify rectify) {
  ConvolutionInput planes(c.shape, c.area);
  for (std::size_t channel = 0; channel < c.shape.in_channels; ++channel) {
    for (std::size_t row = 0; row < c.area.rows; ++row)
      planes.set_row(
          channel, row,
          std::span(input).subspan((channel * c.area.rows + row) * c.in_columns, c.in_columns));
  }
  return Convolution(c.shape, weights, bias, rectify).apply(planes);
}

const std::vector<Case> kCases = {
    {{3, 5, 2, 4}, {.rows = 6, .columns = 37, .padding_top = 1, .padding_left = 2}, 37},
    {{1, 1, 1, 1}, {.rows = 1, .columns = 1}, 1},
    {{7, 7, 1, 9},
     {.rows = 3, .columns = 88, .column_stride = 3, .padding_top = 3, .padding_left = 2},
     264},
    {{1, 16, 1, 5}, {.rows = 1, .columns = 20, .column_stride = 8}, 168},
    {{1, 16, 1, 1}, {.rows = 1, .columns = 101, .column_stride = 2, .padding_left = 7}, 200},
};

TEST(Convolution, IsWhatTheSumOverItsTapsSays) {
  for (std::size_t n = 0; n < kCases.size(); ++n) {
    const Case& c = kCases[n];
    const auto input = random_floats(c.shape.in_channels * c.area.rows * c.in_columns, n);
    const auto weights = random_floats(c.shape.taps() * c.shape.out_channels, 100 + n);
    const auto bias = random_floats(c.shape.out_channels, 200 + n);
    const ConvolutionOutput output = convolve(c, input, weights, bias, Rectify::kNo);
    for (std::size_t out = 0; out < c.shape.out_channels; ++out) {
      for (std::size_t row = 0; row < c.area.rows; ++row) {
        for (std::size_t column = 0; column < c.area.columns; ++column)
          ASSERT_NEAR(output.row(out, row)[column],
                      direct(c, input, weights, out, row, column) + static_cast<double>(bias[out]),
                      2e-5)
              << "case " << n << ", channel " << out << ", row " << row << ", column " << column;
      }
    }
  }
}

TEST(Convolution, RectifiedHasNothingBelowZero) {
  const Case& c = kCases.front();
  const auto input = random_floats(c.shape.in_channels * c.area.rows * c.in_columns, 1);
  const auto weights = random_floats(c.shape.taps() * c.shape.out_channels, 2);
  const auto bias = random_floats(c.shape.out_channels, 3);
  const ConvolutionOutput plain = convolve(c, input, weights, bias, Rectify::kNo);
  const ConvolutionOutput rectified = convolve(c, input, weights, bias, Rectify::kYes);
  int negative = 0;
  for (std::size_t i = 0; i < plain.values.size(); ++i) {
    if (plain.values[i] < 0.0F) ++negative;
    ASSERT_EQ(rectified.values[i], std::max(plain.values[i], 0.0F));
  }
  EXPECT_GT(negative, 0);
}

TEST(Convolution, GivesTheSameBitsOnEveryTarget) {
  for (std::size_t n = 0; n < kCases.size(); ++n) {
    const Case& c = kCases[n];
    const auto input = random_floats(c.shape.in_channels * c.area.rows * c.in_columns, n);
    const auto weights = random_floats(c.shape.taps() * c.shape.out_channels, 100 + n);
    const auto bias = random_floats(c.shape.out_channels, 200 + n);
    choose_best_target();
    const ConvolutionOutput best = convolve(c, input, weights, bias, Rectify::kNo);
    for (const std::int64_t target : vector_targets()) {
      force_target(target);
      const ConvolutionOutput other = convolve(c, input, weights, bias, Rectify::kNo);
      for (std::size_t out = 0; out < c.shape.out_channels; ++out) {
        for (std::size_t row = 0; row < c.area.rows; ++row) {
          const auto a = best.row(out, row);
          const auto b = other.row(out, row);
          ASSERT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end()))
              << target_name(target) << ", case " << n;
        }
      }
    }
    choose_best_target();
  }
}

}  // namespace
}  // namespace undersong
