#include "train/kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/rng.h"

namespace undersong {
namespace {

std::vector<float> random_values(Rng& rng, std::size_t count, double range) {
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>((2.0 * rng.uniform() - 1.0) * range);
  return values;
}

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

TEST(TrainKernels, GatesOfAnLstmAreTheTextbooksToAFewUnitsInTheLastPlace) {
  constexpr std::int64_t kUnits = 37;  // no multiple of any vector's width
  Rng rng(1);
  const std::vector<float> before = random_values(rng, kUnits, 2.0);
  std::vector<float> gates = random_values(rng, 4 * kUnits, 12.0);
  const std::vector<float> products = gates;
  std::vector<float> cell(kUnits);
  std::vector<float> output(kUnits);
  lstm_gates_forward(1, kUnits, gates.data(), before.data(), cell.data(), output.data());
  for (std::size_t k = 0; k < kUnits; ++k) {
    const auto product = [&](std::size_t gate) { return double{products[gate * kUnits + k]}; };
    const double c =
        sigmoid(product(1)) * double{before[k]} + sigmoid(product(0)) * std::tanh(product(2));
    EXPECT_NEAR(cell[k], c, 1e-6);
    EXPECT_NEAR(output[k], sigmoid(product(3)) * std::tanh(c), 1e-6);
  }
}

TEST(TrainKernels, GatesStayFiniteFarOut) {
  std::vector<float> gates = {1000.0F, -1000.0F, 1000.0F, -1000.0F};
  const float before = 5.0F;
  float cell = 0.0F;
  float output = 0.0F;
  lstm_gates_forward(1, 1, gates.data(), &before, &cell, &output);
  EXPECT_FLOAT_EQ(cell, 1.0F);
  EXPECT_NEAR(output, 0.0F, 1e-30F);
}

TEST(TrainKernels, DropoutKeepsTheShareThatItShouldAndScalesIt) {
  constexpr std::int64_t kRows = 200;
  constexpr std::int64_t kUnits = 500;
  const std::vector<float> in(kRows * kUnits, 1.0F);
  std::vector<float> out(in.size());
  apply_dropout({.key = 7, .rate = 0.25, .rows = kRows, .units = kUnits, .batch_rows = kRows},
                in.data(), out.data());
  double dropped = 0.0;
  for (const float value : out) {
    if (value == 0.0F) {
      dropped += 1.0;
    } else {
      EXPECT_FLOAT_EQ(value, 1.0F / 0.75F);
    }
  }
  // Five standard deviations of 100,000 draws.
  EXPECT_NEAR(dropped / 1e5, 0.25, 5.0 * std::sqrt(0.25 * 0.75 / 1e5));
}

TEST(TrainKernels, DropoutOfASharedBatchIsTheDropoutOfTheWhole) {
  constexpr std::int64_t kSteps = 3;
  constexpr std::int64_t kUnits = 11;
  const DropoutMask whole{
      .key = 9, .rate = 0.5, .steps = kSteps, .rows = 5, .units = kUnits, .batch_rows = 5};
  DropoutMask part = whole;
  part.rows = 2;
  part.first_row = 3;
  const std::vector<float> ones(kSteps * 5 * kUnits, 1.0F);
  std::vector<float> all(ones.size());
  std::vector<float> some(kSteps * 2 * kUnits);
  apply_dropout(whole, ones.data(), all.data());
  apply_dropout(part, ones.data(), some.data());
  for (std::size_t t = 0; t < kSteps; ++t) {
    for (std::size_t i = 0; i < 2 * kUnits; ++i) {
      EXPECT_EQ(some[t * 2 * kUnits + i], all[(t * 5 + 3) * kUnits + i]);
    }
  }
}

TEST(TrainKernels, SoftmaxAndMaximumAgreeWithTheirDefinitionAndItsGradient) {
  constexpr std::size_t kSteps = 3;
  constexpr std::size_t kClasses = 21;
  Rng rng(3);
  std::vector<float> logits = random_values(rng, kSteps * kClasses, 3.0);
  const std::vector<float> grad = random_values(rng, kClasses, 1.0);
  std::vector<float> log_sums(kSteps);
  std::vector<float> out(kClasses);
  std::vector<std::int32_t> best(kClasses);
  const auto value = [&] {
    softmax_max_forward(kSteps, 1, kClasses, logits.data(), log_sums.data(), out.data(),
                        best.data());
    double sum = 0.0;
    for (std::size_t k = 0; k < kClasses; ++k) sum += double{grad[k]} * double{out[k]};
    return sum;
  };
  value();
  std::vector<float> analytic(logits.size());
  softmax_max_backward(kSteps, 1, kClasses, logits.data(), log_sums.data(), best.data(),
                       grad.data(), analytic.data());
  for (std::size_t k = 0; k < kClasses; ++k) {
    double largest = -1e9;
    for (std::size_t t = 0; t < kSteps; ++t) {
      double sum = 0.0;
      for (std::size_t j = 0; j < kClasses; ++j) sum += std::exp(double{logits[t * kClasses + j]});
      largest = std::max(largest, double{logits[t * kClasses + k]} - std::log(sum));
    }
    EXPECT_NEAR(out[k], largest, 2e-6);
  }
  for (std::size_t i = 0; i < logits.size(); i += 5) {
    const float kept = logits[i];
    constexpr float kStep = 1e-2F;
    logits[i] = kept + kStep;
    const double above = value();
    logits[i] = kept - kStep;
    const double below = value();
    logits[i] = kept;
    EXPECT_NEAR(analytic[i], (above - below) / (2.0 * double{kStep}), 2e-3);
  }
}

TEST(TrainKernels, AdamaxMakesTheStepsThatAreWorkedOutByHand) {
  // Gradients 2 and -1, each in two halves as two workers would hold them.
  const float half_of_two = 1.0F;
  const float half_of_minus_one = -0.5F;
  float moment = 0.0F;
  float norm = 0.0F;
  float parameter = 1.0F;
  const float* first[] = {&half_of_two, &half_of_two, nullptr};
  adamax_update({.rate = 0.01F / (1.0F - 0.9F)}, first, 1, &moment, &norm, &parameter);
  EXPECT_FLOAT_EQ(moment, 0.2F);      // 0.9 * 0 + 0.1 * 2
  EXPECT_FLOAT_EQ(norm, 2.0F);        // max(0.999 * 0, 2)
  EXPECT_FLOAT_EQ(parameter, 0.99F);  // 1 - 0.1 * 0.2 / 2
  const float* second[] = {&half_of_minus_one, &half_of_minus_one};
  adamax_update({.rate = 0.01F / (1.0F - 0.81F)}, second, 1, &moment, &norm, &parameter);
  EXPECT_FLOAT_EQ(moment, 0.08F);  // 0.9 * 0.2 + 0.1 * -1
  EXPECT_FLOAT_EQ(norm, 1.998F);   // max(0.999 * 2, 1)
  EXPECT_NEAR(parameter, 0.99 - 0.01 / 0.19 * 0.08 / 1.998, 1e-6);
}

}  // namespace
}  // namespace undersong
