#include "train/decoder_kernels.h"

#include <algorithm>
#include <cmath>

#include "train/vector_math.h"

namespace undersong {
namespace {

constexpr std::int64_t kLanes = 16;
constexpr float kRmsEpsilon = 1e-6F;
constexpr double kRotaryBase = 10000.0;

// Sums run in 16 lanes of fixed order, so that every vector width adds alike.
UNDERSONG_CLONES float dot(std::int64_t count, const float* __restrict a,
                           const float* __restrict b) {
  float lanes[kLanes] = {};
  const std::int64_t whole = count - count % kLanes;
  for (std::int64_t i = 0; i < whole; i += kLanes) {
    for (std::int64_t k = 0; k < kLanes; ++k) lanes[k] += a[i + k] * b[i + k];
  }
  float sum = 0.0F;
  for (const float lane : lanes) sum += lane;
  for (std::int64_t i = whole; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

UNDERSONG_CLONES float dot_of_three(std::int64_t count, const float* __restrict a,
                                    const float* __restrict b, const float* __restrict c) {
  float lanes[kLanes] = {};
  const std::int64_t whole = count - count % kLanes;
  for (std::int64_t i = 0; i < whole; i += kLanes) {
    for (std::int64_t k = 0; k < kLanes; ++k) lanes[k] += a[i + k] * b[i + k] * c[i + k];
  }
  float sum = 0.0F;
  for (const float lane : lanes) sum += lane;
  for (std::int64_t i = whole; i < count; ++i) sum += a[i] * b[i] * c[i];
  return sum;
}

UNDERSONG_CLONES float largest(std::int64_t count, const float* __restrict x) {
  float lanes[kLanes];
  for (float& lane : lanes) lane = x[0];
  const std::int64_t whole = count - count % kLanes;
  for (std::int64_t i = 0; i < whole; i += kLanes) {
    for (std::int64_t k = 0; k < kLanes; ++k) {
      lanes[k] = x[i + k] > lanes[k] ? x[i + k] : lanes[k];
    }
  }
  float best = x[0];
  for (const float lane : lanes) best = lane > best ? lane : best;
  for (std::int64_t i = whole; i < count; ++i) best = x[i] > best ? x[i] : best;
  return best;
}

// x becomes exp(x - shift); their sum.
UNDERSONG_CLONES float exp_in_place(std::int64_t count, float shift, float* __restrict x) {
  float lanes[kLanes] = {};
  const std::int64_t whole = count - count % kLanes;
  for (std::int64_t i = 0; i < whole; i += kLanes) {
    for (std::int64_t k = 0; k < kLanes; ++k) {
      const float e = fast_exp(x[i + k] - shift);
      x[i + k] = e;
      lanes[k] += e;
    }
  }
  float sum = 0.0F;
  for (const float lane : lanes) sum += lane;
  for (std::int64_t i = whole; i < count; ++i) {
    x[i] = fast_exp(x[i] - shift);
    sum += x[i];
  }
  return sum;
}

UNDERSONG_CLONES float sum_of_exps(std::int64_t count, float shift, const float* __restrict x) {
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

UNDERSONG_CLONES void scale_in_place(std::int64_t count, float factor, float* __restrict x) {
  for (std::int64_t i = 0; i < count; ++i) x[i] *= factor;
}

UNDERSONG_CLONES void add_row(std::int64_t count, const float* __restrict more,
                              float* __restrict sum) {
  for (std::int64_t i = 0; i < count; ++i) sum[i] += more[i];
}

UNDERSONG_CLONES void rms_row(std::int64_t width, float inverse, const float* __restrict x,
                              const float* __restrict gain, float* __restrict out) {
  for (std::int64_t i = 0; i < width; ++i) out[i] = x[i] * inverse * gain[i];
}

UNDERSONG_CLONES void rms_grad_row(std::int64_t width, float inverse, float pull,
                                   const float* __restrict x, const float* __restrict gain,
                                   const float* __restrict grad, float* __restrict grad_x,
                                   float* __restrict grad_gain) {
  for (std::int64_t i = 0; i < width; ++i) {
    grad_gain[i] += grad[i] * x[i] * inverse;
    grad_x[i] += inverse * gain[i] * grad[i] - pull * x[i];
  }
}

UNDERSONG_CLONES void swiglu_row(std::int64_t hidden, const float* __restrict gate,
                                 const float* __restrict up, float* __restrict out) {
  for (std::int64_t i = 0; i < hidden; ++i) out[i] = gate[i] * sigmoid(gate[i]) * up[i];
}

UNDERSONG_CLONES void swiglu_grad_row(std::int64_t hidden, const float* __restrict grad,
                                      float* __restrict gate, float* __restrict up) {
  for (std::int64_t i = 0; i < hidden; ++i) {
    const float g = gate[i];
    const float s = sigmoid(g);
    const float u = up[i];
    gate[i] = grad[i] * u * s * (1.0F + g * (1.0F - s));
    up[i] = grad[i] * g * s;
  }
}

UNDERSONG_CLONES void rotate_row(std::int64_t half, float scale, float direction,
                                 const float* __restrict cosines, const float* __restrict sines,
                                 const float* __restrict in, float* __restrict out) {
  for (std::int64_t i = 0; i < half; ++i) {
    const float c = cosines[i] * scale;
    const float s = sines[i] * scale * direction;
    const float low = in[i];
    const float high = in[i + half];
    out[i] = low * c - high * s;
    out[i + half] = high * c + low * s;
  }
}

UNDERSONG_CLONES void softmax_grad_row(std::int64_t count, float total,
                                       const float* __restrict probabilities,
                                       float* __restrict grad) {
  for (std::int64_t i = 0; i < count; ++i) grad[i] = probabilities[i] * (grad[i] - total);
}

struct DropoutRow {
  std::uint32_t key_low;
  std::uint32_t key_high;
  std::uint32_t threshold;
  float scale;
};

UNDERSONG_CLONES void add_dropped(DropoutRow how, std::uint32_t first, std::int64_t count,
                                  const float* __restrict stream, const float* __restrict branch,
                                  float* __restrict out) {
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint32_t place = first + static_cast<std::uint32_t>(i);
    const std::uint32_t drawn = mixed_bits(mixed_bits(place ^ how.key_low) + how.key_high);
    out[i] = stream[i] + (drawn < how.threshold ? 0.0F : branch[i] * how.scale);
  }
}

UNDERSONG_CLONES void drop_row(DropoutRow how, std::uint32_t first, std::int64_t count,
                               const float* __restrict grad, float* __restrict out) {
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint32_t place = first + static_cast<std::uint32_t>(i);
    const std::uint32_t drawn = mixed_bits(mixed_bits(place ^ how.key_low) + how.key_high);
    out[i] = drawn < how.threshold ? 0.0F : grad[i] * how.scale;
  }
}

UNDERSONG_CLONES void add_rows(std::int64_t count, const float* __restrict a,
                               const float* __restrict b, float* __restrict out) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = a[i] + b[i];
}

DropoutRow row_of(const BranchDropout& dropout) {
  return {static_cast<std::uint32_t>(dropout.key), static_cast<std::uint32_t>(dropout.key >> 32),
          static_cast<std::uint32_t>(dropout.rate * 4294967295.0),
          static_cast<float>(1.0 / (1.0 - dropout.rate))};
}

UNDERSONG_CLONES void exp_grad_row(std::int64_t count, float log_sum, float scale,
                                   float* __restrict x) {
  for (std::int64_t i = 0; i < count; ++i) x[i] = fast_exp(x[i] - log_sum) * scale;
}

UNDERSONG_CLONES void adam_run(const AdamStep step, std::int64_t count,
                               const float* __restrict gradient, float* __restrict moment,
                               float* __restrict square, float* __restrict parameter) {
  const float rate = step.rate / step.bias1;
  const float to_mean = 1.0F / step.bias2;
  for (std::int64_t i = 0; i < count; ++i) {
    const float g = gradient[i] * step.gradient_scale;
    const float m = step.beta1 * moment[i] + (1.0F - step.beta1) * g;
    const float v = step.beta2 * square[i] + (1.0F - step.beta2) * g * g;
    moment[i] = m;
    square[i] = v;
    parameter[i] -= rate * m / (std::sqrt(v * to_mean) + step.epsilon);
  }
}

// Columns of the outputs that hold the products of relative head `which`.
std::int64_t relative_column(const DecoderSpec& spec, std::size_t which) {
  std::int64_t column = spec.vocab_size;
  for (std::size_t r = 0; r < which; ++r) column += spec.relative_heads[r].rows();
  return column;
}

}  // namespace

void rms_norm_forward(std::int64_t rows, std::int64_t width, const float* x, const float* gain,
                      float* inverse, float* out) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = x + r * width;
    const float mean = dot(width, row, row) / static_cast<float>(width);
    inverse[r] = 1.0F / std::sqrt(mean + kRmsEpsilon);
    rms_row(width, inverse[r], row, gain, out + r * width);
  }
}

void rms_norm_backward(std::int64_t rows, std::int64_t width, const float* x, const float* inverse,
                       const float* gain, const float* grad_out, float* grad_x, float* grad_gain) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = x + r * width;
    const float* grad = grad_out + r * width;
    const float i = inverse[r];
    const float pull = dot_of_three(width, row, gain, grad) * i * i * i / static_cast<float>(width);
    rms_grad_row(width, i, pull, row, gain, grad, grad_x + r * width, grad_gain);
  }
}

void swiglu_forward(std::int64_t rows, std::int64_t hidden, const float* gates_ups, float* out) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* row = gates_ups + r * 2 * hidden;
    swiglu_row(hidden, row, row + hidden, out + r * hidden);
  }
}

void swiglu_backward(std::int64_t rows, std::int64_t hidden, const float* grad_out,
                     float* gates_ups) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float* row = gates_ups + r * 2 * hidden;
    swiglu_grad_row(hidden, grad_out + r * hidden, row, row + hidden);
  }
}

RotaryTable rotary_table(std::int64_t steps, std::int64_t head) {
  RotaryTable table;
  table.steps = steps;
  table.half = head / 2;
  for (std::int64_t t = 0; t < steps; ++t) {
    for (std::int64_t i = 0; i < table.half; ++i) {
      const double share = static_cast<double>(2 * i) / static_cast<double>(head);
      const double angle = static_cast<double>(t) * std::pow(kRotaryBase, -share);
      table.cosines.push_back(static_cast<float>(std::cos(angle)));
      table.sines.push_back(static_cast<float>(std::sin(angle)));
    }
  }
  return table;
}

void split_heads(const HeadShape& shape, const RotaryTable& table, float scale, const float* qkv,
                 float* queries, float* keys, float* values) {
  const std::int64_t head = shape.head;
  for (std::int64_t t = 0; t < shape.steps; ++t) {
    const float* row = qkv + t * shape.columns();
    const float* cosines = table.cosines.data() + t * table.half;
    const float* sines = table.sines.data() + t * table.half;
    for (std::int64_t h = 0; h < shape.heads; ++h) {
      const std::int64_t kv = h / shape.group();
      const std::int64_t place = (kv * shape.steps + t) * shape.group() + h % shape.group();
      rotate_row(table.half, scale, 1.0F, cosines, sines, row + h * head, queries + place * head);
    }
    for (std::int64_t kv = 0; kv < shape.kv_heads; ++kv) {
      const float* key = row + (shape.heads + kv) * head;
      const float* value = key + shape.kv_heads * head;
      const std::int64_t to = (kv * shape.steps + t) * head;
      rotate_row(table.half, 1.0F, 1.0F, cosines, sines, key, keys + to);
      std::copy(value, value + head, values + to);
    }
  }
}

void join_heads(const HeadShape& shape, const RotaryTable& table, float scale, const float* queries,
                const float* keys, const float* values, float* qkv) {
  const std::int64_t head = shape.head;
  for (std::int64_t t = 0; t < shape.steps; ++t) {
    float* row = qkv + t * shape.columns();
    const float* cosines = table.cosines.data() + t * table.half;
    const float* sines = table.sines.data() + t * table.half;
    for (std::int64_t h = 0; h < shape.heads; ++h) {
      const std::int64_t kv = h / shape.group();
      const std::int64_t place = (kv * shape.steps + t) * shape.group() + h % shape.group();
      rotate_row(table.half, scale, -1.0F, cosines, sines, queries + place * head, row + h * head);
    }
    for (std::int64_t kv = 0; kv < shape.kv_heads; ++kv) {
      float* key = row + (shape.heads + kv) * head;
      const std::int64_t from = (kv * shape.steps + t) * head;
      rotate_row(table.half, 1.0F, -1.0F, cosines, sines, keys + from, key);
      std::copy(values + from, values + from + head, key + shape.kv_heads * head);
    }
  }
}

void causal_softmax(std::int64_t rows, std::int64_t keys, std::int64_t first_row,
                    std::int64_t group, float* scores, float* log_sums) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float* row = scores + r * keys;
    const std::int64_t heard = (first_row + r) / group + 1;
    const float top = largest(heard, row);
    const float sum = exp_in_place(heard, top, row);
    scale_in_place(heard, 1.0F / sum, row);
    std::fill(row + heard, row + keys, 0.0F);
    log_sums[r] = top + std::log(sum);
  }
}

void causal_softmax_again(std::int64_t rows, std::int64_t keys, std::int64_t first_row,
                          std::int64_t group, const float* log_sums, float* scores) {
  for (std::int64_t r = 0; r < rows; ++r) {
    float* row = scores + r * keys;
    const std::int64_t heard = (first_row + r) / group + 1;
    exp_grad_row(heard, log_sums[r], 1.0F, row);
    std::fill(row + heard, row + keys, 0.0F);
  }
}

void softmax_backward(std::int64_t rows, std::int64_t keys, const float* probabilities,
                      float* grad) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* p = probabilities + r * keys;
    softmax_grad_row(keys, dot(keys, p, grad + r * keys), p, grad + r * keys);
  }
}

void add_branch(const BranchDropout& dropout, std::int64_t count, const float* stream,
                const float* branch, float* out) {
  if (dropout.rate <= 0.0) {
    add_rows(count, stream, branch, out);
  } else {
    add_dropped(row_of(dropout), static_cast<std::uint32_t>(dropout.first_place), count, stream,
                branch, out);
  }
}

void drop_gradient(const BranchDropout& dropout, std::int64_t count, const float* grad,
                   float* out) {
  drop_row(row_of(dropout), static_cast<std::uint32_t>(dropout.first_place), count, grad, out);
}

void gather_rows(std::int64_t rows, std::int64_t per_row, std::int64_t width,
                 const std::int32_t* features, const float* table, float* out) {
  for (std::int64_t r = 0; r < rows; ++r) {
    std::fill(out + r * width, out + (r + 1) * width, 0.0F);
    for (std::int64_t f = 0; f < per_row; ++f) {
      const std::int32_t id = features[r * per_row + f];
      if (id >= 0) add_row(width, table + id * width, out + r * width);
    }
  }
}

void scatter_rows(std::int64_t rows, std::int64_t per_row, std::int64_t width,
                  const std::int32_t* features, const float* grad, float* grad_table) {
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t f = 0; f < per_row; ++f) {
      const std::int32_t id = features[r * per_row + f];
      if (id >= 0) add_row(width, grad + r * width, grad_table + id * width);
    }
  }
}

std::int64_t output_columns(const DecoderSpec& spec) {
  return relative_column(spec, spec.relative_heads.size());
}

// A logit whose exponential is nothing beside any other, and which stays a number.
constexpr float kNever = -1e9F;

void add_relative(const DecoderSpec& spec, std::int64_t rows, const std::int32_t* anchors,
                  float* outputs) {
  const std::int64_t columns = output_columns(spec);
  const std::size_t heads = spec.relative_heads.size();
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::size_t h = 0; h < heads; ++h) {
      const std::int32_t anchor = anchors[static_cast<std::size_t>(r) * heads + h];
      if (anchor < 0) continue;
      const RelativeHead& head = spec.relative_heads[h];
      float* tokens = outputs + r * columns + head.first;
      const float* from = outputs + r * columns + relative_column(spec, h);
      for (int v = 0; v < head.count; ++v) tokens[v] += from[head.row_of(v - anchor)];
      if (head.period < 0) std::fill(tokens, tokens + anchor + 1, kNever);
    }
  }
}

double cross_entropy(const DecoderSpec& spec, std::int64_t rows, const std::int32_t* targets,
                     const float* outputs, float* nats) {
  const std::int64_t columns = output_columns(spec);
  double sum = 0.0;
  for (std::int64_t r = 0; r < rows; ++r) {
    nats[r] = 0.0F;
    if (targets[r] < 0) continue;
    const float* row = outputs + r * columns;
    const float top = largest(spec.vocab_size, row);
    nats[r] = top + std::log(sum_of_exps(spec.vocab_size, top, row)) - row[targets[r]];
    sum += static_cast<double>(nats[r]);
  }
  return sum;
}

void cross_entropy_backward(const DecoderSpec& spec, std::int64_t rows, const std::int32_t* targets,
                            const std::int32_t* anchors, const float* nats, float scale,
                            float* outputs) {
  const std::int64_t columns = output_columns(spec);
  const std::size_t heads = spec.relative_heads.size();
  for (std::int64_t r = 0; r < rows; ++r) {
    float* row = outputs + r * columns;
    if (targets[r] < 0) {
      std::fill(row, row + columns, 0.0F);
      continue;
    }
    const float log_sum = nats[r] + row[targets[r]];
    exp_grad_row(spec.vocab_size, log_sum, scale, row);
    row[targets[r]] -= scale;
    std::fill(row + spec.vocab_size, row + columns, 0.0F);
    for (std::size_t h = 0; h < heads; ++h) {
      const std::int32_t anchor = anchors[static_cast<std::size_t>(r) * heads + h];
      if (anchor < 0) continue;
      const RelativeHead& head = spec.relative_heads[h];
      float* to = row + relative_column(spec, h);
      for (int v = 0; v < head.count; ++v) to[head.row_of(v - anchor)] += row[head.first + v];
    }
  }
}

void add_floats(std::int64_t count, const float* more, float* sum) { add_row(count, more, sum); }

double sum_of_squares(std::int64_t count, const float* x) {
  constexpr std::int64_t kBlock = 4096;
  double sum = 0.0;
  for (std::int64_t first = 0; first < count; first += kBlock) {
    const std::int64_t size = std::min(kBlock, count - first);
    sum += static_cast<double>(dot(size, x + first, x + first));
  }
  return sum;
}

void adam_update(const AdamStep& step, std::int64_t count, const float* gradient, float* moment,
                 float* square, float* parameter) {
  adam_run(step, count, gradient, moment, square, parameter);
}

}  // namespace undersong
