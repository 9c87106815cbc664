#include "torch_decoder.h"

#include <torch/torch.h>

#include <cmath>
#include <string>
#include <vector>

namespace undersong {
namespace {

at::Tensor tensor_of(const WeightFile& weights, const std::string& name) {
  const WeightTensor& tensor = weights.tensors.at(name);
  const auto& values = std::get<std::vector<float>>(tensor.values);
  return at::from_blob(const_cast<float*>(values.data()), tensor.shape, at::kFloat).clone();
}

at::Tensor normalised(const at::Tensor& x, const at::Tensor& weight) {
  return x * at::rsqrt(x.square().mean(-1, true) + 1e-6) * weight;
}

}  // namespace

struct TorchDecoder::Network {
  struct Layer {
    at::Tensor norm1, qkv, out, norm2, gate_up, down;
    at::Tensor keys, values;  // [candidates, kv heads, steps, head]
  };

  Network(const DecoderSpec& described, const WeightFile& weights)
      : spec(described), table(tensor_of(weights, "table")), norm(tensor_of(weights, "norm")) {
    for (int i = 0; i < spec.layers; ++i) {
      const std::string prefix = "layers." + std::to_string(i) + ".";
      const auto read = [&](const char* part) { return tensor_of(weights, prefix + part); };
      layers.push_back({read("norm1"),
                        read("qkv"),
                        read("out"),
                        read("norm2"),
                        read("gate_up"),
                        read("down"),
                        {},
                        {}});
    }
    const int half = spec.head_width() / 2;
    const auto exponents = at::arange(half, at::kFloat) / half;
    frequencies = at::pow(at::full({half}, 10000.0F), -exponents);
    tokens = table.narrow(0, 0, spec.vocab_size).t();
  }

  void begin(std::int64_t candidates, std::int64_t steps) {
    for (Layer& layer : layers) {
      layer.keys = at::zeros({candidates, spec.kv_heads, steps, spec.head_width()});
      layer.values = at::zeros_like(layer.keys);
    }
  }

  at::Tensor turned(const at::Tensor& heads, const at::Tensor& cosine, const at::Tensor& sine) {
    const auto halves = heads.chunk(2, -1);
    return at::cat({halves[0] * cosine - halves[1] * sine, halves[1] * cosine + halves[0] * sine},
                   -1);
  }

  at::Tensor attention(Layer& layer, const at::Tensor& x, std::int64_t step) {
    const std::int64_t b = x.size(0);
    const std::int64_t head = spec.head_width();
    const std::int64_t group = spec.heads / spec.kv_heads;
    const auto qkv = at::matmul(x, layer.qkv.t()).view({b, spec.heads + 2 * spec.kv_heads, head});
    const auto angles = frequencies * static_cast<double>(step);
    const auto cosine = angles.cos();
    const auto sine = angles.sin();
    const auto query = turned(qkv.narrow(1, 0, spec.heads), cosine, sine);
    layer.keys.select(2, step).copy_(
        turned(qkv.narrow(1, spec.heads, spec.kv_heads), cosine, sine));
    layer.values.select(2, step).copy_(qkv.narrow(1, spec.heads + spec.kv_heads, spec.kv_heads));
    const auto keys = layer.keys.narrow(2, 0, step + 1);
    const auto scores =
        at::matmul(query.view({b, spec.kv_heads, group, head}), keys.transpose(2, 3)) /
        std::sqrt(static_cast<double>(head));
    const auto heard = at::matmul(at::softmax(scores, -1), layer.values.narrow(2, 0, step + 1));
    return at::matmul(heard.reshape({b, spec.width}), layer.out.t());
  }

  // The likeliest after `ids` [candidates].
  at::Tensor next(const at::Tensor& ids, std::int64_t step) {
    auto x = table.index_select(0, ids);
    for (Layer& layer : layers) {
      x = x + attention(layer, normalised(x, layer.norm1), step);
      const auto both = at::matmul(normalised(x, layer.norm2), layer.gate_up.t()).chunk(2, -1);
      x = x + at::matmul(at::silu(both[0]) * both[1], layer.down.t());
    }
    return at::matmul(normalised(x, norm), tokens).argmax(-1);
  }

  DecoderSpec spec;
  at::Tensor table, norm, frequencies, tokens;
  std::vector<Layer> layers;
};

TorchDecoder::TorchDecoder(const DecoderSpec& spec, const WeightFile& weights)
    : network_(std::make_unique<Network>(spec, weights)) {}
TorchDecoder::~TorchDecoder() = default;

void TorchDecoder::write(int tokens, int candidates, int threads) {
  const torch::NoGradGuard no_gradients;
  torch::set_num_threads(threads);
  network_->begin(candidates, tokens);
  auto ids = at::zeros({candidates}, at::kLong);
  for (int step = 0; step < tokens; ++step) ids = network_->next(ids, step);
}

}  // namespace undersong
