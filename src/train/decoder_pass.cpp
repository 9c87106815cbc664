#include "train/decoder_pass.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace undersong {
namespace {

// Steps whose scores are computed together, against the keys up to the last of them.
constexpr std::int64_t kBlockSteps = 64;

void grow(std::vector<float>& buffer, std::int64_t count) {
  if (static_cast<std::int64_t>(buffer.size()) < count) {
    buffer.resize(static_cast<std::size_t>(count));
  }
}

MatrixView plain(const float* data, std::int64_t stride) { return {data, stride, false}; }
MatrixView turned(const float* data, std::int64_t stride) { return {data, stride, true}; }

// y [n, out] = x [n, in] * weights [out, in]^T, and its way back.
struct Linear {
  std::int64_t tokens;
  std::int64_t in;
  std::int64_t out;
  Precision precision;

  void forward(const float* x, const float* weights, float* y, std::int64_t y_stride) const {
    multiply(tokens, out, in, plain(x, in), turned(weights, in), y, y_stride, Sum::kReplace,
             precision);
  }
  void input_gradient(const float* grad_y, std::int64_t stride, const float* weights, float* grad_x,
                      Sum sum) const {
    multiply(tokens, in, out, plain(grad_y, stride), plain(weights, in), grad_x, in, sum,
             precision);
  }
  void weight_gradient(const float* grad_y, std::int64_t stride, const float* x,
                       float* grad_weights) const {
    multiply(out, in, tokens, turned(grad_y, stride), plain(x, in), grad_weights, in, Sum::kAdd,
             precision);
  }
};

HeadShape shape_of(const DecoderSpec& spec, std::int64_t steps) {
  return {steps, spec.heads, spec.kv_heads, spec.head_width()};
}

float query_scale(const DecoderSpec& spec) {
  return 1.0F / std::sqrt(static_cast<float>(spec.head_width()));
}

// Rows of one group of heads [steps * group, head] <-> those columns of [steps, width].
void to_columns(const HeadShape& shape, std::int64_t kv, std::int64_t steps, const float* rows,
                std::int64_t width, float* columns) {
  const std::int64_t size = shape.group() * shape.head;
  for (std::int64_t t = 0; t < steps; ++t) {
    std::copy(rows + t * size, rows + (t + 1) * size, columns + t * width + kv * size);
  }
}

void from_columns(const HeadShape& shape, std::int64_t kv, std::int64_t steps, const float* columns,
                  std::int64_t width, float* rows) {
  const std::int64_t size = shape.group() * shape.head;
  for (std::int64_t t = 0; t < steps; ++t) {
    const float* from = columns + t * width + kv * size;
    std::copy(from, from + size, rows + t * size);
  }
}

}  // namespace

DecoderPass::DecoderPass(const DecoderSpec& spec, const DecoderLayout& layout)
    : spec_(spec), table_(layout.find("table").offset), norm_(layout.find("norm").offset) {
  for (std::size_t r = 0; r < spec.relative_heads.size(); ++r) {
    relative_.push_back(layout.find("relative." + std::to_string(r)).offset);
  }
  for (int i = 0; i < spec.layers; ++i) {
    const std::string prefix = "layers." + std::to_string(i) + ".";
    const auto at = [&](const char* part) { return layout.find(prefix + part).offset; };
    Layer& layer = layers_.emplace_back();
    layer.norm1 = at("norm1");
    layer.qkv = at("qkv");
    layer.out = at("out");
    layer.norm2 = at("norm2");
    layer.gate_up = at("gate_up");
    layer.down = at("down");
  }
}

void DecoderPass::reserve(std::int64_t rows, std::int64_t steps) {
  const std::int64_t n = rows * steps;
  const std::int64_t width = spec_.width;
  const HeadShape shape = shape_of(spec_, steps);
  tokens_ = n;
  if (rotary_.steps < steps) rotary_ = rotary_table(steps, shape.head);
  for (Layer& layer : layers_) {
    for (auto* buffer :
         {&layer.in, &layer.normed1, &layer.heard, &layer.middle, &layer.normed2, &layer.queries}) {
      grow(*buffer, n * width);
    }
    for (auto* buffer : {&layer.keys, &layer.values})
      grow(*buffer, n * shape.kv_heads * shape.head);
    for (auto* buffer : {&layer.inverse1, &layer.inverse2}) grow(*buffer, n);
    grow(layer.log_sums, n * shape.heads);
    grow(layer.gates_ups, n * 2 * spec_.hidden);
    grow(layer.active, n * spec_.hidden);
  }
  for (auto* buffer : {&last_, &normed_, &branch_, &grad_, &grad_queries_})
    grow(*buffer, n * width);
  for (auto* buffer : {&grad_keys_, &grad_values_})
    grow(*buffer, steps * shape.kv_heads * shape.head);
  for (auto* buffer : {&inverse_, &nats_}) grow(*buffer, n);
  grow(qkv_, n * shape.columns());
  grow(wide_, n * std::max<std::int64_t>(spec_.hidden, width));
  grow(outputs_, n * output_columns(spec_));
  const std::int64_t block_rows = kBlockSteps * shape.group();
  for (auto* buffer : {&scores_, &grad_scores_}) grow(*buffer, block_rows * steps);
  grow(block_, block_rows * shape.head);
}

BranchDropout DecoderPass::branch(const DecoderPassOptions& options, std::size_t index,
                                  int which) const {
  const std::uint64_t site = 2 * index + static_cast<std::uint64_t>(which) + 1;
  return {options.dropout_key ^ (site * 0x9E3779B97F4A7C15U), options.dropout,
          options.first_token * spec_.width};
}

void DecoderPass::forward_attention(Layer& layer, const DecoderRows& rows, Precision precision) {
  const HeadShape shape = shape_of(spec_, rows.steps);
  const std::int64_t steps = rows.steps;
  const std::int64_t group = shape.group();
  const std::int64_t head = shape.head;
  for (std::int64_t r = 0; r < rows.rows; ++r) {
    float* queries = layer.queries.data() + r * steps * spec_.width;
    float* keys = layer.keys.data() + r * steps * shape.kv_heads * head;
    float* values = layer.values.data() + r * steps * shape.kv_heads * head;
    split_heads(shape, rotary_, query_scale(spec_), qkv_.data() + r * steps * shape.columns(),
                queries, keys, values);
    for (std::int64_t kv = 0; kv < shape.kv_heads; ++kv) {
      const float* key = keys + kv * steps * head;
      const float* value = values + kv * steps * head;
      for (std::int64_t t = 0; t < steps; t += kBlockSteps) {
        const std::int64_t count = std::min(kBlockSteps, steps - t);
        const std::int64_t heard = t + count;
        const std::int64_t first = kv * steps * group + t * group;
        multiply(count * group, heard, head, plain(queries + first * head, head), turned(key, head),
                 scores_.data(), heard, Sum::kReplace, precision);
        causal_softmax(count * group, heard, t * group, group, scores_.data(),
                       layer.log_sums.data() + r * steps * shape.heads + first);
        multiply(count * group, head, heard, plain(scores_.data(), heard), plain(value, head),
                 block_.data(), head, Sum::kReplace, precision);
        to_columns(shape, kv, count, block_.data(), spec_.width,
                   layer.heard.data() + (r * steps + t) * spec_.width);
      }
    }
  }
}

void DecoderPass::forward_layer(std::size_t index, const float* values, const DecoderRows& rows,
                                const DecoderPassOptions& options, float* next) {
  Layer& layer = layers_[index];
  const std::int64_t n = tokens_;
  const std::int64_t width = spec_.width;
  const std::int64_t hidden = spec_.hidden;
  const std::int64_t columns = shape_of(spec_, rows.steps).columns();
  const Precision precision = options.precision;
  rms_norm_forward(n, width, layer.in.data(), values + layer.norm1, layer.inverse1.data(),
                   layer.normed1.data());
  Linear{n, width, columns, precision}.forward(layer.normed1.data(), values + layer.qkv,
                                               qkv_.data(), columns);
  forward_attention(layer, rows, precision);
  Linear{n, width, width, precision}.forward(layer.heard.data(), values + layer.out, branch_.data(),
                                             width);
  add_branch(branch(options, index, 0), n * width, layer.in.data(), branch_.data(),
             layer.middle.data());
  rms_norm_forward(n, width, layer.middle.data(), values + layer.norm2, layer.inverse2.data(),
                   layer.normed2.data());
  Linear{n, width, 2 * hidden, precision}.forward(layer.normed2.data(), values + layer.gate_up,
                                                  layer.gates_ups.data(), 2 * hidden);
  swiglu_forward(n, hidden, layer.gates_ups.data(), layer.active.data());
  Linear{n, hidden, width, precision}.forward(layer.active.data(), values + layer.down,
                                              branch_.data(), width);
  add_branch(branch(options, index, 1), n * width, layer.middle.data(), branch_.data(), next);
}

void DecoderPass::outputs_of(const float* values, Precision precision) {
  const std::int64_t columns = output_columns(spec_);
  const std::int64_t width = spec_.width;
  Linear{tokens_, width, spec_.vocab_size, precision}.forward(normed_.data(), values + table_,
                                                              outputs_.data(), columns);
  std::int64_t column = spec_.vocab_size;
  for (std::size_t r = 0; r < relative_.size(); ++r) {
    const std::int64_t rows = spec_.relative_heads[r].rows();
    Linear{tokens_, width, rows, precision}.forward(normed_.data(), values + relative_[r],
                                                    outputs_.data() + column, columns);
    column += rows;
  }
}

double DecoderPass::forward(const float* values, const DecoderRows& rows,
                            const DecoderPassOptions& options) {
  UNDERSONG_CHECK(rows.rows >= 1 && rows.steps >= 1);
  reserve(rows.rows, rows.steps);
  gather_rows(tokens_, spec_.features_per_step, spec_.width, rows.features, values + table_,
              layers_.front().in.data());
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    float* next = i + 1 < layers_.size() ? layers_[i + 1].in.data() : last_.data();
    forward_layer(i, values, rows, options, next);
  }
  rms_norm_forward(tokens_, spec_.width, last_.data(), values + norm_, inverse_.data(),
                   normed_.data());
  outputs_of(values, options.precision);
  add_relative(spec_, tokens_, rows.anchors, outputs_.data());
  return cross_entropy(spec_, tokens_, rows.targets, outputs_.data(), nats_.data());
}

void DecoderPass::backward_outputs(const float* values, Precision precision, float* gradients) {
  const std::int64_t columns = output_columns(spec_);
  const std::int64_t width = spec_.width;
  const Linear tokens{tokens_, width, spec_.vocab_size, precision};
  tokens.input_gradient(outputs_.data(), columns, values + table_, wide_.data(), Sum::kReplace);
  tokens.weight_gradient(outputs_.data(), columns, normed_.data(), gradients + table_);
  std::int64_t column = spec_.vocab_size;
  for (std::size_t r = 0; r < relative_.size(); ++r) {
    const std::int64_t rows = spec_.relative_heads[r].rows();
    const Linear head{tokens_, width, rows, precision};
    const float* grad = outputs_.data() + column;
    head.input_gradient(grad, columns, values + relative_[r], wide_.data(), Sum::kAdd);
    head.weight_gradient(grad, columns, normed_.data(), gradients + relative_[r]);
    column += rows;
  }
}

void DecoderPass::backward_attention(Layer& layer, const DecoderRows& rows, Precision precision) {
  const HeadShape shape = shape_of(spec_, rows.steps);
  const std::int64_t steps = rows.steps;
  const std::int64_t group = shape.group();
  const std::int64_t head = shape.head;
  for (std::int64_t r = 0; r < rows.rows; ++r) {
    std::fill(grad_keys_.begin(), grad_keys_.end(), 0.0F);
    std::fill(grad_values_.begin(), grad_values_.end(), 0.0F);
    for (std::int64_t kv = 0; kv < shape.kv_heads; ++kv) {
      const std::int64_t at = (r * shape.kv_heads + kv) * steps * head;
      const float* key = layer.keys.data() + at;
      const float* value = layer.values.data() + at;
      float* grad_key = grad_keys_.data() + kv * steps * head;
      float* grad_value = grad_values_.data() + kv * steps * head;
      for (std::int64_t t = 0; t < steps; t += kBlockSteps) {
        const std::int64_t count = std::min(kBlockSteps, steps - t);
        const std::int64_t size = count * group;
        const std::int64_t heard = t + count;
        const std::int64_t first = kv * steps * group + t * group;
        const float* query = layer.queries.data() + r * steps * spec_.width + first * head;
        float* scores = scores_.data();
        float* grads = grad_scores_.data();
        from_columns(shape, kv, count, wide_.data() + (r * steps + t) * spec_.width, spec_.width,
                     block_.data());
        multiply(size, heard, head, plain(query, head), turned(key, head), scores, heard,
                 Sum::kReplace, precision);
        causal_softmax_again(size, heard, t * group, group,
                             layer.log_sums.data() + r * steps * shape.heads + first, scores);
        multiply(heard, head, size, turned(scores, heard), plain(block_.data(), head), grad_value,
                 head, Sum::kAdd, precision);
        multiply(size, heard, head, plain(block_.data(), head), turned(value, head), grads, heard,
                 Sum::kReplace, precision);
        softmax_backward(size, heard, scores, grads);
        multiply(size, head, heard, plain(grads, heard), plain(key, head),
                 grad_queries_.data() + first * head, head, Sum::kReplace, precision);
        multiply(heard, head, size, turned(grads, heard), plain(query, head), grad_key, head,
                 Sum::kAdd, precision);
      }
    }
    join_heads(shape, rotary_, query_scale(spec_), grad_queries_.data(), grad_keys_.data(),
               grad_values_.data(), qkv_.data() + r * steps * shape.columns());
  }
}

// grad_ [tokens, width] holds the gradient of the layer's output, then of its input.
void DecoderPass::backward_layer(std::size_t index, const float* values, const DecoderRows& rows,
                                 const DecoderPassOptions& options, float* gradients) {
  Layer& layer = layers_[index];
  const std::int64_t n = tokens_;
  const std::int64_t width = spec_.width;
  const std::int64_t hidden = spec_.hidden;
  const std::int64_t columns = shape_of(spec_, rows.steps).columns();
  const Precision precision = options.precision;
  const auto reaching = [&](int which) -> const float* {
    if (options.dropout <= 0.0) return grad_.data();
    drop_gradient(branch(options, index, which), n * width, grad_.data(), branch_.data());
    return branch_.data();
  };

  const float* grad = reaching(1);
  const Linear down{n, hidden, width, precision};
  down.input_gradient(grad, width, values + layer.down, wide_.data(), Sum::kReplace);
  down.weight_gradient(grad, width, layer.active.data(), gradients + layer.down);
  swiglu_backward(n, hidden, wide_.data(), layer.gates_ups.data());
  const Linear up{n, width, 2 * hidden, precision};
  up.input_gradient(layer.gates_ups.data(), 2 * hidden, values + layer.gate_up, wide_.data(),
                    Sum::kReplace);
  up.weight_gradient(layer.gates_ups.data(), 2 * hidden, layer.normed2.data(),
                     gradients + layer.gate_up);
  rms_norm_backward(n, width, layer.middle.data(), layer.inverse2.data(), values + layer.norm2,
                    wide_.data(), grad_.data(), gradients + layer.norm2);

  grad = reaching(0);
  const Linear out{n, width, width, precision};
  out.input_gradient(grad, width, values + layer.out, wide_.data(), Sum::kReplace);
  out.weight_gradient(grad, width, layer.heard.data(), gradients + layer.out);
  backward_attention(layer, rows, precision);
  const Linear qkv{n, width, columns, precision};
  qkv.input_gradient(qkv_.data(), columns, values + layer.qkv, wide_.data(), Sum::kReplace);
  qkv.weight_gradient(qkv_.data(), columns, layer.normed1.data(), gradients + layer.qkv);
  rms_norm_backward(n, width, layer.in.data(), layer.inverse1.data(), values + layer.norm1,
                    wide_.data(), grad_.data(), gradients + layer.norm1);
}

void DecoderPass::backward(const float* values, const DecoderRows& rows,
                           const DecoderPassOptions& options, float scale, float* gradients) {
  cross_entropy_backward(spec_, tokens_, rows.targets, rows.anchors, nats_.data(), scale,
                         outputs_.data());
  backward_outputs(values, options.precision, gradients);
  std::fill(grad_.begin(), grad_.end(), 0.0F);
  rms_norm_backward(tokens_, spec_.width, last_.data(), inverse_.data(), values + norm_,
                    wide_.data(), grad_.data(), gradients + norm_);
  for (std::size_t i = layers_.size(); i > 0; --i) {
    backward_layer(i - 1, values, rows, options, gradients);
  }
  scatter_rows(tokens_, spec_.features_per_step, spec_.width, rows.features, grad_.data(),
               gradients + table_);
}

}  // namespace undersong
