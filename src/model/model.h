#pragma once
// One interface for everything that predicts the next token: the seed's networks, the recurrent
// ones, the counting baselines, later the composer, and a scripted model in the tests. Weights are
// shared and immutable, state is explicit, so one model serves many threads. Everything that
// samples, ranks or scores works on this alone.

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "nn/weight_file.h"
#include "tokens/representation.h"
#include "tokens/vocabulary.h"

namespace undersong {

class Model {
 public:
  class State {
   public:
    virtual ~State() = default;
    virtual std::unique_ptr<State> clone() const = 0;
  };

  virtual ~Model() = default;

  virtual TokenId vocab_size() const = 0;

  // How many ids must have been fed before the logits mean anything (the seed's window; 0 for
  // most).
  virtual int minimum_prompt() const = 0;

  virtual std::unique_ptr<State> start() const = 0;

  // Feeds `ids` and writes the logits of what follows.
  //
  // Shapes: ids [n], n >= 0; logits [vocab_size], natural-log scale, unnormalised; -infinity where
  // the grammar forbids. State:  advanced by n; feeding ids one by one or all at once gives the
  // same bits. Errors: none; ids are within the vocabulary (checked).
  virtual void feed(State& state, std::span<const TokenId> ids, std::span<float> logits) const = 0;
};

// What a weight file says of itself, beside its tensors.
struct ModelInfo {
  std::string architecture;  // a name of the registry
  Representation representation = Representation::kSymbols;
  int window = 0;                 // ids that logits depend on, or that a training crop held
  std::vector<int> column_sizes;  // for the note matrix: NetworkSpec::column_sizes
  std::string corpus;             // name of the corpus that it learned from
  std::string corpus_sha256;      // of that corpus' manifest
  std::string settings_json;      // the training settings, as given
  std::string training_json;      // losses per split, epochs, seconds, terms of the music
};

// A model with everything that generation needs, as loaded from one weight file.
struct LoadedModel {
  ModelInfo info;
  Vocabulary vocabulary;
  WeightFile
      weights;  // tensors and metadata, for tables that belong to other modules (rhythm, prompts)
  std::shared_ptr<const Model> model;
};

// Errors: kNotFound, kFormat (not a weight file of ours, truncated), kUnsupported (a newer format
// or an unknown architecture), kMismatch (tensors that do not fit the architecture and vocabulary).
LoadedModel load_model(const std::filesystem::path& path);
LoadedModel model_from_weights(WeightFile weights);

}  // namespace undersong
