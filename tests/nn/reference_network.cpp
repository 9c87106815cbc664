#include "nn/reference_network.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

namespace undersong {
namespace {

using Vector = std::vector<double>;
using Sequence = std::vector<Vector>;  // [time][features]

class Reference {
 public:
  Reference(const NetworkSpec& spec, const WeightFile& weights) : spec_(spec), weights_(weights) {}

  Vector logits(std::span<const std::int32_t> ids) const {
    const bool columns = spec_.layers.back().kind == LayerKind::kColumnHead;
    if (columns) return column_logits(ids);
    const auto window = static_cast<std::size_t>(spec_.window);
    if (spec_.reading == Reading::kWindow) {
      if (ids.size() < window) return zeros();
      ids = ids.last(window);
    }
    if (ids.empty()) return zeros();
    Sequence values;
    for (const auto id : ids) values.push_back(input(id));
    return run(values, spec_.layers.size()).back();
  }

 private:
  Vector zeros() const { return Vector(static_cast<std::size_t>(spec_.vocab_size)); }

  const std::vector<float>& tensor(std::size_t layer, const std::string& part) const {
    const auto& found = weights_.tensors.at("layers." + std::to_string(layer) + "." + part);
    return std::get<std::vector<float>>(found.values);
  }

  Vector table_row(std::int32_t id) const {
    const auto& table = tensor(0, "table");
    const auto width = static_cast<std::ptrdiff_t>(spec_.layers[0].units);
    return {table.begin() + id * width, table.begin() + (id + 1) * width};
  }

  Vector input(std::int32_t id) const {
    if (spec_.layers[0].kind == LayerKind::kScaledIndex) {
      return {static_cast<double>(id) / spec_.vocab_size};
    }
    return table_row(id);
  }

  // x * kernel + bias; kernel [in, out].
  static Vector affine(const Vector& x, std::span<const float> kernel,
                       std::span<const float> bias) {
    Vector y(bias.begin(), bias.end());
    for (std::size_t i = 0; i < x.size(); ++i) {
      for (std::size_t j = 0; j < y.size(); ++j) {
        y[j] += x[i] * static_cast<double>(kernel[i * y.size() + j]);
      }
    }
    return y;
  }

  Sequence lstm(const Sequence& xs, std::size_t layer) const {
    const auto units = static_cast<std::size_t>(spec_.layers[layer].units);
    const auto sigmoid = [](double x) { return 1.0 / (1.0 + std::exp(-x)); };
    const Vector no_bias(4 * units);
    const std::vector<float> zero_bias(4 * units);
    Vector h(units);
    Vector c(units);
    Sequence out;
    for (const Vector& x : xs) {
      Vector z = affine(x, tensor(layer, "kernel"), tensor(layer, "bias"));
      const Vector back = affine(h, tensor(layer, "recurrent"), zero_bias);
      for (std::size_t i = 0; i < z.size(); ++i) z[i] += back[i];
      for (std::size_t u = 0; u < units; ++u) {
        c[u] = sigmoid(z[units + u]) * c[u] + sigmoid(z[u]) * std::tanh(z[2 * units + u]);
        h[u] = sigmoid(z[3 * units + u]) * std::tanh(c[u]);
      }
      out.push_back(h);
    }
    return out;
  }

  Sequence conv1d(const Sequence& xs, std::size_t layer) const {
    const auto taps = static_cast<std::size_t>(spec_.layers[layer].kernel_size);
    Sequence out;
    for (std::size_t t = 0; t + taps <= xs.size(); ++t) {
      Vector joined;
      for (std::size_t k = 0; k < taps; ++k) {
        joined.insert(joined.end(), xs[t + k].begin(), xs[t + k].end());
      }
      out.push_back(affine(joined, tensor(layer, "kernel"), tensor(layer, "bias")));
      for (double& value : out.back()) value = std::max(value, 0.0);
    }
    return out;
  }

  static Sequence softmax_max(const Sequence& xs) {
    Vector best(xs[0].size(), -std::numeric_limits<double>::infinity());
    for (const Vector& x : xs) {
      double sum = 0.0;
      for (const double value : x) sum += std::exp(value);
      for (std::size_t v = 0; v < x.size(); ++v) best[v] = std::max(best[v], x[v] - std::log(sum));
    }
    return {best};
  }

  // The layers from 1 up to `end` on the inputs of every step.
  Sequence run(Sequence xs, std::size_t end) const {
    for (std::size_t layer = 1; layer < end; ++layer) {
      switch (spec_.layers[layer].kind) {
        case LayerKind::kLstm: xs = lstm(xs, layer); break;
        case LayerKind::kConv1d: xs = conv1d(xs, layer); break;
        case LayerKind::kDense:
          for (Vector& x : xs) x = affine(x, tensor(layer, "kernel"), tensor(layer, "bias"));
          break;
        case LayerKind::kLastStep: xs = {xs.back()}; break;
        case LayerKind::kSoftmaxMaxOverTime: xs = softmax_max(xs); break;
        default: break;
      }
    }
    return xs;
  }

  Vector column_logits(std::span<const std::int32_t> ids) const {
    const std::size_t columns = spec_.column_sizes.size();
    const std::size_t rows = ids.size() / columns;
    const std::size_t head = spec_.layers.size() - 1;
    Sequence inputs;
    for (std::size_t row = 0; row < rows; ++row) {
      Vector sum(static_cast<std::size_t>(spec_.layers[0].units));
      for (std::size_t column = 0; column < columns; ++column) {
        const Vector vector = table_row(ids[row * columns + column]);
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += vector[i];
      }
      inputs.push_back(sum);
    }
    const auto& bias = tensor(head, "bias");
    const std::size_t width = tensor(head, "kernel").size() / bias.size();
    const Vector y = rows == 0 ? Vector(width) : run(inputs, head).back();
    Vector logits = affine(y, tensor(head, "kernel"), bias);
    for (const std::int32_t id : ids.subspan(rows * columns)) {
      for (std::size_t v = 0; v < logits.size(); ++v) {
        logits[v] += static_cast<double>(
            tensor(head, "given")[static_cast<std::size_t>(id) * logits.size() + v]);
      }
    }
    const std::size_t column = ids.size() % columns;
    const auto begin = std::accumulate(spec_.column_sizes.begin(),
                                       spec_.column_sizes.begin() + static_cast<int>(column), 0);
    for (std::size_t v = 0; v < logits.size(); ++v) {
      const int offset = static_cast<int>(v) - begin;
      if (offset < 0 || offset >= spec_.column_sizes[column]) {
        logits[v] = -std::numeric_limits<double>::infinity();
      }
    }
    return logits;
  }

  const NetworkSpec& spec_;
  const WeightFile& weights_;
};

}  // namespace

std::vector<double> reference_logits(const NetworkSpec& spec, const WeightFile& weights,
                                     std::span<const std::int32_t> ids) {
  return Reference(spec, weights).logits(ids);
}

}  // namespace undersong
