#include "originality/run_search.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "base/cancel.h"
#include "originality/melodic_text.h"

namespace undersong::detail {
namespace {

using Text = std::span<const std::uint8_t>;

// Bytes that both begin with, of which the first `known` need no look. Eight at a time: what copies
// itself for hours is compared at the speed of memory.
std::size_t common_bytes(Text a, Text b, std::size_t known) {
  static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");
  const std::size_t most = std::min(a.size(), b.size());
  std::size_t common = std::min(known, most);
  for (; common + sizeof(std::uint64_t) <= most; common += sizeof(std::uint64_t)) {
    std::uint64_t in_a = 0;
    std::uint64_t in_b = 0;
    std::memcpy(&in_a, a.data() + common, sizeof(in_a));
    std::memcpy(&in_b, b.data() + common, sizeof(in_b));
    if (in_a != in_b) return common + static_cast<std::size_t>(std::countr_zero(in_a ^ in_b)) / 8;
  }
  while (common < most && a[common] == b[common]) ++common;
  return common;
}

class RunSearch {
 public:
  RunSearch(const IndexTables& tables, Text text, const PieceList& except)
      : tables_(tables), text_(text), except_(except), matches_((text.size() + 1) / 2) {}

  std::vector<RunMatch> run() {
    if (matches_.empty() || tables_.pieces() == 0) return std::move(matches_);
    const std::size_t last = matches_.size() - 1;
    search(0);
    if (last > 0) search(last);
    fill_between(0, last);
    return std::move(matches_);
  }

 private:
  // Behind the last note of its match. A note alone is found anywhere.
  std::int64_t end_of(std::size_t note) const {
    return static_cast<std::int64_t>(note) + std::max<std::int64_t>(1, matches_[note].notes);
  }

  // Both ends of the stretch are known. A stack of stretches: a voice may have a million notes.
  void fill_between(std::size_t first_note, std::size_t last_note) {
    std::vector<std::pair<std::size_t, std::size_t>> stretches = {{first_note, last_note}};
    while (!stretches.empty()) {
      const auto [first, last] = stretches.back();
      stretches.pop_back();
      if (last - first < 2) continue;
      if (end_of(first) == end_of(last)) {
        for (std::size_t note = first + 1; note < last; ++note) {
          const std::size_t dropped = note - first;
          matches_[note] = {matches_[first].notes - static_cast<std::int64_t>(dropped),
                            matches_[first].text_position + 2 * dropped};
        }
        continue;
      }
      const std::size_t middle = first + (last - first) / 2;
      search(middle);
      stretches.emplace_back(middle, last);
      stretches.emplace_back(first, middle);
    }
  }

  void search(std::size_t note) {
    throw_if_cancelled();
    const Text wanted = text_.subspan(2 * note);
    const std::size_t rank = rank_of(wanted);
    offer(note, wanted, allowed_before(rank));
    offer(note, wanted, allowed_from(rank));
  }

  // Suffixes that are less than `wanted`. Source: Manber & Myers 1993, doi:10.1137/0222058.
  std::size_t rank_of(Text wanted) const {
    std::size_t low = 0;
    std::size_t high = tables_.suffixes();
    std::size_t low_common = 0;
    std::size_t high_common = 0;
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      const Text suffix = tables_.suffix(middle);
      const std::size_t common = common_bytes(wanted, suffix, std::min(low_common, high_common));
      const bool less =
          common < wanted.size() && (common == suffix.size() || suffix[common] < wanted[common]);
      (less ? low : high) = less ? middle + 1 : middle;
      (less ? low_common : high_common) = common;
    }
    return low;
  }

  bool is_excepted(std::size_t rank) const {
    if (except_.empty()) return false;
    const std::size_t piece = tables_.piece_of_text(tables_.suffix_begin(rank));
    return std::binary_search(except_.begin(), except_.end(), piece);
  }

  // The next allowed suffix before `rank`, or from it on: of all that are allowed one of these two
  // has most in common with what stands at `rank`. suffixes() for none.
  std::size_t allowed_before(std::size_t rank) const {
    while (rank > 0) {
      if (!is_excepted(--rank)) return rank;
    }
    return tables_.suffixes();
  }
  std::size_t allowed_from(std::size_t rank) const {
    while (rank < tables_.suffixes() && is_excepted(rank)) ++rank;
    return rank;
  }

  void offer(std::size_t note, Text wanted, std::size_t rank) {
    if (rank >= tables_.suffixes()) return;
    const std::int64_t notes = notes_of_match(common_bytes(wanted, tables_.suffix(rank), 0));
    if (notes > matches_[note].notes) matches_[note] = {notes, tables_.suffix_begin(rank)};
  }

  const IndexTables& tables_;
  Text text_;
  const PieceList& except_;
  std::vector<RunMatch> matches_;
};

}  // namespace

std::vector<RunMatch> longest_matches(const IndexTables& tables, Text text,
                                      const PieceList& except) {
  return RunSearch(tables, text, except).run();
}

std::vector<std::int64_t> distinctive_of_matches(Text text, std::span<const RunMatch> matches) {
  // The step that begins with each note but the last two; see distinctive.cpp.
  const auto step = [text](std::size_t note) {
    return std::uint32_t{text[2 * note]} << 16U | std::uint32_t{text[2 * note + 1]} << 8U |
           text[2 * note + 2];
  };
  std::unordered_map<std::uint32_t, std::int64_t> occurrences;
  std::vector<std::int64_t> distinctive(matches.size(), 0);
  std::size_t counted_end = 0;  // steps [note, counted_end) are counted
  for (std::size_t note = 0; note < matches.size(); ++note) {
    const auto notes = static_cast<std::size_t>(matches[note].notes);
    const std::size_t end = notes < 3 ? note : note + notes - 2;
    for (counted_end = std::max(counted_end, note); counted_end < end; ++counted_end)
      ++occurrences[step(counted_end)];
    if (notes >= 2) distinctive[note] = static_cast<std::int64_t>(occurrences.size()) + 2;
    if (note < counted_end && --occurrences[step(note)] == 0) occurrences.erase(step(note));
  }
  return distinctive;
}

}  // namespace undersong::detail
