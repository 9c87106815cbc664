#include "train/muon.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.h"
#include "train/decoder_examples.h"

namespace undersong {
namespace {

std::vector<float> numbers(std::uint64_t seed, std::int64_t count) {
  Rng rng(seed);
  std::vector<float> out;
  for (std::int64_t i = 0; i < count; ++i) {
    out.push_back(static_cast<float>(2.0 * rng.uniform() - 1.0));
  }
  return out;
}

at::Tensor tensor_of(const std::vector<float>& values) {
  const at::Tensor out = at::empty({static_cast<std::int64_t>(values.size())});
  std::copy(values.begin(), values.end(), out.data_ptr<float>());
  return out;
}

// The change of a matrix of zeros by one step of rate 1, without the scale of its shape.
std::vector<float> direction_of(std::int64_t rows, std::int64_t columns) {
  const MuonMatrix matrix{0, rows, columns};
  std::vector<float> moment(static_cast<std::size_t>(matrix.count()), 0.0F);
  std::vector<float> values = moment;
  const std::vector<float> gradient = numbers(1, matrix.count());
  muon_update({.rate = 1.0F}, matrix, gradient.data(), moment.data(), values.data());
  const float scale = 0.2F * std::sqrt(static_cast<float>(std::max(rows, columns)));
  for (float& value : values) value /= -scale;
  return values;
}

TEST(Muon, StepsAreAboutAsLongInEveryDirection) {
  for (const auto& [rows, columns] : {std::pair{24, 40}, std::pair{40, 24}, std::pair{24, 24}}) {
    const at::Tensor x = tensor_of(direction_of(rows, columns)).view({rows, columns});
    const at::Tensor small = rows > columns ? at::mm(x.t(), x) : at::mm(x, x.t());
    const at::Tensor squares = at::linalg_eigvalsh(small);
    EXPECT_LT(squares.max().item<double>(), 1.3 * 1.3);
    // A square matrix of chance has directions that are nearly flat; five rounds lift the others.
    EXPECT_GT(squares.median().item<double>(), 0.65 * 0.65);
    if (rows != columns) {
      EXPECT_GT(squares.min().item<double>(), 0.5 * 0.5);
    }
  }
}

TEST(Muon, StepsDownTheGradient) {
  const std::vector<float> direction = direction_of(24, 40);
  const std::vector<float> gradient = numbers(1, 24 * 40);
  double along = 0.0;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    along += static_cast<double>(direction[i]) * static_cast<double>(gradient[i]);
  }
  EXPECT_GT(along, 0.0);
}

TEST(Muon, IsTheSameInOurProductsAndTheLibrarys) {
  const MuonMatrix matrix{6, 24, 40};
  const MuonStep step{.rate = 0.1F, .decay = 0.1F, .gradient_scale = 0.5F};
  const std::int64_t count = matrix.offset + matrix.count() + 5;
  const std::vector<float> gradient = numbers(1, count);
  std::vector<float> moment = numbers(2, count);
  std::vector<float> values = numbers(3, count);
  at::Tensor moments = tensor_of(moment);
  at::Tensor parameters = tensor_of(values);
  muon_update(step, matrix, gradient.data() + 6, moment.data() + 6, values.data() + 6);
  muon_update(step, matrix, tensor_of(gradient), moments, parameters);
  EXPECT_LT((moments - tensor_of(moment)).abs().max().item<double>(), 1e-5);
  // Products of bfloat16 here.
  EXPECT_LT((parameters - tensor_of(values)).abs().max().item<double>(), 0.01);
  EXPECT_GT((parameters - tensor_of(numbers(3, count))).abs().max().item<double>(), 0.03);
}

TEST(Muon, TakesEachMatrixOfTheLayersApart) {
  const DecoderSpec spec = small_decoder();
  const DecoderLayout layout(spec);
  const auto matrices = muon_matrices(spec, layout);
  EXPECT_EQ(matrices.size(), 7U * 2U);
  std::int64_t at = 0;
  for (const MuonMatrix& matrix : matrices) {
    EXPECT_EQ(matrix.offset, at);
    at += matrix.count();
  }
  EXPECT_EQ(at, layout.decayed);
}

}  // namespace
}  // namespace undersong
