#include "corpus/split.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

#include "base/check.h"

namespace undersong {
namespace {

using SplitCounts = std::array<std::int64_t, 3>;  // by Split

SplitCounts shares_of(std::int64_t pieces) {
  const std::int64_t tenth = (pieces + 5) / 10;
  const std::int64_t held_out = pieces >= 3 ? std::max<std::int64_t>(1, tenth) : 0;
  return {pieces - 2 * held_out, held_out, held_out};
}

Split most_lacking(const SplitCounts& shares, const SplitCounts& taken) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < shares.size(); ++i) {
    if (shares[i] - taken[i] > shares[best] - taken[best]) best = i;
  }
  return static_cast<Split>(best);
}

void assign_group(std::vector<Piece*>& newcomers, SplitCounts& taken) {
  std::sort(newcomers.begin(), newcomers.end(),
            [](const Piece* a, const Piece* b) { return a->id < b->id; });
  const std::int64_t before = taken[0] + taken[1] + taken[2];
  const SplitCounts shares = shares_of(before + static_cast<std::int64_t>(newcomers.size()));
  for (Piece* piece : newcomers) {
    piece->split = most_lacking(shares, taken);
    ++taken[static_cast<std::size_t>(piece->split)];
  }
}

}  // namespace

void assign_splits(std::vector<Piece>& pieces, std::size_t first_new) {
  UNDERSONG_CHECK(first_new <= pieces.size());
  std::map<std::string, SplitCounts> taken;
  std::map<std::string, std::vector<Piece*>> newcomers;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    Piece& piece = pieces[i];
    if (!piece.duplicate_of.empty()) continue;
    if (i < first_new) {
      ++taken[piece.group][static_cast<std::size_t>(piece.split)];
    } else {
      newcomers[piece.group].push_back(&piece);
    }
  }
  for (auto& [group, arrivals] : newcomers) assign_group(arrivals, taken[group]);

  std::map<std::string_view, Split> split_of;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    Piece& piece = pieces[i];
    if (i >= first_new && !piece.duplicate_of.empty())
      piece.split = split_of.at(piece.duplicate_of);
    split_of.emplace(piece.id, piece.split);
  }
}

}  // namespace undersong
