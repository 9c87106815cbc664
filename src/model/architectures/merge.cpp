#include "model/architecture.h"

namespace undersong {

Architecture merge_architecture() {
  Architecture merge;
  merge.name = "merge";
  merge.summary = "the seed's Merge: a convolution, then an LSTM, over the last 10 symbols";
  merge.source = "the student project that Undersong grows out of";
  merge.layers = {
      {.kind = LayerKind::kScaledIndex},
      {.kind = LayerKind::kConv1d, .units = 256, .kernel_size = 3},
      {.kind = LayerKind::kDropout, .rate = 0.1},
      {.kind = LayerKind::kLstm, .units = 256},
      {.kind = LayerKind::kLastStep},
      {.kind = LayerKind::kDense, .units = 256},
      {.kind = LayerKind::kDropout, .rate = 0.1},
      {.kind = LayerKind::kDense, .units = kVocabulary},
  };
  return merge;
}

}  // namespace undersong
