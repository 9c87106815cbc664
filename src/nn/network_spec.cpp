#include "nn/network_spec.h"

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

}  // namespace undersong
