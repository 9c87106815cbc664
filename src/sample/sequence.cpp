#include "sample/sequence.h"

#include <fmt/format.h>

#include "base/cancel.h"
#include "base/error.h"

namespace undersong {

std::vector<TokenId> write_sequence(const Model& model, const SequenceRequest& request, Rng& rng,
                                    Progress& progress) {
  if (request.prompt.size() < static_cast<std::size_t>(model.minimum_prompt())) {
    throw Error(
        ErrorKind::kMismatch,
        fmt::format(
            "the prompt has {} symbols that the model knows, and the model needs {} to go on from; "
            "give a longer prompt",
            request.prompt.size(), model.minimum_prompt()));
  }
  Sampler sampler(request.sampling);
  std::vector<float> logits(static_cast<std::size_t>(model.vocab_size()));
  std::vector<TokenId> written;
  written.reserve(request.count);
  const auto state = model.start();
  model.feed(*state, request.prompt, logits);
  progress.begin("writing", static_cast<std::int64_t>(request.count), "symbols");
  while (written.size() < request.count) {
    throw_if_cancelled();
    written.push_back(sampler.choose(logits, rng));
    model.feed(*state, std::span(written).last(1), logits);
    progress.update(static_cast<std::int64_t>(written.size()), "");
  }
  progress.end();
  return written;
}

}  // namespace undersong
