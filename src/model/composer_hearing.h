#pragma once
// What a composer's network has heard: ids with what was told beside each, at most a context of
// them. An internal of model/composer_model.cpp.

#include <cstdint>
#include <span>
#include <vector>

#include "nn/decoder.h"
#include "tokens/composer_cursor.h"

namespace undersong {

class ComposerHearing {
 public:
  std::size_t size() const { return ids_.size(); }

  // `id` is the one that `cursor` was advanced by last.
  void append(TokenId id, const ComposerCursor& cursor);

  std::vector<DecoderStep> steps(std::size_t first) const;

  // What is heard again in place of a full context (model/composer_model.h).
  ComposerHearing after_slide(int context) const;

  const std::vector<TokenId>& ids() const { return ids_; }

 private:
  void copy(const ComposerHearing& from, std::size_t first, std::size_t last);

  std::vector<TokenId> ids_;
  std::vector<std::int32_t> features_;  // [size, composer_feature::kPerToken]
  std::vector<std::int32_t> anchors_;   // [size, composer_head::kCount]
};

}  // namespace undersong
