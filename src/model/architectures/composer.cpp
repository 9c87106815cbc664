#include "model/architecture.h"

namespace undersong {

// Learns from a training file rather than from a corpus; its sizes and settings are its own
// (model/composer_weights.h, train/composer_training.h).
Architecture composer_architecture() {
  Architecture composer;
  composer.name = "composer";
  composer.summary = "a decoder that writes any role of any bar, given what a plan asks of it";
  composer.source = "Vaswani et al. 2017, arXiv:1706.03762, as Llama has it (arXiv:2302.13971)";
  composer.kind = Architecture::Kind::kDecoder;
  composer.representation = Representation::kComposer;
  composer.reading = Reading::kRecurrent;
  return composer;
}

}  // namespace undersong
