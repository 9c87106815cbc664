#include "model/architecture.h"

namespace undersong {

Architecture lstm_architecture() {
  Architecture lstm;
  lstm.name = "lstm";
  lstm.summary = "the seed's LSTM: two layers over the last 10 symbols";
  lstm.source = "the student project that Undersong grows out of";
  lstm.layers = {
      {.kind = LayerKind::kScaledIndex},
      {.kind = LayerKind::kLstm, .units = 512},
      {.kind = LayerKind::kDropout, .rate = 0.1},
      {.kind = LayerKind::kLstm, .units = 256},
      {.kind = LayerKind::kLastStep},
      {.kind = LayerKind::kDense, .units = 256},
      {.kind = LayerKind::kDropout, .rate = 0.1},
      {.kind = LayerKind::kDense, .units = kVocabulary},
  };
  return lstm;
}

}  // namespace undersong
