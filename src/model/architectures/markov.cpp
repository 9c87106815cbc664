#include "model/architecture.h"

namespace undersong {

Architecture markov_architecture() {
  Architecture markov;
  markov.name = "markov";
  markov.summary = "baseline: what followed the last symbols, backing off to fewer of them";
  markov.source = "Witten & Bell 1991, doi:10.1109/18.87000 (method C)";
  markov.kind = Architecture::Kind::kCounting;
  markov.reading = Reading::kRecurrent;
  // One symbol of context does best on unseen pieces (docs/benchmarks.md); more recite the corpus.
  markov.order = 1;
  return markov;
}

}  // namespace undersong
