#include "originality/figures.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

namespace undersong::detail {
namespace {

constexpr std::size_t kFollowersOfAnOnset = 2;

static_assert(kFigureSteps <= 255, "steps have a byte");

std::uint32_t difference(const Point& anchor, const Point& follower) {
  const auto steps = static_cast<std::uint32_t>(follower.onset_steps - anchor.onset_steps);
  const auto semitones = static_cast<std::uint32_t>(follower.pitch - anchor.pitch + 128);
  return steps << 8U | (semitones & 0xFFU);
}

class Followers {
 public:
  Followers(const Point& anchor, std::size_t most) : anchor_(anchor), most_(most) {}

  // The `most` points of one onset that are nearest to the anchor in pitch, the lower of equals
  // first.
  void add(std::span<const Point> onset, std::size_t most) {
    auto above = std::lower_bound(
        onset.begin(), onset.end(), anchor_.pitch,
        [](const Point& point, std::int32_t pitch) { return point.pitch < pitch; });
    auto below = above;
    for (; most > 0 && count_ < most_ && (below != onset.begin() || above != onset.end()); --most) {
      const bool lower = above == onset.end() ||
                         (below != onset.begin() &&
                          anchor_.pitch - (below - 1)->pitch <= above->pitch - anchor_.pitch);
      keys_[count_++] = difference(anchor_, lower ? *--below : *above++);
    }
  }

  bool full() const { return count_ == most_; }

  void append_pairs(std::vector<std::uint32_t>& keys) const {
    for (std::size_t i = 0; i < count_; ++i) {
      for (std::size_t j = i + 1; j < count_; ++j)
        keys.push_back(std::min(keys_[i], keys_[j]) << 16U | std::max(keys_[i], keys_[j]));
    }
  }

 private:
  const Point& anchor_;
  std::size_t most_;
  std::size_t count_ = 0;
  std::array<std::uint32_t, kTrackFollowers> keys_{};
};

}  // namespace

void append_figures(std::span<const Point> points, std::size_t anchor, std::size_t followers,
                    std::vector<std::uint32_t>& keys) {
  static_assert(kLearnedFollowers <= kTrackFollowers);
  const Point& from = points[anchor];
  Followers found(from, std::min(followers, kTrackFollowers));
  std::size_t chord_end = anchor + 1;
  while (chord_end < points.size() && points[chord_end].onset_steps == from.onset_steps)
    ++chord_end;
  found.add(points.subspan(anchor + 1, chord_end - anchor - 1), 1);
  for (std::size_t begin = chord_end; begin < points.size() && !found.full();) {
    const std::int32_t onset = points[begin].onset_steps;
    if (onset - from.onset_steps > kFigureSteps) break;
    std::size_t end = begin;
    while (end < points.size() && points[end].onset_steps == onset) ++end;
    found.add(points.subspan(begin, end - begin), kFollowersOfAnOnset);
    begin = end;
  }
  // Nothing follows the last chord but the rest of itself.
  const std::size_t rest = std::min(anchor + 2, chord_end);
  found.add(points.subspan(rest, chord_end - rest), kTrackFollowers);
  found.append_pairs(keys);
}

std::size_t bucket_of(std::uint32_t key, std::size_t buckets) {
  // Fibonacci hashing: the upper bits of the product depend on all of the key.
  constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15U;
  const int bits = static_cast<int>(std::bit_width(buckets)) - 1;
  return bits == 0 ? 0
                   : static_cast<std::size_t>(key * kGolden >> static_cast<unsigned>(64 - bits));
}

}  // namespace undersong::detail
