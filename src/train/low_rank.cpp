#include "train/low_rank.h"

#include <algorithm>
#include <cmath>

#include "base/rng.h"

namespace undersong {

LowRank::LowRank(const DecoderLayout& layout, std::int64_t rank, std::uint64_t seed,
                 const at::Tensor& values)
    : rank_(rank), base_(values.clone()) {
  const Rng rng = Rng(seed).fork("low rank");
  std::vector<float> factors;
  for (std::int64_t m = 0; m < layout.matrices; ++m) {
    const DecoderParameter& matrix = layout.parameters[static_cast<std::size_t>(m)];
    const std::int64_t out = matrix.shape[0];
    const std::int64_t in = matrix.shape[1];
    const auto first = static_cast<std::int64_t>(factors.size());
    pairs_.push_back({matrix.offset, out, in, first, first + rank * in});
    Rng own = rng.fork(matrix.name);
    const double range = std::sqrt(3.0 / static_cast<double>(in));
    for (std::int64_t i = 0; i < rank * in; ++i) {
      factors.push_back(static_cast<float>((2.0 * own.uniform() - 1.0) * range));
    }
    factors.insert(factors.end(), static_cast<std::size_t>(out * rank), 0.0F);
  }
  const at::Tensor here = at::empty({static_cast<std::int64_t>(factors.size())});
  std::copy(factors.begin(), factors.end(), here.data_ptr<float>());
  factors_ = here.to(values.device());
}

at::Tensor LowRank::a(const at::Tensor& factors, const Pair& pair) const {
  return factors.narrow(0, pair.a, rank_ * pair.in).view({rank_, pair.in});
}

at::Tensor LowRank::b(const at::Tensor& factors, const Pair& pair) const {
  return factors.narrow(0, pair.b, pair.out * rank_).view({pair.out, rank_});
}

void LowRank::start_from(const at::Tensor& values) {
  const at::NoGradGuard no_gradient;
  base_.copy_(values);
}

at::Tensor LowRank::gradient(const at::Tensor& gradients) const {
  const at::NoGradGuard no_gradient;
  at::Tensor out = at::empty_like(factors_);
  for (const Pair& pair : pairs_) {
    const at::Tensor whole =
        gradients.narrow(0, pair.offset, pair.out * pair.in).view({pair.out, pair.in});
    at::Tensor grad_a = a(out, pair);
    at::Tensor grad_b = b(out, pair);
    at::mm_out(grad_a, b(factors_, pair).t(), whole);
    at::mm_out(grad_b, whole, a(factors_, pair).t());
  }
  return out;
}

void LowRank::apply(at::Tensor& values) const {
  const at::NoGradGuard no_gradient;
  for (const Pair& pair : pairs_) {
    const std::int64_t count = pair.out * pair.in;
    at::Tensor whole = values.narrow(0, pair.offset, count).view({pair.out, pair.in});
    whole.copy_(base_.narrow(0, pair.offset, count).view({pair.out, pair.in}));
    whole.addmm_(b(factors_, pair), a(factors_, pair));
  }
}

}  // namespace undersong
