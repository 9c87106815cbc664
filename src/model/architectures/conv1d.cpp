#include "model/architecture.h"

namespace undersong {

Architecture conv1d_architecture() {
  Architecture conv1d;
  conv1d.name = "conv1d";
  conv1d.summary = "the seed's Conv1D: the likeliest position of the last 10 symbols decides";
  conv1d.source = "the student project that Undersong grows out of";
  conv1d.layers = {
      {.kind = LayerKind::kScaledIndex},
      {.kind = LayerKind::kConv1d, .units = 256, .kernel_size = 3},
      {.kind = LayerKind::kDropout, .rate = 0.1},
      {.kind = LayerKind::kDense, .units = 64},
      {.kind = LayerKind::kDropout, .rate = 0.1},
      {.kind = LayerKind::kDense, .units = kVocabulary},
      {.kind = LayerKind::kSoftmaxMaxOverTime},
  };
  return conv1d;
}

}  // namespace undersong
