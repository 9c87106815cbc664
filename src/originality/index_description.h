#pragma once
// What an index says of itself in words: its corpus, its pieces, its baseline.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "originality/reference.h"

namespace undersong::detail {

struct IndexDescription {
  std::string corpus;
  std::string corpus_sha256;
  std::int64_t notes = 0;
  std::vector<LearnedPiece> pieces;
  Baseline baseline;
};

std::string to_json(const IndexDescription& description);
// Errors: kFormat.
IndexDescription description_from_json(std::string_view text);

}  // namespace undersong::detail
