#include "nn/reference_decoder.h"

#include <algorithm>
#include <cmath>

#include "nn/int8_weights.h"

namespace undersong {
namespace {

using Vector = std::vector<double>;

class Reference {
 public:
  Reference(const DecoderSpec& spec, const WeightFile& weights) : spec_(spec), weights_(weights) {}

  Vector logits(std::span<const DecoderStep> steps) const {
    std::vector<Vector> stream;
    for (const DecoderStep& step : steps) stream.push_back(embedding(step));
    for (int i = 0; i < spec_.layers; ++i) run_layer("layers." + std::to_string(i) + ".", stream);
    const Vector last = normalised(stream.back(), "norm");
    Vector logits = product("table", last);
    logits.resize(static_cast<std::size_t>(spec_.vocab_size));
    for (std::size_t r = 0; r < spec_.relative_heads.size(); ++r) {
      const RelativeHead& head = spec_.relative_heads[r];
      const int anchor = steps.back().anchors[r];
      if (anchor < 0) continue;
      const Vector relative = product("relative." + std::to_string(r), last);
      for (int v = head.first; v < head.first + head.count; ++v) {
        logits[static_cast<std::size_t>(v)] +=
            relative[static_cast<std::size_t>(head.row_of((v - head.first) - anchor))];
      }
    }
    return logits;
  }

 private:
  const std::vector<float>& values(const std::string& name) const {
    return std::get<std::vector<float>>(weights_.tensors.at(name).values);
  }

  Vector embedding(const DecoderStep& step) const {
    const auto width = static_cast<std::size_t>(spec_.width);
    Vector sum(width);
    for (const int feature : step.features) {
      for (std::size_t i = 0; feature >= 0 && i < width; ++i) {
        sum[i] +=
            static_cast<double>(values("table")[static_cast<std::size_t>(feature) * width + i]);
      }
    }
    return sum;
  }

  Vector product(const std::string& name, const Vector& x) const {
    const std::vector<float>& matrix = values(name);
    Vector y(matrix.size() / x.size());
    for (std::size_t o = 0; o < y.size(); ++o) {
      for (std::size_t i = 0; i < x.size(); ++i) {
        y[o] += static_cast<double>(matrix[o * x.size() + i]) * x[i];
      }
    }
    return y;
  }

  Vector normalised(const Vector& x, const std::string& name) const {
    double sum = 0.0;
    for (const double value : x) sum += value * value;
    const double scale = 1.0 / std::sqrt(sum / static_cast<double>(x.size()) + 1e-6);
    Vector y(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      y[i] = x[i] * scale * static_cast<double>(values(name)[i]);
    }
    return y;
  }

  Vector turned(Vector head, std::size_t position) const {
    const std::size_t half = head.size() / 2;
    for (std::size_t i = 0; i < half; ++i) {
      const double turn = static_cast<double>(position) *
                          std::pow(10000.0, -static_cast<double>(i) / static_cast<double>(half));
      const double a = head[i];
      const double b = head[i + half];
      head[i] = a * std::cos(turn) - b * std::sin(turn);
      head[i + half] = b * std::cos(turn) + a * std::sin(turn);
    }
    return head;
  }

  Vector part(const Vector& qkv, int head) const {
    const auto begin = qkv.begin() + head * spec_.head_width();
    return Vector(begin, begin + spec_.head_width());
  }

  Vector attention(const std::vector<Vector>& qkv, std::size_t now) const {
    Vector heard;
    for (int head = 0; head < spec_.heads; ++head) {
      const int shared = head / (spec_.heads / spec_.kv_heads);
      const Vector query = turned(part(qkv[now], head), now);
      Vector weights(now + 1);
      for (std::size_t s = 0; s <= now; ++s) {
        const Vector key = turned(part(qkv[s], spec_.heads + shared), s);
        for (std::size_t d = 0; d < key.size(); ++d) weights[s] += query[d] * key[d];
        weights[s] /= std::sqrt(static_cast<double>(spec_.head_width()));
      }
      const double most = *std::max_element(weights.begin(), weights.end());
      double sum = 0.0;
      for (double& weight : weights) sum += weight = std::exp(weight - most);
      Vector result(query.size());
      for (std::size_t s = 0; s <= now; ++s) {
        const Vector value = part(qkv[s], spec_.heads + spec_.kv_heads + shared);
        for (std::size_t d = 0; d < value.size(); ++d) result[d] += weights[s] / sum * value[d];
      }
      heard.insert(heard.end(), result.begin(), result.end());
    }
    return heard;
  }

  void run_layer(const std::string& layer, std::vector<Vector>& stream) const {
    std::vector<Vector> qkv;
    for (const Vector& x : stream) {
      qkv.push_back(product(layer + "qkv", normalised(x, layer + "norm1")));
    }
    for (std::size_t s = 0; s < stream.size(); ++s) {
      add(product(layer + "out", attention(qkv, s)), stream[s]);
      Vector both = product(layer + "gate_up", normalised(stream[s], layer + "norm2"));
      const auto hidden = static_cast<std::size_t>(spec_.hidden);
      for (std::size_t i = 0; i < hidden; ++i) {
        both[i] *= both[i + hidden] / (1.0 + std::exp(-both[i]));
      }
      both.resize(hidden);
      add(product(layer + "down", both), stream[s]);
    }
  }

  static void add(const Vector& what, Vector& to) {
    for (std::size_t i = 0; i < to.size(); ++i) to[i] += what[i];
  }

  const DecoderSpec& spec_;
  const WeightFile& weights_;
};

DecoderSpec tiny(int width, int heads, int kv_heads, int hidden) {
  DecoderSpec spec;
  spec.vocab_size = 37;
  spec.feature_count = 45;
  spec.features_per_step = 3;
  spec.width = width;
  spec.layers = 3;
  spec.heads = heads;
  spec.kv_heads = kv_heads;
  spec.hidden = hidden;
  spec.context = 150;
  spec.relative_heads = {{5, 11, 0}, {3, 20, 12}};
  return spec;
}

}  // namespace

std::vector<double> reference_decoder_logits(const DecoderSpec& spec, const WeightFile& weights,
                                             std::span<const DecoderStep> steps) {
  return Reference(spec, weights).logits(steps);
}

WeightFile random_decoder_weights(const DecoderSpec& spec, std::uint64_t seed) {
  WeightFile weights;
  const Rng root(seed);
  for (const TensorSpec& tensor : tensors_of(spec)) {
    Rng rng = root.fork(tensor.name);
    const bool vector = tensor.shape.size() == 1;
    const auto count = static_cast<std::size_t>(tensor.shape[0] * (vector ? 1 : tensor.shape[1]));
    const bool table = tensor.name == "table" || tensor.name.starts_with("relative");
    // Sums of three uniform numbers have a deviation of a half.
    const double scale = table ? 0.2 : 2.0 / std::sqrt(static_cast<double>(tensor.shape.back()));
    std::vector<float> values(count);
    for (float& value : values) {
      const double normal = rng.uniform() + rng.uniform() + rng.uniform() - 1.5;
      value = static_cast<float>(vector ? 1.0 + 0.4 * normal : scale * normal);
    }
    weights.tensors[tensor.name] = {tensor.shape, std::move(values)};
  }
  return weights;
}

WeightFile dequantised(const DecoderSpec& spec, const WeightFile& weights) {
  WeightFile result = weights;
  for (const TensorSpec& tensor : tensors_of(spec)) {
    if (tensor.shape.size() != 2) continue;
    const Int8Matrix matrix = int8_matrix(weights, tensor.name, tensor.shape[0], tensor.shape[1]);
    std::vector<float> values;
    for (std::size_t i = 0; i < matrix.values.size(); ++i) {
      values.push_back(static_cast<float>(matrix.values[i]) * matrix.scales[i / matrix.in]);
    }
    result.tensors[tensor.name] = {tensor.shape, std::move(values)};
  }
  return result;
}

std::vector<DecoderStep> random_steps(const DecoderSpec& spec, std::size_t count,
                                      std::uint64_t seed) {
  Rng rng(seed);
  const auto below = [&rng](int limit) {
    return static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(limit)));
  };
  std::vector<DecoderStep> steps(count);
  for (DecoderStep& step : steps) {
    step.features.push_back(below(spec.vocab_size));
    while (step.features.size() < static_cast<std::size_t>(spec.features_per_step)) {
      const int rows = spec.feature_count - spec.vocab_size + 1;
      const int row = below(rows);
      step.features.push_back(row + 1 == rows ? -1 : spec.vocab_size + row);
    }
    for (const RelativeHead& head : spec.relative_heads) {
      step.anchors.push_back(below(head.count + 1) - 1);
    }
  }
  return steps;
}

std::vector<TinyDecoder> tiny_decoders() {
  DecoderSpec alone = tiny(20, 1, 1, 7);
  alone.relative_heads = {};
  return {{"even", tiny(128, 4, 2, 160)},
          {"odd", tiny(36, 6, 2, 50)},
          {"alone", alone},
          {"many", tiny(48, 12, 2, 33)}};
}

}  // namespace undersong
