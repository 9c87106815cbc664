#pragma once
// A training small enough for a test, on music made up by rule.

#include <cstdint>
#include <string>

#include "base/rng.h"
#include "train/training.h"

namespace undersong {

// Scales up and down with a wrong note now and then, so that there is something to learn.
inline Dataset tiny_dataset(int pieces, int symbols) {
  constexpr int kVocab = 12;
  Dataset data;
  data.corpus = "tiny";
  data.corpus_sha256 = std::string(64, '0');
  std::vector<std::string> names;
  for (int id = 0; id < kVocab; ++id) names.push_back("N" + std::to_string(id));
  data.vocabulary = Vocabulary(std::move(names), std::vector<std::int64_t>(kVocab, 10));
  Rng rng(5);
  for (int number = 0; number < pieces; ++number) {
    DatasetPiece piece;
    piece.path = "piece " + std::to_string(number);
    piece.licence = "CC0-1.0";
    piece.split = number % 4 == 2 ? Split::kValid : number % 4 == 3 ? Split::kTest : Split::kTrain;
    int id = static_cast<int>(rng.below(kVocab));
    for (int i = 0; i < symbols; ++i) {
      piece.ids.push_back(id);
      id = rng.uniform() < 0.1 ? static_cast<int>(rng.below(kVocab)) : (id + 1) % kVocab;
    }
    data.pieces.push_back(std::move(piece));
  }
  return data;
}

inline Architecture tiny_architecture() {
  Architecture tiny;
  tiny.name = "lstm-embedding";
  tiny.reading = Reading::kRecurrent;
  tiny.layers = {{.kind = LayerKind::kEmbedding, .units = 8},
                 {.kind = LayerKind::kDropout, .rate = 0.2},
                 {.kind = LayerKind::kLstm, .units = 12},
                 {.kind = LayerKind::kDense, .units = kVocabulary}};
  tiny.defaults = {.epochs = 6, .batch = 2, .learning_rate = 0.02, .window = 8, .patience = 6};
  return tiny;
}

}  // namespace undersong
