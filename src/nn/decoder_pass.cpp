#include "nn/decoder_pass.h"

#include <algorithm>
#include <cmath>
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

// The product of the parts that are this thread's; Multiply is one of the kernels.
template <typename Multiply>
void multiply_parts(const Worker& worker, std::size_t parts, const PackedInt8& matrix,
                    const QuantisedRows& x, float* y, std::size_t stride, Multiply&& multiply) {
  for (std::size_t p = worker.thread; p < parts; p += worker.threads) {
    const PackedInt8::Part& part = matrix.part(p);
    multiply(part.panels, x, y + part.first_output, stride);
  }
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

void DecoderNetwork::embed(DecoderPass& pass, const Worker& worker) const {
  DecoderScratch& scratch = *pass.scratch;
  const std::size_t pairs = rotary_.pairs();
  for (std::size_t r = worker.thread; r < pass.rows; r += worker.threads) {
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
  worker.wait_for_all();
}

// A single row is made by every thread for itself, which is quicker than to wait for another.
QuantisedRows DecoderNetwork::quantised(const DecoderPass& pass, const Worker& worker,
                                        const PackedInt8& by, const Floats& floats) const {
  DecoderScratch& scratch = *pass.scratch;
  const bool single = pass.rows == 1;
  const auto make = [&](std::size_t row, std::size_t place) {
    const float* from = floats.values + row * floats.stride;
    std::int16_t* to = scratch.inputs.data() + place * scratch.widest;
    const std::size_t n = by.padded_in();
    scratch.scales[single ? place * 16 : place] =
        floats.norm == nullptr
            ? quantise(from, n, by.levels(), to)
            : normalise_and_quantise(from, floats.norm->data(), n, by.in(), by.levels(), to);
  };
  if (single) {
    make(0, worker.thread);
    return {scratch.inputs.data() + worker.thread * scratch.widest, scratch.widest,
            scratch.scales.data() + worker.thread * 16, 1};
  }
  for (std::size_t r = worker.thread; r < pass.rows; r += worker.threads) make(r, r);
  worker.wait_for_all();
  return {scratch.inputs.data(), scratch.widest, scratch.scales.data(), pass.rows};
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
void DecoderNetwork::remember(const DecoderPass& pass, std::size_t layer, const Task& task,
                              std::size_t thread) const {
  DecoderScratch& scratch = *pass.scratch;
  DecoderScratch::PerThread& own = scratch.threads[thread];
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

void DecoderNetwork::hear(const DecoderPass& pass, std::size_t layer, const Task& task,
                          std::size_t thread) const {
  DecoderScratch& scratch = *pass.scratch;
  DecoderScratch::PerThread& own = scratch.threads[thread];
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

void DecoderNetwork::attend_all(const DecoderPass& pass, const Worker& worker,
                                std::size_t layer) const {
  const std::size_t tasks = pass.rows * shape_.kv_heads;
  const auto task = [&](std::size_t t) { return Task{t / shape_.kv_heads, t % shape_.kv_heads}; };
  for (std::size_t t = worker.thread; t < tasks; t += worker.threads) {
    remember(pass, layer, task(t), worker.thread);
  }
  // Later steps of a sequence hear earlier ones, which another thread may have remembered.
  if (pass.rows > 1) worker.wait_for_all();
  for (std::size_t t = worker.thread; t < tasks; t += worker.threads) {
    hear(pass, layer, task(t), worker.thread);
  }
  worker.wait_for_all();
}

void DecoderNetwork::run_layer(const DecoderPass& pass, const Worker& worker,
                               std::size_t index) const {
  DecoderScratch& s = *pass.scratch;
  const Layer& layer = layers_[index];
  const auto from_stream = [&](const PackedInt8& by, const AlignedFloats& norm) {
    return quantised(pass, worker, by, {s.stream.data(), s.width, &norm});
  };
  multiply_parts(worker, parts_, *layer.qkv, from_stream(*layer.qkv, layer.norm1), s.qkv.data(),
                 s.qkv_width, multiply_int8);
  worker.wait_for_all();
  attend_all(pass, worker, index);
  const auto heard = quantised(pass, worker, *layer.out, {s.heard.data(), s.width, nullptr});
  multiply_parts(worker, parts_, *layer.out, heard, s.stream.data(), s.width, multiply_add_int8);
  worker.wait_for_all();
  multiply_parts(worker, parts_, *layer.gate_up, from_stream(*layer.gate_up, layer.norm2),
                 s.hidden.data(), s.hidden_width, multiply_gated_int8);
  worker.wait_for_all();
  const auto hidden =
      quantised(pass, worker, *layer.down, {s.hidden.data(), s.hidden_width, nullptr});
  multiply_parts(worker, parts_, *layer.down, hidden, s.stream.data(), s.width, multiply_add_int8);
  worker.wait_for_all();
}

void DecoderNetwork::run(DecoderPass& pass, const Worker& worker) const {
  embed(pass, worker);
  for (std::size_t i = 0; i < layers_.size(); ++i) run_layer(pass, worker, i);
  DecoderScratch& s = *pass.scratch;
  DecoderPass last = pass;
  last.rows = pass.rows - pass.first_output;
  if (last.rows == 0) return;
  const float* stream = s.stream.data() + pass.first_output * s.width;
  const auto x = quantised(last, worker, *output_, {stream, s.width, &norm_});
  multiply_parts(worker, parts_, *output_, x, s.output.data(), s.output_width, multiply_int8);
}

void DecoderNetwork::write_logits(const DecoderPass& pass) const {
  const std::size_t vocab = size(spec_.vocab_size);
  for (std::size_t r = pass.first_output; r < pass.rows; ++r) {
    const DecoderPass::Row& row = pass.row[r];
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
  scales.resize(places * 16);
  angles.resize(kRows * 2 * network.rotary_.pairs());
  queries.resize(kRows * heads * shape.in);
  query_scales.resize(kRows * heads);
  threads.resize(network.parts_);
  const std::size_t group = heads / shape.kv_heads;
  const std::size_t blocks = (size(network.spec_.context) + kBlockSteps - 1) / kBlockSteps;
  for (PerThread& thread : threads) {
    thread.blocks.resize(blocks);
    thread.scores.resize(group * blocks * kBlockSteps);
    thread.result.resize(group * shape.out);
    thread.turned.resize(shape.in);
    thread.key.resize(shape.in);
    thread.value.resize(shape.in);
  }
}

}  // namespace undersong
