#include "originality/vote_count.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace undersong::detail {
namespace {

// Slots with more votes count as if they had so many: there are few of them.
constexpr std::uint32_t kFullest = 255;

bool by_translation(const VoteCount::Counted& a, const VoteCount::Counted& b) {
  return std::tie(a.translation, a.point) < std::tie(b.translation, b.point);
}

bool by_votes(const VoteCount::Counted& a, const VoteCount::Counted& b) {
  return a.votes != b.votes ? a.votes > b.votes : a.translation < b.translation;
}

}  // namespace

VoteCount::VoteCount() : slots_(std::size_t{1} << kSlotBits, 0) {}

std::size_t VoteCount::slot_of(const Vote& vote) {
  constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15U;
  return static_cast<std::size_t>(vote.translation * kGolden >> (64U - kSlotBits));
}

void VoteCount::add_bar(std::int64_t bar, std::vector<Vote> votes) {
  for (const Vote& vote : votes) ++slots_[slot_of(vote)];
  bars_.push_back({bar, std::move(votes)});
}

void VoteCount::drop_bars_before(std::int64_t bar) {
  for (; !bars_.empty() && bars_.front().number < bar; bars_.pop_front()) {
    for (const Vote& vote : bars_.front().votes) --slots_[slot_of(vote)];
  }
}

bool VoteCount::has_bar(std::int64_t bar) const {
  return std::any_of(bars_.begin(), bars_.end(),
                     [bar](const Bar& known) { return known.number == bar; });
}

std::vector<VoteCount::Counted> VoteCount::fullest() {
  fill_.clear();
  std::array<std::size_t, kFullest + 1> votes_of_fill{};
  for (const Bar& bar : bars_) {
    for (const Vote& vote : bar.votes) {
      fill_.push_back(static_cast<std::uint8_t>(std::min(kFullest, slots_[slot_of(vote)])));
      ++votes_of_fill[fill_.back()];
    }
  }
  // All votes above `least` fit; of those at `least` the first.
  std::size_t room = kMostCounted;
  std::size_t least = kFullest;
  for (; least > 0 && votes_of_fill[least] <= room; --least) room -= votes_of_fill[least];
  std::vector<Counted> list;
  std::size_t i = 0;
  for (const Bar& bar : bars_) {
    for (const Vote& vote : bar.votes) {
      const std::size_t fill = fill_[i++];
      if (fill < least || (fill == least && room == 0)) continue;
      if (fill == least) --room;
      list.push_back({vote.translation, vote.point, 1});
    }
  }
  return list;
}

std::vector<VoteCount::Counted> VoteCount::highest(std::size_t most) {
  std::vector<Counted> list = fullest();
  std::sort(list.begin(), list.end(), by_translation);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (kept > 0 && list[kept - 1].translation == list[i].translation) {
      ++list[kept - 1].votes;
    } else {
      list[kept++] = list[i];
    }
  }
  list.resize(kept);
  const std::size_t wanted = std::min(most, list.size());
  std::partial_sort(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(wanted), list.end(),
                    by_votes);
  list.resize(wanted);
  return list;
}

}  // namespace undersong::detail
