#include "nn/decoder_pass.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>

#include "nn/int8_weights.h"

namespace undersong {
namespace {

std::size_t size(int value) { return static_cast<std::size_t>(value); }

std::vector<std::size_t> in_order(std::size_t rows) {
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

// A panel of gates, then one of ups of the same units.
std::vector<std::size_t> gates_and_ups(std::size_t hidden) {
  std::vector<std::size_t> order;
  for (std::size_t begin = 0; begin < hidden; begin += kInt8Panel) {
    for (const std::size_t first : {std::size_t{0}, hidden}) {
      for (std::size_t unit = begin; unit < begin + kInt8Panel; ++unit) {
        order.push_back(unit < hidden ? first + unit : kNoRow);
      }
    }
  }
  return order;
}

AlignedFloats padded_vector(const WeightFile& weights, const std::string& name, int count) {
  const std::vector<float> values = float_vector(weights, name, count);
  AlignedFloats padded(values.begin(), values.end());
  padded.resize(round_up(values.size(), kInt8Panel));
  return padded;
}

void append_rows(Int8Matrix& to, const Int8Matrix& rows) {
  to.rows += rows.rows;
  to.values.insert(to.values.end(), rows.values.begin(), rows.values.end());
  to.scales.insert(to.scales.end(), rows.scales.begin(), rows.scales.end());
}

Int8Matrix with_padded_rows(const Int8Matrix& matrix, std::size_t in) {
  Int8Matrix padded{matrix.rows, in, std::vector<std::int8_t>(matrix.rows * in), matrix.scales};
  for (std::size_t r = 0; r < matrix.rows; ++r) {
    std::copy_n(matrix.values.begin() + static_cast<std::ptrdiff_t>(r * matrix.in), matrix.in,
                padded.values.begin() + static_cast<std::ptrdiff_t>(r * in));
  }
  return padded;
}

}  // namespace

DecoderNetwork::DecoderNetwork(DecoderSpec spec, const WeightFile& weights, std::size_t parts)
    : spec_(std::move(spec)),
      parts_(parts),
      shape_(spec_),
      rotary_(shape_.head_width),
      cache_levels_(cache_levels(std::max(shape_.head_width, kBlockSteps))),
      stream_(parts) {
  for (int i = 0; i < spec_.layers; ++i) read_layer(weights, i);
  norm_ = padded_vector(weights, "norm", spec_.width);
  read_output(weights);
  stream_.finish();
}

void DecoderNetwork::read_layer(const WeightFile& weights, int layer) {
  const std::string prefix = "layers." + std::to_string(layer) + ".";
  const int qkv = (spec_.heads + 2 * spec_.kv_heads) * spec_.head_width();
  const auto add = [&](const char* part, int rows, int in) -> const PackedInt8* {
    return &stream_.add(int8_matrix(weights, prefix + part, rows, in), in_order(size(rows)));
  };
  Layer read;
  read.norm1 = padded_vector(weights, prefix + "norm1", spec_.width);
  read.qkv = add("qkv", qkv, spec_.width);
  read.out = add("out", spec_.width, spec_.width);
  read.norm2 = padded_vector(weights, prefix + "norm2", spec_.width);
  read.gate_up = &stream_.add(
      int8_matrix(weights, prefix + "gate_up", std::int64_t{2} * spec_.hidden, spec_.width),
      gates_and_ups(size(spec_.hidden)), 2);
  read.down = add("down", spec_.width, spec_.hidden);
  layers_.push_back(std::move(read));
}

void DecoderNetwork::read_output(const WeightFile& weights) {
  const Int8Matrix table = int8_matrix(weights, "table", spec_.feature_count, spec_.width);
  table_ = with_padded_rows(table, round_up(table.in, kInt8Panel));
  Int8Matrix output = table;
  output.rows = size(spec_.vocab_size);
  output.values.resize(output.rows * output.in);
  output.scales.resize(output.rows);
  for (std::size_t r = 0; r < spec_.relative_heads.size(); ++r) {
    append_rows(output, int8_matrix(weights, "relative." + std::to_string(r),
                                    spec_.relative_heads[r].rows(), spec_.width));
  }
  const std::size_t rows = output.rows;
  output_ = &stream_.add(std::move(output), in_order(rows));
}

// Several rows are made whole numbers once, shared among the parts. A single row is made by every
// part for itself, which is quicker than to wait for another, and its head hears at once what it
// remembered.
enum class DecoderNetwork::Stage {
  kNorm1,
  kQkv,
  kRemember,
  kHear,
  kRememberAndHear,
  kHeard,
  kOut,
  kNorm2,
  kGateUp,
  kHidden,
  kDown,
};

namespace {

template <typename Stage>
constexpr std::array kSingleRow = {Stage::kQkv, Stage::kRememberAndHear, Stage::kOut,
                                   Stage::kGateUp, Stage::kDown};
template <typename Stage>
constexpr std::array kSeveralRows = {Stage::kNorm1,  Stage::kQkv, Stage::kRemember, Stage::kHear,
                                     Stage::kHeard,  Stage::kOut, Stage::kNorm2,    Stage::kGateUp,
                                     Stage::kHidden, Stage::kDown};

}  // namespace

std::size_t DecoderNetwork::stages(const DecoderFeed& pass) const {
  const bool asked = pass.first_output < pass.rows;
  if (pass.rows == 1) return 1 + layers_.size() * kSingleRow<Stage>.size() + (asked ? 1 : 0);
  return 1 + layers_.size() * kSeveralRows<Stage>.size() + (asked ? 2 : 0);
}

void DecoderNetwork::run(const DecoderFeed& pass, std::size_t stage, std::size_t part) const {
  if (stage == 0) return embed(pass, part);
  const bool single = pass.rows == 1;
  const std::size_t in_layer = single ? kSingleRow<Stage>.size() : kSeveralRows<Stage>.size();
  const std::size_t layer = (stage - 1) / in_layer;
  const std::size_t index = (stage - 1) % in_layer;
  if (layer < layers_.size()) {
    const Stage name = single ? kSingleRow<Stage>[index] : kSeveralRows<Stage>[index];
    return run_layer(pass, layer, name, part);
  }
  run_output(pass, single || index == 1 ? Stage::kOut : Stage::kNorm1, part);
}

void DecoderNetwork::embed(const DecoderFeed& pass, std::size_t part) const {
  DecoderScratch& scratch = *pass.scratch;
  const std::size_t pairs = rotary_.pairs();
  for (std::size_t r = part; r < pass.rows; r += parts_) {
    float* x = scratch.stream.data() + r * scratch.width;
    std::fill_n(x, scratch.width, 0.0F);
    for (const std::int32_t feature : pass.row[r].step->features) {
      if (feature < 0) continue;
      const auto row = static_cast<std::size_t>(feature);
      add_row(table_.values.data() + row * table_.in, table_.scales[row], table_.in, x);
    }
    float* angles = scratch.angles.data() + r * 2 * pairs;
    rotary_.at(static_cast<std::int64_t>(pass.row[r].position), angles, angles + pairs);
  }
}

namespace {

// Scales of single rows lie apart, so that no two threads write to one line of the cache.
constexpr std::size_t kApart = 16;

}  // namespace

void DecoderNetwork::make_ints(const DecoderFeed& pass, const Rows& rows, std::size_t row,
                               std::size_t place) const {
  DecoderScratch& scratch = *pass.scratch;
  const float* from = rows.values + row * rows.stride;
  std::int16_t* to = scratch.inputs.data() + place * scratch.widest;
  const std::size_t n = rows.by->padded_in();
  const int levels = rows.by->levels();
  scratch.scales[pass.rows == 1 ? place * kApart : place] =
      rows.norm == nullptr
          ? quantise(from, n, levels, to)
          : normalise_and_quantise(from, rows.norm->data(), n, rows.by->in(), levels, to);
}

void DecoderNetwork::make_all_ints(const DecoderFeed& pass, const Rows& rows,
                                   std::size_t part) const {
  for (std::size_t r = part; r < rows.count; r += parts_) make_ints(pass, rows, r, r);
}

QuantisedRows DecoderNetwork::ints(const DecoderFeed& pass, const Rows& rows,
                                   std::size_t part) const {
  const DecoderScratch& scratch = *pass.scratch;
  if (pass.rows > 1) {
    return {scratch.inputs.data(), scratch.widest, scratch.scales.data(), rows.count};
  }
  make_ints(pass, rows, 0, part);
  return {scratch.inputs.data() + part * scratch.widest, scratch.widest,
          scratch.scales.data() + part * kApart, 1};
}

namespace {

void turn(const float* from, std::size_t pairs, const float* angles, float* to) {
  for (std::size_t i = 0; i < pairs; ++i) {
    const float cosine = angles[i];
    const float sine = angles[pairs + i];
    to[i] = from[i] * cosine - from[i + pairs] * sine;
    to[i + pairs] = from[i + pairs] * cosine + from[i] * sine;
  }
}

}  // namespace

// A new step's key and value go into the cache, and its queries are turned.
void DecoderNetwork::remember(const DecoderFeed& pass, std::size_t layer, const Task& task,
                              std::size_t part) const {
  DecoderScratch& scratch = *pass.scratch;
  DecoderScratch::PerPart& own = scratch.parts[part];
  const std::size_t heads = size(spec_.heads);
  const std::size_t group = heads / shape_.kv_heads;
  const std::size_t width = shape_.head_width;
  const float* qkv = scratch.qkv.data() + task.row * scratch.qkv_width;
  const float* angles = scratch.angles.data() + task.row * 2 * rotary_.pairs();
  const float shrink = 1.0F / std::sqrt(static_cast<float>(width));
  for (std::size_t g = 0; g < group; ++g) {
    const std::size_t head = task.kv_head * group + g;
    turn(qkv + head * width, rotary_.pairs(), angles, own.turned.data());
    scratch.query_scales[task.row * heads + head] =
        shrink * quantise(own.turned.data(), shape_.in, cache_levels_,
                          scratch.queries.data() + (task.row * heads + head) * shape_.in);
  }
  turn(qkv + (heads + task.kv_head) * width, rotary_.pairs(), angles, own.turned.data());
  const float key_scale = quantise(own.turned.data(), shape_.in, cache_levels_, own.key.data());
  std::copy_n(qkv + (heads + shape_.kv_heads + task.kv_head) * width, width, own.turned.data());
  const float value_scale = quantise(own.turned.data(), shape_.in, cache_levels_, own.value.data());
  const std::size_t position = pass.row[task.row].position;
  pass.row[task.row].cache->block_of(position).remember(
      shape_, layer * shape_.kv_heads + task.kv_head, position % kBlockSteps,
      {own.key.data(), width}, key_scale, {own.value.data(), width}, value_scale);
}

void DecoderNetwork::hear(const DecoderFeed& pass, std::size_t layer, const Task& task,
                          std::size_t part) const {
  DecoderScratch& scratch = *pass.scratch;
  DecoderScratch::PerPart& own = scratch.parts[part];
  const std::size_t heads = size(spec_.heads);
  const std::size_t group = heads / shape_.kv_heads;
  const std::size_t first = task.row * heads + task.kv_head * group;
  const std::size_t steps = pass.row[task.row].position + 1;
  pass.row[task.row].cache->heads(layer * shape_.kv_heads + task.kv_head, steps, own.blocks.data());
  attend({own.blocks.data(), steps, scratch.queries.data() + first * shape_.in,
          scratch.query_scales.data() + first, group, shape_.in, shape_.out, own.scores.data(),
          own.result.data()});
  float* heard =
      scratch.heard.data() + task.row * scratch.width + task.kv_head * group * shape_.head_width;
  for (std::size_t g = 0; g < group; ++g) {
    std::copy_n(own.result.data() + g * shape_.out, shape_.head_width,
                heard + g * shape_.head_width);
  }
}

void DecoderNetwork::run_layer(const DecoderFeed& pass, std::size_t index, Stage stage,
                               std::size_t part) const {
  DecoderScratch& s = *pass.scratch;
  const Layer& layer = layers_[index];
  const Rows to_qkv{layer.qkv, s.stream.data(), s.width, pass.rows, &layer.norm1};
  const Rows to_out{layer.out, s.heard.data(), s.width, pass.rows, nullptr};
  const Rows to_gate_up{layer.gate_up, s.stream.data(), s.width, pass.rows, &layer.norm2};
  const Rows to_down{layer.down, s.hidden.data(), s.hidden_width, pass.rows, nullptr};
  const auto multiply = [&](const Rows& rows, auto&& kernel, AlignedFloats& y, std::size_t stride) {
    const PackedInt8::Part& weights = rows.by->part(part);
    kernel(weights.panels, ints(pass, rows, part), y.data() + weights.first_output, stride);
  };
  const auto each_task = [&](auto&& action) {
    for (std::size_t t = part; t < pass.rows * shape_.kv_heads; t += parts_) {
      action(Task{t / shape_.kv_heads, t % shape_.kv_heads});
    }
  };
  const auto remember_it = [&](const Task& task) { remember(pass, index, task, part); };
  const auto hear_it = [&](const Task& task) { hear(pass, index, task, part); };
  switch (stage) {
    case Stage::kNorm1: return make_all_ints(pass, to_qkv, part);
    case Stage::kQkv: return multiply(to_qkv, multiply_int8, s.qkv, s.qkv_width);
    case Stage::kRemember: return each_task(remember_it);
    case Stage::kHear: return each_task(hear_it);
    case Stage::kRememberAndHear: each_task(remember_it); return each_task(hear_it);
    case Stage::kHeard: return make_all_ints(pass, to_out, part);
    case Stage::kOut: return multiply(to_out, multiply_add_int8, s.stream, s.width);
    case Stage::kNorm2: return make_all_ints(pass, to_gate_up, part);
    case Stage::kGateUp: return multiply(to_gate_up, multiply_gated_int8, s.hidden, s.hidden_width);
    case Stage::kHidden: return make_all_ints(pass, to_down, part);
    case Stage::kDown: return multiply(to_down, multiply_add_int8, s.stream, s.width);
  }
}

void DecoderNetwork::run_output(const DecoderFeed& pass, Stage stage, std::size_t part) const {
  DecoderScratch& s = *pass.scratch;
  const Rows rows{output_, s.stream.data() + pass.first_output * s.width, s.width,
                  pass.rows - pass.first_output, &norm_};
  if (stage == Stage::kNorm1) return make_all_ints(pass, rows, part);
  const PackedInt8::Part& weights = output_->part(part);
  multiply_int8(weights.panels, ints(pass, rows, part), s.output.data() + weights.first_output,
                s.output_width);
}

void DecoderNetwork::write_logits(const DecoderFeed& pass) const {
  const std::size_t vocab = size(spec_.vocab_size);
  for (std::size_t r = pass.first_output; r < pass.rows; ++r) {
    const DecoderFeed::Row& row = pass.row[r];
    const float* products =
        pass.scratch->output.data() + (r - pass.first_output) * pass.scratch->output_width;
    std::copy_n(products, vocab, row.logits.begin());
    const float* relative = products + vocab;
    for (std::size_t h = 0; h < spec_.relative_heads.size(); ++h) {
      const RelativeHead& head = spec_.relative_heads[h];
      const std::int32_t anchor = row.step->anchors[h];
      for (int i = 0; anchor >= 0 && i < head.count; ++i) {
        row.logits[size(head.first + i)] += relative[head.row_of(i - anchor)];
      }
      if (anchor >= 0 && head.period < 0) {
        std::fill_n(row.logits.begin() + head.first, anchor + 1,
                    -std::numeric_limits<float>::infinity());
      }
      relative += head.rows();
    }
  }
}

DecoderScratch::DecoderScratch(const DecoderNetwork& network)
    : width(round_up(size(network.spec_.width), kInt8Panel)),
      qkv_width(network.layers_.front().qkv->padded_out()),
      hidden_width(round_up(size(network.spec_.hidden), kInt8Panel)),
      output_width(network.output_->padded_out()),
      widest(std::max(width, hidden_width)) {
  constexpr std::size_t kRows = kMostDecoderRows;
  const CacheShape& shape = network.shape_;
  const std::size_t heads = size(network.spec_.heads);
  const std::size_t places = std::max(kRows, network.parts_);
  stream.resize(kRows * width);
  qkv.resize(kRows * qkv_width);
  heard.resize(kRows * width);
  hidden.resize(kRows * hidden_width);
  output.resize(kRows * output_width);
  inputs.resize(places * widest);
  scales.resize(places * kApart);
  angles.resize(kRows * 2 * network.rotary_.pairs());
  queries.resize(kRows * heads * shape.in);
  query_scales.resize(kRows * heads);
  parts.resize(network.parts_);
  const std::size_t group = heads / shape.kv_heads;
  const std::size_t blocks = (size(network.spec_.context) + kBlockSteps - 1) / kBlockSteps;
  for (PerPart& part : parts) {
    part.blocks.resize(blocks);
    part.scores.resize(group * blocks * kBlockSteps);
    part.result.resize(group * shape.out);
    part.turned.resize(shape.in);
    part.key.resize(shape.in);
    part.value.resize(shape.in);
  }
}

}  // namespace undersong
