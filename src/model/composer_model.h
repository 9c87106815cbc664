#pragma once
// The composer network as a Model: a decoder that hears tokens/composer_vocabulary.h and whose
// logits are -infinity wherever the grammar forbids a token.
//
// A sequence may be longer than the context. When the context is full and another id comes, the
// network begins anew and hears: the header with CONTINUE in place of BEGIN and the meter and tempo
// of the first bar that follows; FUTURE … PAST, bars from its beginning as far as a third of the
// context; and the bars from the first that begins in the last 5/9 of the context. What it hears is
// a function of the ids alone, so feeding one by one or all at once gives the same bits there too.

#include <memory>
#include <span>
#include <vector>

#include "model/composer_weights.h"
#include "model/model.h"
#include "tokens/composer_cursor.h"

namespace undersong {

class ComposerModel : public Model {
 public:
  // `threads` as Decoder's. Errors: kMismatch for tensors that do not fit.
  ComposerModel(ComposerDescription description, const WeightFile& weights, int threads = 0);
  ~ComposerModel() override;

  TokenId vocab_size() const override;
  int minimum_prompt() const override { return 1; }
  // Before the first id BEGIN and CONTINUE are as likely. After END all logits are -infinity.
  std::unique_ptr<State> start() const override;
  // Precondition: the grammar allows the ids.
  void feed(State& state, std::span<const TokenId> ids, std::span<float> logits) const override;

  // One id for each of several states, all distinct; the bits are those of each by itself.
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

// What the network hears when `ids` have filled its context, as said above: shorter than the
// context, and again a sequence of the grammar.
std::vector<TokenId> composer_ids_after_slide(std::span<const TokenId> ids, int context);

// The composer of loaded weights. Errors: kMismatch when they are of another kind.
const ComposerModel& composer_of(const LoadedModel& model);

}  // namespace undersong
