#pragma once
// Beginnings that drawings share: the bars before a passage, which every role of it begins after.

#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

#include "sample/composer_draw.h"

namespace undersong {

// The last prompts that were heard, each with what goes on from it: a prompt that begins like one
// of them is computed from where it goes on. Serves several threads.
class PromptCache {
 public:
  // Keeps so many prompts, at least one. The model must outlive it. Errors: kUsage for options.
  PromptCache(const ComposerModel& model, const DrawOptions& options, std::size_t most);

  // A drawing, a stream a candidate, that was told the prompt.
  ComposerDraw begin(std::span<const TokenId> prompt, std::vector<Rng> streams);

 private:
  struct Kept {
    std::vector<TokenId> ids;
    ComposerDraw heard;
  };

  Kept& longest_beginning(std::span<const TokenId> prompt);

  std::size_t most_;
  std::mutex mutex_;
  Kept nothing_;
  std::vector<Kept> kept_;  // the latest last
};

}  // namespace undersong
