#include "train/muon.h"

#include <algorithm>
#include <cmath>

#include "train/decoder_kernels.h"
#include "train/matrix_products.h"

namespace undersong {
namespace {

// Five rounds of an odd polynomial that sends singular values in (0, 1] near 1.
constexpr int kRounds = 5;
constexpr float kA = 3.4445F;
constexpr float kB = -4.7750F;
constexpr float kC = 2.0315F;
constexpr float kLike = 0.2F;  // root of the mean square of Adam's steps

float step_size(const MuonStep& step, const MuonMatrix& matrix) {
  return step.rate * kLike * std::sqrt(static_cast<float>(std::max(matrix.rows, matrix.columns)));
}

// x [n, m], n <= m, in place.
void orthogonalise(std::int64_t n, std::int64_t m, std::vector<float>& x) {
  thread_local std::vector<float> gram;
  thread_local std::vector<float> mixed;
  thread_local std::vector<float> next;
  gram.resize(static_cast<std::size_t>(n * n));
  mixed.resize(gram.size());
  next.resize(x.size());
  const auto norm = static_cast<float>(std::sqrt(sum_of_squares(n * m, x.data())));
  const float scale = 1.0F / (norm + 1e-7F);
  for (float& value : x) value *= scale;
  for (int round = 0; round < kRounds; ++round) {
    multiply(n, n, m, {x.data(), m, false}, {x.data(), m, true}, gram.data(), n, Sum::kReplace);
    multiply(n, n, n, {gram.data(), n, false}, {gram.data(), n, false}, mixed.data(), n,
             Sum::kReplace);
    for (std::size_t i = 0; i < gram.size(); ++i) mixed[i] = kB * gram[i] + kC * mixed[i];
    multiply(n, m, n, {mixed.data(), n, false}, {x.data(), m, false}, next.data(), m,
             Sum::kReplace);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = kA * x[i] + next[i];
  }
}

}  // namespace

std::vector<MuonMatrix> muon_matrices(const DecoderSpec& spec, const DecoderLayout& layout) {
  std::vector<MuonMatrix> matrices;
  const std::int64_t head = spec.head_width();
  for (std::int64_t i = 0; i < layout.matrices; ++i) {
    const DecoderParameter& p = layout.parameters[static_cast<std::size_t>(i)];
    std::vector<std::int64_t> parts = {p.shape[0]};
    if (p.name.ends_with(".qkv")) {
      parts = {spec.heads * head, spec.kv_heads * head, spec.kv_heads * head};
    } else if (p.name.ends_with(".gate_up")) {
      parts = {spec.hidden, spec.hidden};
    }
    std::int64_t offset = p.offset;
    for (const std::int64_t rows : parts) {
      matrices.push_back({offset, rows, p.shape[1]});
      offset += rows * p.shape[1];
    }
  }
  return matrices;
}

void muon_update(const MuonStep& step, const MuonMatrix& matrix, const float* gradient,
                 float* moment, float* parameter) {
  const std::int64_t rows = matrix.rows;
  const std::int64_t columns = matrix.columns;
  const bool tall = rows > columns;
  thread_local std::vector<float> direction;
  direction.resize(static_cast<std::size_t>(matrix.count()));
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      const std::int64_t i = r * columns + c;
      const float g = gradient[i] * step.gradient_scale;
      moment[i] = step.momentum * moment[i] + g;
      const std::int64_t to = tall ? c * rows + r : i;
      direction[static_cast<std::size_t>(to)] = g + step.momentum * moment[i];
    }
  }
  orthogonalise(std::min(rows, columns), std::max(rows, columns), direction);
  const float size = step_size(step, matrix);
  const float kept = 1.0F - step.rate * step.decay;
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      const std::int64_t i = r * columns + c;
      const std::int64_t from = tall ? c * rows + r : i;
      parameter[i] = parameter[i] * kept - size * direction[static_cast<std::size_t>(from)];
    }
  }
}

void muon_update(const MuonStep& step, const MuonMatrix& matrix, const at::Tensor& gradients,
                 at::Tensor& moments, at::Tensor& parameters) {
  const at::NoGradGuard no_gradient;
  const auto part = [&](const at::Tensor& flat) {
    return flat.narrow(0, matrix.offset, matrix.count()).view({matrix.rows, matrix.columns});
  };
  const double momentum = static_cast<double>(step.momentum);
  const at::Tensor gradient = part(gradients) * static_cast<double>(step.gradient_scale);
  at::Tensor moment = part(moments);
  moment.mul_(momentum).add_(gradient);
  at::Tensor x = gradient + moment * momentum;
  x = (x / (x.norm() + 1e-7)).to(x.is_cuda() ? at::kBFloat16 : at::kFloat);
  const bool tall = matrix.rows > matrix.columns;
  if (tall) x = x.t();
  for (int round = 0; round < kRounds; ++round) {
    const at::Tensor gram = at::mm(x, x.t());
    const at::Tensor mixed =
        gram * static_cast<double>(kB) + at::mm(gram, gram) * static_cast<double>(kC);
    x = x * static_cast<double>(kA) + at::mm(mixed, x);
  }
  if (tall) x = x.t();
  at::Tensor parameter = part(parameters);
  parameter.mul_(1.0 - static_cast<double>(step.rate) * static_cast<double>(step.decay));
  parameter.sub_(x.to(at::kFloat) * static_cast<double>(step_size(step, matrix)));
}

}  // namespace undersong
