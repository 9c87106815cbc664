#include "train/lstm_function.h"

#include <gtest/gtest.h>

namespace undersong {
namespace {

struct Problem {
  at::Tensor x;
  LstmWeights weights;
  LstmState state;
  at::Tensor arriving;  // gradient of the outputs
};

at::Tensor leaf(at::IntArrayRef shape) {
  return (at::rand(shape) - 0.5).mul_(1.4).set_requires_grad(true);
}

constexpr std::int64_t kSteps = 6;
constexpr std::int64_t kRows = 5;
constexpr std::int64_t kUnits = 19;

Problem problem(std::int64_t width) {
  at::manual_seed(2);
  Problem made;
  made.x = leaf({kSteps * kRows, width});
  made.weights = {leaf({width, 4 * kUnits}), leaf({kUnits, 4 * kUnits}), leaf({4 * kUnits})};
  made.state = {at::rand({kRows, kUnits}) - 0.5, at::rand({kRows, kUnits}) - 0.5};
  made.arriving = at::rand({kSteps * kRows, kUnits}) - 0.5;
  return made;
}

struct Answer {
  std::vector<at::Tensor> tensors;  // outputs, state, gradients
};

template <typename Layer>
Answer answer(Problem& given, const Layer& layer) {
  LstmState state = given.state;
  const at::Tensor outputs = layer(state);
  outputs.mul(given.arriving).sum().backward();
  Answer found{{outputs.detach().clone(), state.output, state.cell}};
  for (at::Tensor* tensor :
       {&given.x, &given.weights.kernel, &given.weights.recurrent, &given.weights.bias}) {
    found.tensors.push_back(tensor->grad().clone());
    tensor->mutable_grad() = at::Tensor();
  }
  return found;
}

class LstmOfWidth : public testing::TestWithParam<std::int64_t> {};

// Sums of at most 30 * 19 products below 1 in another order: n * 2^-24 of the sum, below 4e-5.
TEST_P(LstmOfWidth, GivesTheValuesAndGradientsOfTheLibrary) {
  Problem given = problem(GetParam());
  LstmWorkspace workspace;
  const Answer own = answer(given, [&](LstmState& state) {
    return lstm_on_cpu(given.x, given.weights, kSteps, state, workspace);
  });
  const Answer library = answer(given, [&](LstmState& state) {
    return lstm_of_library(given.x, given.weights, kSteps, state);
  });
  const char* const names[] = {"outputs", "last output", "last cell", "x",
                               "kernel",  "recurrent",   "bias"};
  for (std::size_t i = 0; i < own.tensors.size(); ++i) {
    EXPECT_TRUE(at::allclose(own.tensors[i], library.tensors[i], 1e-4, 4e-5)) << names[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Train, LstmOfWidth, testing::Values(1, 13));

TEST(Lstm, UsesItsBuffersAgainWithoutTracesOfTheLastSequence) {
  Problem given = problem(13);
  LstmWorkspace fresh;
  LstmWorkspace used;
  LstmState state;
  lstm_on_cpu(at::rand({9 * 7, 13}), given.weights, 9, state, used);
  const auto with = [&](LstmWorkspace& workspace) {
    return answer(given, [&](LstmState& from) {
      return lstm_on_cpu(given.x, given.weights, kSteps, from, workspace);
    });
  };
  const Answer first = with(fresh);
  const Answer second = with(used);
  for (std::size_t i = 0; i < first.tensors.size(); ++i) {
    EXPECT_TRUE(at::equal(first.tensors[i], second.tensors[i]));
  }
}

}  // namespace
}  // namespace undersong
