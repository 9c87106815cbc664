#include "nn/network_spec.h"

#include "base/check.h"

namespace undersong {

std::string_view name_of(LayerKind kind) {
  switch (kind) {
    case LayerKind::kScaledIndex: return "scaled-index";
    case LayerKind::kEmbedding: return "embedding";
    case LayerKind::kColumnEmbedding: return "column-embedding";
    case LayerKind::kLstm: return "lstm";
    case LayerKind::kConv1d: return "conv1d";
    case LayerKind::kDense: return "dense";
    case LayerKind::kDropout: return "dropout";
    case LayerKind::kLastStep: return "last-step";
    case LayerKind::kSoftmaxMaxOverTime: return "softmax-max-over-time";
    case LayerKind::kColumnHead: return "column-head";
  }
  return "unknown";
}

std::vector<TensorSpec> tensors_of(const NetworkSpec& spec) {
  UNDERSONG_CHECK(spec.vocab_size > 0);
  const std::int64_t vocab = spec.vocab_size;
  std::vector<TensorSpec> tensors;
  std::int64_t in = 0;  // features that reach the layer
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const LayerSpec& layer = spec.layers[i];
    const std::int64_t units = layer.units == kVocabulary ? vocab : layer.units;
    const auto add = [&](const char* part, std::vector<std::int64_t> shape) {
      tensors.push_back({"layers." + std::to_string(i) + "." + part, std::move(shape)});
    };
    switch (layer.kind) {
      case LayerKind::kScaledIndex: in = 1; break;
      case LayerKind::kEmbedding:
      case LayerKind::kColumnEmbedding:
        add("table", {vocab, units});
        in = units;
        break;
      case LayerKind::kLstm:
        add("kernel", {in, 4 * units});
        add("recurrent", {units, 4 * units});
        add("bias", {4 * units});
        in = units;
        break;
      case LayerKind::kConv1d:
        add("kernel", {layer.kernel_size, in, units});
        add("bias", {units});
        in = units;
        break;
      case LayerKind::kDense:
        add("kernel", {in, units});
        add("bias", {units});
        in = units;
        break;
      case LayerKind::kColumnHead:
        add("kernel", {in, vocab});
        add("bias", {vocab});
        add("given", {vocab, vocab});
        in = vocab;
        break;
      case LayerKind::kDropout:
      case LayerKind::kLastStep:
      case LayerKind::kSoftmaxMaxOverTime: break;
    }
  }
  return tensors;
}

}  // namespace undersong
