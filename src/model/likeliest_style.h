#pragma once
// Which style a composer takes a text for.

#include <span>

#include "model/composer_model.h"

namespace undersong {

// The known style under which the beginning of `ids`, which has a header of any style, is foretold
// best; at a tie the first. Errors: kCancelled.
GridStyle likeliest_style(const ComposerModel& model, std::span<const TokenId> ids);

// The text told in that style.
std::vector<TokenId> in_likeliest_style(const ComposerModel& model, std::vector<TokenId> ids);

}  // namespace undersong
