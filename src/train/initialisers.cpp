#include "train/initialisers.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace undersong {
namespace {

constexpr double kTableRange = 0.05;  // Keras' RandomUniform, which Embedding starts from

std::int64_t product(const std::vector<std::int64_t>& shape) {
  std::int64_t count = 1;
  for (const std::int64_t size : shape) count *= size;
  return count;
}

std::vector<float> uniform(Rng& rng, std::int64_t count, double range) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>((2.0 * rng.uniform() - 1.0) * range);
  return values;
}

// Standard normal, by the polar method.
double normal(Rng& rng) {
  while (true) {
    const double x = 2.0 * rng.uniform() - 1.0;
    const double y = 2.0 * rng.uniform() - 1.0;
    const double square = x * x + y * y;
    if (square > 0.0 && square < 1.0) return x * std::sqrt(-2.0 * std::log(square) / square);
  }
}

// Takes the part along each earlier row away, twice, since once leaves rounding errors behind.
void make_orthonormal(std::vector<double>& matrix, std::int64_t rows, std::int64_t columns) {
  const auto row = [&](std::int64_t r) { return matrix.data() + r * columns; };
  for (std::int64_t r = 0; r < rows; ++r) {
    for (int pass = 0; pass < 2; ++pass) {
      for (std::int64_t earlier = 0; earlier < r; ++earlier) {
        double dot = 0.0;
        for (std::int64_t k = 0; k < columns; ++k) dot += row(r)[k] * row(earlier)[k];
        for (std::int64_t k = 0; k < columns; ++k) row(r)[k] -= dot * row(earlier)[k];
      }
    }
    double square = 0.0;
    for (std::int64_t k = 0; k < columns; ++k) square += row(r)[k] * row(r)[k];
    const double scale = 1.0 / std::sqrt(square);
    for (std::int64_t k = 0; k < columns; ++k) row(r)[k] *= scale;
  }
}

// Walks the layers with the width that each hands to the next.
class Walk {
 public:
  Walk(const NetworkSpec& spec, std::uint64_t seed)
      : spec_(spec), rng_(Rng(seed).fork("weights")) {}

  std::vector<InitialTensor> tensors() {
    for (std::size_t i = 0; i < spec_.layers.size(); ++i) add_layer(i, spec_.layers[i]);
    return std::move(tensors_);
  }

 private:
  void add_layer(std::size_t index, const LayerSpec& layer) {
    prefix_ = "layers." + std::to_string(index) + ".";
    const std::int64_t vocab = spec_.vocab_size;
    const std::int64_t units = layer.units == kVocabulary ? vocab : layer.units;
    switch (layer.kind) {
      case LayerKind::kScaledIndex: width_ = 1; return;
      case LayerKind::kEmbedding:
      case LayerKind::kColumnEmbedding: add_table("table", {vocab, units}); break;
      case LayerKind::kLstm: add_lstm(units); break;
      case LayerKind::kConv1d: {
        const std::int64_t size = layer.kernel_size;
        add_kernel({size, width_, units}, size * width_, size * units);
        add_zeros("bias", {units});
        break;
      }
      case LayerKind::kDense:
        add_kernel({width_, units}, width_, units);
        add_zeros("bias", {units});
        break;
      case LayerKind::kColumnHead:
        add_kernel({width_, vocab}, width_, vocab);
        add_zeros("bias", {vocab});
        add_table("given", {vocab, vocab});
        width_ = vocab;
        return;
      case LayerKind::kDropout:
      case LayerKind::kLastStep:
      case LayerKind::kSoftmaxMaxOverTime: return;
    }
    width_ = units;
  }

  void add_lstm(std::int64_t units) {
    add_kernel({width_, 4 * units}, width_, 4 * units);
    add("recurrent", {units, 4 * units}, orthogonal_rows(rng_, units, 4 * units));
    std::vector<float> bias(static_cast<std::size_t>(4 * units), 0.0F);
    std::fill_n(bias.begin() + units, units, 1.0F);  // remember at first
    add("bias", {4 * units}, std::move(bias));
  }

  void add_kernel(std::vector<std::int64_t> shape, std::int64_t fan_in, std::int64_t fan_out) {
    auto values = glorot_uniform(rng_, product(shape), fan_in, fan_out);
    add("kernel", std::move(shape), std::move(values));
  }

  void add_table(const char* part, std::vector<std::int64_t> shape) {
    auto values = uniform(rng_, product(shape), kTableRange);
    add(part, std::move(shape), std::move(values));
  }

  void add_zeros(const char* part, std::vector<std::int64_t> shape) {
    std::vector<float> values(static_cast<std::size_t>(product(shape)), 0.0F);
    add(part, std::move(shape), std::move(values));
  }

  void add(const char* part, std::vector<std::int64_t> shape, std::vector<float> values) {
    tensors_.push_back({prefix_ + part, std::move(shape), std::move(values)});
  }

  const NetworkSpec& spec_;
  Rng rng_;
  std::string prefix_;
  std::int64_t width_ = 0;
  std::vector<InitialTensor> tensors_;
};

}  // namespace

std::vector<float> glorot_uniform(Rng& rng, std::int64_t count, std::int64_t fan_in,
                                  std::int64_t fan_out) {
  return uniform(rng, count, std::sqrt(6.0 / static_cast<double>(fan_in + fan_out)));
}

std::vector<float> orthogonal_rows(Rng& rng, std::int64_t rows, std::int64_t columns) {
  UNDERSONG_CHECK(rows <= columns);
  std::vector<double> matrix(static_cast<std::size_t>(rows * columns));
  for (double& value : matrix) value = normal(rng);
  make_orthonormal(matrix, rows, columns);
  return {matrix.begin(), matrix.end()};
}

std::vector<InitialTensor> initial_tensors(const NetworkSpec& spec, std::uint64_t seed) {
  return Walk(spec, seed).tensors();
}

}  // namespace undersong
