#include "nn/kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/rng.h"

namespace undersong {
namespace {

// Runs `action` on every vector target, and leaves the best one in use.
template <typename Action>
void on_every_target(Action&& action) {
  for (const std::int64_t target : vector_targets()) {
    SCOPED_TRACE(target_name(target));
    force_target(target);
    action();
  }
  choose_best_target();
}

double units_in_last_place(float got, double expected) {
  const auto nearest = static_cast<float>(std::abs(expected));
  const double unit =
      static_cast<double>(std::nextafter(nearest, HUGE_VALF)) - static_cast<double>(nearest);
  return std::abs(static_cast<double>(got) - expected) / unit;
}

// The largest error of `kernel` against `exact` over evenly spread arguments.
template <typename Kernel, typename Exact>
double worst_error(Kernel&& kernel, Exact&& exact, double low, double high) {
  constexpr std::size_t kCount = 160000;
  AlignedFloats values(kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    values[i] = static_cast<float>(low + (high - low) * static_cast<double>(i) / kCount);
  }
  const AlignedFloats arguments = values;
  kernel(values.data(), kCount);
  double worst = 0.0;
  for (std::size_t i = 0; i < kCount; ++i) {
    worst =
        std::max(worst, units_in_last_place(values[i], exact(static_cast<double>(arguments[i]))));
  }
  return worst;
}

TEST(Kernels, HaveAScalarTargetAndListTheBestFirst) {
  const auto targets = vector_targets();
  ASSERT_FALSE(targets.empty());
  for (const std::int64_t target : targets) {
    EXPECT_EQ(target_name(target).find("SSE"), std::string::npos) << "has no fused multiply-add";
  }
#if defined(__x86_64__)
  const std::string last = target_name(targets.back());
  EXPECT_TRUE(last == "SCALAR" || last == "EMU128") << last;
#endif
}

TEST(Kernels, ExpIsWithinTwoUnitsOfTheLastPlace) {
  on_every_target([] {
    const auto exact = [](double x) { return std::exp(x); };
    EXPECT_LE(worst_error(exp_in_place, exact, -87.3, 88.0), 2.0);
    EXPECT_LE(worst_error(exp_in_place, exact, -1.0, 1.0), 2.0);
  });
}

TEST(Kernels, SigmoidIsWithinFourUnitsOfTheLastPlace) {
  on_every_target([] {
    const auto exact = [](double x) { return 1.0 / (1.0 + std::exp(-x)); };
    EXPECT_LE(worst_error(sigmoid_in_place, exact, -80.0, 80.0), 4.0);
    EXPECT_LE(worst_error(sigmoid_in_place, exact, -4.0, 4.0), 4.0);
  });
}

TEST(Kernels, TanhIsWithinFiveUnitsOfTheLastPlace) {
  on_every_target([] {
    const auto exact = [](double x) { return std::tanh(x); };
    EXPECT_LE(worst_error(tanh_in_place, exact, -40.0, 40.0), 5.0);
    EXPECT_LE(worst_error(tanh_in_place, exact, -1.0, 1.0), 5.0);
    EXPECT_LE(worst_error(tanh_in_place, exact, -1e-3, 1e-3), 5.0);
  });
}

TEST(Kernels, StayFiniteFarOutside) {
  on_every_target([] {
    AlignedFloats values(16, -1e30F);
    values[1] = 1e30F;
    AlignedFloats squashed = values;
    exp_in_place(values.data(), 2);
    EXPECT_LT(values[0], 1.3e-38F);
    EXPECT_TRUE(std::isfinite(values[1]));
    AlignedFloats sigmoids = squashed;
    sigmoid_in_place(sigmoids.data(), 2);
    EXPECT_LT(sigmoids[0], 1e-37F);
    EXPECT_EQ(sigmoids[1], 1.0F);
    tanh_in_place(squashed.data(), 2);
    EXPECT_EQ(squashed[0], -1.0F);
    EXPECT_EQ(squashed[1], 1.0F);
  });
}

// [1 2] * [[1 2 3], [10 20 30]] + [0.5 0 0].
TEST(Kernels, MultiplyByHand) {
  on_every_target([] {
    const std::vector<float> values = {1, 2, 3, 10, 20, 30};
    const PackedMatrix matrix(values, 2, 3);
    const std::vector<float> x = {1, 2};
    AlignedFloats y(matrix.padded_out());
    y[0] = 0.5F;
    AlignedFloats scratch(2);
    const float* const in = x.data();
    float* const out = y.data();
    multiply_add(matrix, {&in, 1}, {&out, 1}, scratch);
    EXPECT_EQ(y[0], 21.5F);
    EXPECT_EQ(y[1], 42.0F);
    EXPECT_EQ(y[2], 63.0F);
    EXPECT_EQ(y[3], 0.0F);
  });
}

// Each output is one chain of fused multiply-adds, whatever rows stand beside it.
TEST(Kernels, MultiplyEveryNumberOfRowsToTheBit) {
  Rng rng(1);
  const auto draw = [&] { return static_cast<float>(2.0 * rng.uniform() - 1.0); };
  const std::size_t in = 37;
  const std::size_t out = 75;
  std::vector<float> values(in * out);
  std::ranges::generate(values, draw);
  const PackedMatrix matrix(values, in, out);
  for (std::size_t rows = 0; rows <= 30; ++rows) {
    std::vector<std::vector<float>> x(rows, std::vector<float>(in));
    std::vector<AlignedFloats> start(rows, AlignedFloats(matrix.padded_out()));
    for (auto& row : x) std::ranges::generate(row, draw);
    for (auto& row : start) std::ranges::generate(row, draw);
    auto expected = start;
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t j = 0; j < out; ++j) {
        for (std::size_t i = 0; i < in; ++i) {
          expected[r][j] = std::fma(x[r][i], values[i * out + j], expected[r][j]);
        }
      }
    }
    on_every_target([&] {
      auto y = start;
      AlignedFloats scratch(rows * in);
      std::vector<const float*> ins;
      std::vector<float*> outs;
      for (std::size_t r = 0; r < rows; ++r) {
        ins.push_back(x[r].data());
        outs.push_back(y[r].data());
      }
      multiply_add(matrix, ins, outs, scratch);
      for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t j = 0; j < out; ++j) EXPECT_EQ(y[r][j], expected[r][j]);
      }
    });
  }
}

TEST(Kernels, GiveTheSameBitsOnEveryTarget) {
  Rng rng(2);
  AlignedFloats arguments(4096);
  for (float& value : arguments) value = static_cast<float>(40.0 * rng.uniform() - 20.0);
  std::vector<AlignedFloats> first;
  on_every_target([&] {
    std::vector<AlignedFloats> results(3, arguments);
    exp_in_place(results[0].data(), arguments.size());
    sigmoid_in_place(results[1].data(), arguments.size());
    tanh_in_place(results[2].data(), arguments.size());
    if (first.empty()) first = results;
    for (std::size_t k = 0; k < results.size(); ++k) {
      for (std::size_t i = 0; i < arguments.size(); ++i) {
        EXPECT_EQ(std::bit_cast<std::uint32_t>(results[k][i]),
                  std::bit_cast<std::uint32_t>(first[k][i]))
            << arguments[i];
      }
    }
  });
}

}  // namespace
}  // namespace undersong
