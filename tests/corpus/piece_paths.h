#pragma once

#include <string>
#include <vector>

#include "corpus/manifest.h"

namespace undersong {

// Where pieces came from, in their order.
inline std::vector<std::string> paths_of(const std::vector<Piece>& pieces) {
  std::vector<std::string> paths;
  for (const auto& piece : pieces) paths.push_back(piece.path);
  return paths;
}

}  // namespace undersong
