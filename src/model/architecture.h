#pragma once
// The registry of architectures. A new one is a new file in `model/architectures/` and a line in
// `model/architectures.inc`; training, generation, help texts and tests find it from there.

#include <string>
#include <string_view>
#include <vector>

#include "model/model.h"
#include "nn/network_spec.h"

namespace undersong {

// What training does unless told otherwise.
struct TrainingDefaults {
  int epochs = 200;
  int batch = 256;
  double learning_rate = 0.01;  // Adamax
  int window = 10;    // symbols that a prediction sees (kWindow), or a crop holds (kRecurrent)
  int transpose = 0;  // in every epoch each piece moves by a chance of up to so many semitones
  int patience = 10;  // epochs without a better held-out loss before training stops
};

struct Architecture {
  enum class Kind {
    kNetwork,   // `layers` describes it; LibTorch trains it
    kCounting,  // frequencies of n-grams; counted without LibTorch
    kDecoder,   // a DecoderSpec of its own stands in each weight file (model/composer_weights.h)
  };

  std::string name;     // as typed: lstm-embedding
  std::string summary;  // one line for --help
  std::string source;   // where it comes from
  Kind kind = Kind::kNetwork;
  Representation representation = Representation::kSymbols;
  Reading reading = Reading::kWindow;
  std::vector<LayerSpec> layers;
  int order = 0;  // for kCounting: symbols of context at most
  TrainingDefaults defaults;

  // Whether undersong itself trains it; undersong-train does the others.
  bool is_counted() const { return kind == Kind::kCounting; }

  // For kNetwork: the network for a vocabulary. `column_sizes` for the note matrix only.
  NetworkSpec network(int vocab_size, int window, std::vector<int> column_sizes = {}) const;
};

const std::vector<Architecture>& architectures();

// Errors: kUsage for an unknown name, with the nearest one suggested and all listed.
const Architecture& find_architecture(std::string_view name);

}  // namespace undersong
