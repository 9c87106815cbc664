#include "sample/prompt_cache.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace undersong {

// Nothing is drawn from what is kept, so its stream does not matter.
PromptCache::PromptCache(const ComposerModel& model, const DrawOptions& options, std::size_t most)
    : most_(most), nothing_{{}, ComposerDraw(model, options, {Rng(0)})} {
  UNDERSONG_CHECK(most > 0);
}

ComposerDraw PromptCache::begin(std::span<const TokenId> prompt, std::vector<Rng> streams) {
  const std::lock_guard lock(mutex_);
  Kept& known = longest_beginning(prompt);
  if (known.ids.size() == prompt.size()) return known.heard.fork(std::move(streams));
  Kept kept{{prompt.begin(), prompt.end()}, known.heard.fork({Rng(0)})};
  kept.heard.tell(prompt.subspan(known.ids.size()));
  ComposerDraw begun = kept.heard.fork(std::move(streams));
  if (kept_.size() == most_) kept_.erase(kept_.begin());
  kept_.push_back(std::move(kept));
  return begun;
}

PromptCache::Kept& PromptCache::longest_beginning(std::span<const TokenId> prompt) {
  Kept* longest = &nothing_;
  for (Kept& kept : kept_) {
    const bool begins_it = kept.ids.size() <= prompt.size() &&
                           std::equal(kept.ids.begin(), kept.ids.end(), prompt.begin());
    if (begins_it && kept.ids.size() > longest->ids.size()) longest = &kept;
  }
  return *longest;
}

}  // namespace undersong
