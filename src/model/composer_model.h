#pragma once
// The composer network as a Model: a decoder that hears tokens/composer_vocabulary.h and whose
// logits are -infinity wherever the grammar forbids a token.
//
// A sequence may be longer than the context: when it is full the network hears the header (with
// CONTINUE in place of BEGIN) and the bars from the first that begins in its last 5/9 again, FUTURE
// bars too.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/model.h"
#include "nn/decoder_spec.h"
#include "tokens/composer_cursor.h"

namespace undersong {

// What weights of the composer know beside their tensors (metadata `undersong.composer`, JSON).
struct ComposerKnowledge {
  // How dense music of a style is where a role plays: shares of bars, [style][role][density]; a
  // role that a style lacks is all 0.
  std::vector<std::vector<std::vector<double>>> density_shares;
  std::vector<std::string> based_on;  // weights that it was adapted from, as "NAME SHA-256"
};

class ComposerModel : public Model {
 public:
  // Errors: kMismatch for another vocabulary or tensors that do not fit.
  ComposerModel(DecoderSpec spec, ComposerKnowledge knowledge, const WeightFile& weights,
                int threads = 0);
  ~ComposerModel() override;

  TokenId vocab_size() const override;
  int minimum_prompt() const override { return 1; }
  std::unique_ptr<State> start() const override;
  void feed(State& state, std::span<const TokenId> ids, std::span<float> logits) const override;

  // One id for each of several states; the bits are those of each by itself.
  // Shapes: states [b], ids [b], logits [b, vocab_size].
  void feed_together(std::span<State* const> states, std::span<const TokenId> ids,
                     std::span<float> logits) const;

  const ComposerCursor& cursor(const State& state) const;
  const ComposerKnowledge& knowledge() const;
  const DecoderSpec& spec() const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

// The spec of the composer's vocabulary, features and relative heads at a size.
struct ComposerSize {
  std::string name;  // "small", "medium", "full"
  int width = 0;
  int layers = 0;
  int heads = 0;
  int kv_heads = 0;
  int hidden = 0;
};
const std::vector<ComposerSize>& composer_sizes();
DecoderSpec composer_spec(const ComposerSize& size, int context);

// The composer of loaded weights. Errors: kMismatch when they are of another kind.
const ComposerModel& composer_of(const LoadedModel& model);

}  // namespace undersong
