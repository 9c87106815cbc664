#include "train/kernels.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "train/vector_math.h"

namespace undersong {
namespace {

UNDERSONG_INLINE float tanh_of(float x) { return 1.0F - 2.0F / (1.0F + fast_exp(2.0F * x)); }

UNDERSONG_CLONES void dropout_row(std::uint32_t key_low, std::uint32_t key_high,
                                  std::uint32_t first, std::uint32_t threshold, float scale,
                                  std::int64_t count, const float* __restrict in,
                                  float* __restrict out) {
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint32_t place = first + static_cast<std::uint32_t>(i);
    const std::uint32_t drawn = mixed_bits(mixed_bits(place ^ key_low) + key_high);
    out[i] = drawn < threshold ? 0.0F : in[i] * scale;
  }
}

UNDERSONG_CLONES float largest(std::int64_t count, const float* __restrict x) {
  float best = x[0];
  for (std::int64_t i = 1; i < count; ++i) best = x[i] > best ? x[i] : best;
  return best;
}

// Sums exp(x - shift) in 16 lanes of fixed order, so that every width adds alike.
UNDERSONG_CLONES float sum_of_exps(std::int64_t count, float shift, const float* __restrict x) {
  constexpr std::int64_t kLanes = 16;
  float lanes[kLanes] = {};
  const std::int64_t whole = count - count % kLanes;
  for (std::int64_t i = 0; i < whole; i += kLanes) {
    for (std::int64_t k = 0; k < kLanes; ++k) lanes[k] += fast_exp(x[i + k] - shift);
  }
  float sum = 0.0F;
  for (const float lane : lanes) sum += lane;
  for (std::int64_t i = whole; i < count; ++i) sum += fast_exp(x[i] - shift);
  return sum;
}

UNDERSONG_CLONES void keep_larger(std::int64_t count, float log_sum, std::int32_t step,
                                  const float* __restrict logits, float* __restrict out,
                                  std::int32_t* __restrict best) {
  for (std::int64_t k = 0; k < count; ++k) {
    const float value = logits[k] - log_sum;
    const bool larger = value > out[k];
    out[k] = larger ? value : out[k];
    best[k] = larger ? step : best[k];
  }
}

// Gradient of one position: what arrives at the classes whose largest value it holds, less its
// softmax times the sum of that.
UNDERSONG_CLONES void softmax_max_grad(std::int64_t count, float log_sum, float total,
                                       std::int32_t step, const float* __restrict logits,
                                       const float* __restrict grad,
                                       const std::int32_t* __restrict best, float* __restrict out) {
  for (std::int64_t k = 0; k < count; ++k) {
    const float direct = best[k] == step ? grad[k] : 0.0F;
    out[k] = direct - fast_exp(logits[k] - log_sum) * total;
  }
}

UNDERSONG_CLONES void gates_forward_row(std::int64_t units, float* __restrict gates,
                                        const float* __restrict cell_before, float* __restrict cell,
                                        float* __restrict output) {
  float* __restrict in = gates;
  float* __restrict forget = gates + units;
  float* __restrict candidate = gates + 2 * units;
  float* __restrict out = gates + 3 * units;
#pragma GCC ivdep
  for (std::int64_t k = 0; k < units; ++k) {
    const float i = sigmoid(in[k]);
    const float f = sigmoid(forget[k]);
    const float g = tanh_of(candidate[k]);
    const float o = sigmoid(out[k]);
    const float c = f * cell_before[k] + i * g;
    in[k] = i;
    forget[k] = f;
    candidate[k] = g;
    out[k] = o;
    cell[k] = c;
    output[k] = o * tanh_of(c);
  }
}

UNDERSONG_CLONES void gates_backward_row(std::int64_t units, float* __restrict gates,
                                         const float* __restrict cell_before,
                                         const float* __restrict cell,
                                         const float* __restrict grad_output,
                                         const float* __restrict grad_next,
                                         float* __restrict grad_cell) {
  float* __restrict in = gates;
  float* __restrict forget = gates + units;
  float* __restrict candidate = gates + 2 * units;
  float* __restrict out = gates + 3 * units;
#pragma GCC ivdep
  for (std::int64_t k = 0; k < units; ++k) {
    const float i = in[k];
    const float f = forget[k];
    const float g = candidate[k];
    const float o = out[k];
    const float squashed = tanh_of(cell[k]);
    const float grad_h = grad_output[k] + grad_next[k];
    const float grad_c = grad_cell[k] + grad_h * o * (1.0F - squashed * squashed);
    in[k] = grad_c * g * i * (1.0F - i);
    forget[k] = grad_c * cell_before[k] * f * (1.0F - f);
    candidate[k] = grad_c * i * (1.0F - g * g);
    out[k] = grad_h * squashed * o * (1.0F - o);
    grad_cell[k] = grad_c * f;
  }
}

UNDERSONG_CLONES void adamax_run(const AdamaxStep step, std::int64_t count,
                                 const float* __restrict gradient, float* __restrict moment,
                                 float* __restrict norm, float* __restrict parameter) {
  for (std::int64_t i = 0; i < count; ++i) {
    const float g = gradient[i];
    const float size = std::fabs(g);
    const float decayed = step.beta2 * norm[i];
    const float m = step.beta1 * moment[i] + (1.0F - step.beta1) * g;
    const float u = decayed > size ? decayed : size;
    moment[i] = m;
    norm[i] = u;
    parameter[i] -= step.rate * m / (u + step.epsilon);
  }
}

UNDERSONG_CLONES void add_to(std::int64_t count, const float* __restrict more,
                             float* __restrict sum) {
  for (std::int64_t i = 0; i < count; ++i) sum[i] += more[i];
}

UNDERSONG_CLONES void outer_row(std::int64_t columns, float x, const float* __restrict kernel,
                                const float* __restrict bias, float* __restrict out) {
  for (std::int64_t k = 0; k < columns; ++k) out[k] = x * kernel[k] + bias[k];
}

}  // namespace

void lstm_gates_forward(std::int64_t rows, std::int64_t units, float* gates,
                        const float* cell_before, float* cell, float* output) {
  for (std::int64_t r = 0; r < rows; ++r) {
    gates_forward_row(units, gates + r * 4 * units, cell_before + r * units, cell + r * units,
                      output + r * units);
  }
}

void lstm_gates_backward(std::int64_t rows, std::int64_t units, float* gates,
                         const float* cell_before, const float* cell, const float* grad_output,
                         const float* grad_next, float* grad_cell) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const std::int64_t at = r * units;
    gates_backward_row(units, gates + 4 * at, cell_before + at, cell + at, grad_output + at,
                       grad_next + at, grad_cell + at);
  }
}

void outer_product(std::int64_t rows, std::int64_t columns, const float* x, const float* kernel,
                   const float* bias, float* out) {
  for (std::int64_t r = 0; r < rows; ++r) outer_row(columns, x[r], kernel, bias, out + r * columns);
}

void apply_dropout(const DropoutMask& mask, const float* in, float* out) {
  const auto threshold = static_cast<std::uint32_t>(mask.rate * 4294967295.0);
  const auto scale = static_cast<float>(1.0 / (1.0 - mask.rate));
  const auto key_low = static_cast<std::uint32_t>(mask.key);
  const auto key_high = static_cast<std::uint32_t>(mask.key >> 32);
  for (std::int64_t t = 0; t < mask.steps; ++t) {
    const std::int64_t first = (t * mask.batch_rows + mask.first_row) * mask.units;
    const std::int64_t at = t * mask.rows * mask.units;
    dropout_row(key_low, key_high, static_cast<std::uint32_t>(first), threshold, scale,
                mask.rows * mask.units, in + at, out + at);
  }
}

void softmax_max_forward(std::int64_t steps, std::int64_t rows, std::int64_t classes,
                         const float* logits, float* log_sums, float* out, std::int32_t* best) {
  std::fill(out, out + rows * classes, -INFINITY);
  std::fill(best, best + rows * classes, 0);
  for (std::int64_t t = 0; t < steps; ++t) {
    for (std::int64_t r = 0; r < rows; ++r) {
      const float* at = logits + (t * rows + r) * classes;
      const float top = largest(classes, at);
      const float log_sum = top + std::log(sum_of_exps(classes, top, at));
      log_sums[t * rows + r] = log_sum;
      keep_larger(classes, log_sum, static_cast<std::int32_t>(t), at, out + r * classes,
                  best + r * classes);
    }
  }
}

void softmax_max_backward(std::int64_t steps, std::int64_t rows, std::int64_t classes,
                          const float* logits, const float* log_sums, const std::int32_t* best,
                          const float* grad_out, float* grad_logits) {
  std::vector<float> totals(static_cast<std::size_t>(steps));
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* grad = grad_out + r * classes;
    const std::int32_t* from = best + r * classes;
    std::fill(totals.begin(), totals.end(), 0.0F);
    for (std::int64_t k = 0; k < classes; ++k) totals[static_cast<std::size_t>(from[k])] += grad[k];
    for (std::int64_t t = 0; t < steps; ++t) {
      const std::int64_t at = t * rows + r;
      softmax_max_grad(classes, log_sums[at], totals[static_cast<std::size_t>(t)],
                       static_cast<std::int32_t>(t), logits + at * classes, grad, from,
                       grad_logits + at * classes);
    }
  }
}

void adamax_update(const AdamaxStep& step, std::span<const float* const> gradients,
                   std::int64_t count, float* moment, float* norm, float* parameter) {
  constexpr std::int64_t kBlock = 2048;  // stays in the first-level cache
  float sum[kBlock];
  for (std::int64_t first = 0; first < count; first += kBlock) {
    const std::int64_t size = std::min(kBlock, count - first);
    std::fill(sum, sum + size, 0.0F);
    for (const float* gradient : gradients) {
      if (gradient != nullptr) add_to(size, gradient + first, sum);
    }
    adamax_run(step, size, sum, moment + first, norm + first, parameter + first);
  }
}

}  // namespace undersong
