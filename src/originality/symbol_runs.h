#pragma once
// How much a row of symbols (tokens/symbols.h) has in common with pieces that are at hand in
// memory: the longest run and coverage, exact where symbol_text.h, which a reference searches,
// shortens a symbol to a byte. For measuring models (bench/recitation.sh).

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "originality/reference.h"

namespace undersong {

// A step for each two symbols in a row, the same in every key: what both are (a note, or a chord's
// intervals), and how far it is from one to the other; exactly between notes, but for octaves where
// a chord is. Errors: kFormat for what is no symbol.
std::vector<std::uint64_t> symbol_steps(std::span<const std::string> symbols);

struct SymbolRecital {
  std::int64_t symbols = 0;  // of the longest run that stands in one piece, at any pitch
  std::size_t piece = 0;     // that it stands in; meaningless where symbols is 0
  // Share of the runs of kCoverageLengths symbols that stand in a piece; 0 where there are none.
  std::array<double, kCoverageLengths.size()> coverage{};
};

// Compares steps with those of pieces, but for the piece `except`.
// Cost: O(track * pieces), memory in proportion to the longest piece.
inline constexpr std::size_t kNoPiece = std::numeric_limits<std::size_t>::max();
SymbolRecital recital_of(std::span<const std::uint64_t> track,
                         std::span<const std::vector<std::uint64_t>> pieces,
                         std::size_t except = kNoPiece);

}  // namespace undersong
