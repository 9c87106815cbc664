#pragma once
// Which translations of a window do most figures agree on? A sliding count over the votes of bars.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace undersong::detail {

// A figure that the track shares with the index speaks for one translation.
struct Vote {
  std::uint64_t translation = 0;
  std::uint32_t point = 0;  // a learned point that it maps the figure's anchor to
};

class VoteCount {
 public:
  VoteCount();

  // Bars come in ascending order, and go in that order. A bar's votes: the most telling first.
  void add_bar(std::int64_t bar, std::vector<Vote> votes);
  void drop_bars_before(std::int64_t bar);
  bool has_bar(std::int64_t bar) const;

  struct Counted {
    std::uint64_t translation = 0;
    std::uint32_t point = 0;
    std::uint32_t votes = 0;
  };
  // Those with most votes, at most `most`, the lower translation first among equals.
  //
  // Exact while there are at most kMostCounted votes. Of more those are counted whose slot in a
  // table of 2^18 is fullest: a translation with few votes may be missed for one with as many.
  // Cost: O(votes), where sorting them would be most of the cost of a comparison.
  std::vector<Counted> highest(std::size_t most);

 private:
  static constexpr std::size_t kMostCounted = 8192;
  static constexpr unsigned kSlotBits = 18;

  struct Bar {
    std::int64_t number = 0;
    std::vector<Vote> votes;
  };

  static std::size_t slot_of(const Vote& vote);
  // The votes that are worth sorting.
  std::vector<Counted> fullest();

  std::deque<Bar> bars_;
  std::vector<std::uint32_t> slots_;
  std::vector<std::uint8_t> fill_;  // of each vote's slot, at most kFullest; reused
};

}  // namespace undersong::detail
