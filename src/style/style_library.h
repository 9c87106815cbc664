#pragma once
// Where styles are found.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "style/style.h"

namespace undersong {

// Looked through in this order, the first pack of a name wins: each folder of $UNDERSONG_STYLES
// (separated by colons), `styles` in the user's data folder, `styles` of what ships.
std::vector<std::filesystem::path> style_folders();

struct FoundStyle {
  std::filesystem::path path;
  std::string sha256;  // of the file
  Style style;
};

struct StyleListing {
  std::vector<FoundStyle> styles;  // by name
  struct Problem {
    std::filesystem::path path;
    std::string reason;  // may have several lines
  };
  std::vector<Problem> problems;  // packs that cannot be used
};
StyleListing list_styles();

// A name or an alias, in any case, or the path of a .toml file.
// Errors: kUsage for an unknown name, with the nearest; kFormat for a pack with mistakes.
FoundStyle find_style(std::string_view name_or_path);

}  // namespace undersong
