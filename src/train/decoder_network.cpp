#include "train/decoder_network.h"

#include <cmath>

namespace undersong {
namespace {

constexpr double kRmsEpsilon = 1e-6;
constexpr double kRotaryBase = 10000.0;
constexpr double kNever = -1e9;  // a logit whose exponential is nothing

// x [rows, heads, steps, head], rotated by its step, in float32 whatever x is.
at::Tensor rotated(const at::Tensor& x) {
  const std::int64_t steps = x.size(2);
  const std::int64_t half = x.size(3) / 2;
  const auto options = x.options().dtype(at::kFloat);
  const at::Tensor shares = at::arange(half, options) / static_cast<double>(half);
  const at::Tensor angles = at::arange(steps, options).unsqueeze(1) *
                            at::exp(shares * -std::log(kRotaryBase)).unsqueeze(0);
  const at::Tensor cosines = at::cos(angles);
  const at::Tensor sines = at::sin(angles);
  const at::Tensor low = x.narrow(3, 0, half).to(at::kFloat);
  const at::Tensor high = x.narrow(3, half, half).to(at::kFloat);
  return at::cat({low * cosines - high * sines, high * cosines + low * sines}, 3)
      .to(x.scalar_type());
}

at::Tensor repeated_for_groups(const at::Tensor& x, std::int64_t group) {
  return group == 1 ? x : at::repeat_interleave(x, group, 1);
}

}  // namespace

TorchDecoder::TorchDecoder(const DecoderSpec& spec, std::map<std::string, at::Tensor> parameters,
                           bool bfloat16)
    : spec_(spec),
      parameters_(std::move(parameters)),
      type_(bfloat16 ? at::kBFloat16 : at::kFloat) {}

at::Tensor TorchDecoder::embed(const at::Tensor& features) const {
  const at::Tensor& table = parameter("table");
  const at::Tensor rows = at::embedding(table, features.clamp_min(0));
  const at::Tensor told = features.ge(0).to(table.scalar_type()).unsqueeze(-1);
  return (rows * told).sum(2);
}

at::Tensor TorchDecoder::normalised(const at::Tensor& x, const at::Tensor& gain) const {
  const at::Tensor wide = x.to(at::kFloat);
  const at::Tensor inverse = at::rsqrt((wide * wide).mean({-1}, true) + kRmsEpsilon);
  return wide * inverse * gain;
}

at::Tensor TorchDecoder::linear(const at::Tensor& x, const std::string& name) const {
  return at::linear(x.to(type_), parameter(name).to(type_));
}

at::Tensor TorchDecoder::attention(const at::Tensor& x, const std::string& prefix) const {
  const std::int64_t rows = x.size(0);
  const std::int64_t steps = x.size(1);
  const std::int64_t head = spec_.head_width();
  const std::int64_t kv = spec_.kv_heads;
  const at::Tensor qkv =
      linear(x, prefix + "qkv").view({rows, steps, spec_.heads + 2 * kv, head}).transpose(1, 2);
  const at::Tensor queries = rotated(qkv.narrow(1, 0, spec_.heads));
  const at::Tensor keys = rotated(qkv.narrow(1, spec_.heads, kv));
  const at::Tensor values = qkv.narrow(1, spec_.heads + kv, kv);
  const std::int64_t group = spec_.heads / kv;
  const at::Tensor heard = causal_attention(queries, repeated_for_groups(keys, group),
                                            repeated_for_groups(values, group));
  return linear(heard.transpose(1, 2).reshape({rows, steps, spec_.width}), prefix + "out");
}

at::Tensor TorchDecoder::feed_forward(const at::Tensor& x, const std::string& prefix) const {
  const at::Tensor both = linear(x, prefix + "gate_up");
  const at::Tensor gates = both.narrow(-1, 0, spec_.hidden);
  const at::Tensor ups = both.narrow(-1, spec_.hidden, spec_.hidden);
  return linear(at::silu(gates) * ups, prefix + "down");
}

// hidden [n, width], anchors [n, heads] -> what the relative heads add to the logits.
at::Tensor TorchDecoder::relative(const at::Tensor& hidden, const at::Tensor& anchors) const {
  at::Tensor sum;
  for (std::size_t r = 0; r < spec_.relative_heads.size(); ++r) {
    const RelativeHead& head = spec_.relative_heads[r];
    const at::Tensor products = linear(hidden, "relative." + std::to_string(r)).to(at::kFloat);
    const at::Tensor anchor = anchors.select(1, static_cast<std::int64_t>(r)).unsqueeze(1);
    const at::Tensor distances = at::arange(head.count, anchor.options()).unsqueeze(0) - anchor;
    // Where no anchor is, any row serves, since it counts 0 times.
    const at::Tensor rows = head.period > 0
                                ? at::remainder(distances, head.period)
                                : at::clamp(distances + (head.count - 1), 0, head.rows() - 1);
    const at::Tensor told = anchor.ge(0).to(at::kFloat);
    at::Tensor values = products.gather(1, rows) * told;
    if (head.period < 0) values = values.masked_fill(distances.le(0).logical_and(anchor.ge(0)), kNever);
    const at::Tensor part =
        at::constant_pad_nd(values, {head.first, spec_.vocab_size - head.first - head.count}, 0.0);
    sum = sum.defined() ? sum + part : part;
  }
  return sum;
}

at::Tensor TorchDecoder::logits(const DecoderInputs& inputs, double dropout) const {
  const auto dropped = [&](const at::Tensor& x) {
    return dropout > 0.0 ? at::dropout(x, dropout, true) : x;
  };
  at::Tensor stream = embed(inputs.features);
  for (int i = 0; i < spec_.layers; ++i) {
    const std::string prefix = "layers." + std::to_string(i) + ".";
    stream =
        stream +
        dropped(attention(normalised(stream, parameter(prefix + "norm1")), prefix)).to(at::kFloat);
    stream = stream + dropped(feed_forward(normalised(stream, parameter(prefix + "norm2")), prefix))
                          .to(at::kFloat);
  }
  const at::Tensor hidden = normalised(stream, parameter("norm")).reshape({-1, spec_.width});
  const at::Tensor tokens = parameter("table").narrow(0, 0, spec_.vocab_size);
  const at::Tensor out = at::linear(hidden.to(type_), tokens.to(type_)).to(at::kFloat);
  if (spec_.relative_heads.empty()) return out;
  const auto heads = static_cast<std::int64_t>(spec_.relative_heads.size());
  return out + relative(hidden, inputs.anchors.reshape({-1, heads}));
}

at::Tensor TorchDecoder::nats(const at::Tensor& logits, const at::Tensor& targets) {
  return at::cross_entropy_loss(logits, targets.reshape({-1}), {}, at::Reduction::None,
                                /*ignore_index=*/-1);
}

}  // namespace undersong
