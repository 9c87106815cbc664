#pragma once
// `undersong styles`: which styles there are, what one of them holds, how it sounds.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/progress.h"
#include "pipeline/render.h"
#include "style/style_library.h"

namespace undersong {

// A line a style.
std::string to_text(const StyleListing& listing);
// An object: `styles`, each as below but without what its roles play, and `problems`.
std::string to_json(const StyleListing& listing);

// All that a person wants to know before using a style, or after writing one.
std::string to_text(const FoundStyle& found);
std::string to_json(const FoundStyle& found);

}  // namespace undersong
