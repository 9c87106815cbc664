#include "model/architecture.h"

namespace undersong {

// An index is not a quantity, so each symbol has a vector of its own; and the state is carried from
// the start of the piece. The strong dropout is what keeps it from reciting its corpus.
Architecture lstm_embedding_architecture() {
  Architecture embedding;
  embedding.name = "lstm-embedding";
  embedding.summary = "a vector for each symbol and one LSTM that remembers the whole piece";
  embedding.source = "the lesson of the seed: an index is not a quantity";
  embedding.reading = Reading::kRecurrent;
  embedding.layers = {
      {.kind = LayerKind::kEmbedding, .units = 256},
      {.kind = LayerKind::kLstm, .units = 256},
      {.kind = LayerKind::kDropout, .rate = 0.4},
      {.kind = LayerKind::kDense, .units = kVocabulary},
  };
  embedding.defaults = {.epochs = 60,
                        .batch = 32,
                        .learning_rate = 0.01,
                        .window = 64,
                        .transpose = 5,
                        .patience = 8};
  return embedding;
}

}  // namespace undersong
