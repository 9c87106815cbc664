#include "train/initialisers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "model/architecture.h"

namespace undersong {
namespace {

std::vector<int> columns_of(const Architecture& architecture) {
  return architecture.representation == Representation::kNoteMatrix ? std::vector<int>{9, 5, 7}
                                                                    : std::vector<int>{};
}

TEST(Initialisers, MakeEveryTensorThatTheInferenceEngineReads) {
  for (const Architecture& architecture : architectures()) {
    if (architecture.kind != Architecture::Kind::kNetwork) continue;
    const NetworkSpec spec = architecture.network(21, 10, columns_of(architecture));
    std::vector<TensorSpec> made;
    for (const InitialTensor& tensor : initial_tensors(spec, 1)) {
      made.push_back({tensor.name, tensor.shape});
      std::int64_t count = 1;
      for (const std::int64_t size : tensor.shape) count *= size;
      EXPECT_EQ(static_cast<std::int64_t>(tensor.values.size()), count) << tensor.name;
    }
    const auto by_name = [](const TensorSpec& a, const TensorSpec& b) { return a.name < b.name; };
    std::vector<TensorSpec> read = tensors_of(spec);
    std::sort(made.begin(), made.end(), by_name);
    std::sort(read.begin(), read.end(), by_name);
    EXPECT_EQ(made, read) << architecture.name;
  }
}

TEST(Initialisers, GlorotUniformFillsItsRangeEvenly) {
  Rng rng(4);
  const std::vector<float> values = glorot_uniform(rng, 60000, 100, 200);
  const double range = std::sqrt(6.0 / 300.0);
  double sum = 0.0;
  double squares = 0.0;
  for (const float value : values) {
    ASSERT_LE(std::fabs(double{value}), range);
    sum += double{value};
    squares += double{value} * double{value};
  }
  const double deviation = range / std::sqrt(3.0);
  EXPECT_NEAR(sum / 60000.0, 0.0, 5.0 * deviation / std::sqrt(60000.0));
  EXPECT_NEAR(squares / 60000.0, deviation * deviation, 0.02 * deviation * deviation);
}

TEST(Initialisers, OrthogonalRowsHaveLengthOneAndRightAngles) {
  Rng rng(5);
  constexpr std::size_t kColumns = 96;
  const std::vector<float> rows = orthogonal_rows(rng, 24, kColumns);
  for (std::size_t a = 0; a < 24; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      double dot = 0.0;
      for (std::size_t k = 0; k < kColumns; ++k) {
        dot += double{rows[a * kColumns + k]} * double{rows[b * kColumns + k]};
      }
      EXPECT_NEAR(dot, a == b ? 1.0 : 0.0, 1e-6);
    }
  }
}

TEST(Initialisers, AnLstmStartsWithItsForgetGateOpen) {
  NetworkSpec spec;
  spec.layers = {{.kind = LayerKind::kScaledIndex}, {.kind = LayerKind::kLstm, .units = 2}};
  spec.vocab_size = 3;
  const auto tensors = initial_tensors(spec, 1);
  const auto bias = std::find_if(tensors.begin(), tensors.end(), [](const InitialTensor& tensor) {
    return tensor.name == "layers.1.bias";
  });
  ASSERT_NE(bias, tensors.end());
  EXPECT_EQ(bias->values, (std::vector<float>{0, 0, 1, 1, 0, 0, 0, 0}));
}

TEST(Initialisers, TheSameSeedStartsAlikeAndAnotherDoesNot) {
  const NetworkSpec spec = find_architecture("conv1d").network(5, 10);
  EXPECT_EQ(initial_tensors(spec, 1)[0].values, initial_tensors(spec, 1)[0].values);
  EXPECT_NE(initial_tensors(spec, 1)[0].values, initial_tensors(spec, 2)[0].values);
}

}  // namespace
}  // namespace undersong
