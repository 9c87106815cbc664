#include "originality/window_search.h"

#include <algorithm>
#include <tuple>

#include "base/cancel.h"
#include "originality/figures.h"
#include "originality/vote_count.h"

namespace undersong::detail {
namespace {

// A translation in one number: steps on the index' axis, modulo 2^32, and semitones.
constexpr unsigned kSemitoneBits = 8;
constexpr std::int32_t kSemitoneZero = 128;

std::uint64_t pack(std::uint32_t axis_steps, std::int32_t semitones) {
  return std::uint64_t{axis_steps} << kSemitoneBits |
         static_cast<std::uint64_t>(semitones + kSemitoneZero);
}
std::uint32_t axis_steps_of(std::uint64_t translation) {
  return static_cast<std::uint32_t>(translation >> kSemitoneBits);
}
std::int32_t semitones_of(std::uint64_t translation) {
  return static_cast<std::int32_t>(translation & ((1U << kSemitoneBits) - 1)) - kSemitoneZero;
}

struct Candidate {
  std::size_t piece = 0;
  std::int32_t steps = 0;
  std::int32_t semitones = 0;

  bool operator==(const Candidate&) const = default;
  bool operator<(const Candidate& other) const {
    return std::tie(piece, steps, semitones) < std::tie(other.piece, other.steps, other.semitones);
  }
};

class WindowSearch {
 public:
  WindowSearch(const IndexTables& tables, std::span<const Point> track, const WindowGrid& grid,
               std::span<const Suggestion> suggestions, const PieceList& except)
      : tables_(tables), track_(track), grid_(grid), suggestions_(suggestions) {
    for (const std::size_t piece : except) excepted_.push_back(tables.points_of_piece(piece));
  }

  std::vector<WindowOverlap> run() {
    std::vector<WindowOverlap> overlaps;
    for (const Window& window : windows_of(track_, grid_)) {
      if (window.points.size() < kLeastWindowPoints) continue;
      throw_if_cancelled();
      overlaps.push_back(search(window));
    }
    return overlaps;
  }

 private:
  WindowOverlap search(const Window& window) {
    WindowOverlap best;
    best.bars = grid_.range(window.bar);
    best.points = static_cast<std::int64_t>(window.points.size());
    for (const Candidate& candidate : candidates(window)) count(window, candidate, best);
    return best;
  }

  std::vector<Candidate> candidates(const Window& window) {
    collect_votes(window);
    std::vector<Candidate> list = suggested(window);
    for (const VoteCount::Counted& counted : votes_.highest(kMostCandidates)) {
      const std::size_t piece = tables_.piece_of_point(counted.point);
      list.push_back({piece,
                      static_cast<std::int32_t>(axis_steps_of(counted.translation) -
                                                tables_.axis_begin(piece)),
                      semitones_of(counted.translation)});
    }
    return list;
  }

  std::vector<Candidate> suggested(const Window& window) const {
    const auto before = [](const Suggestion& suggestion, std::int32_t steps) {
      return suggestion.track_steps < steps;
    };
    const auto first =
        std::lower_bound(suggestions_.begin(), suggestions_.end(), window.begin_steps, before);
    const auto last = std::lower_bound(first, suggestions_.end(), window.end_steps, before);
    std::vector<Candidate> list;
    for (auto it = first; it != last; ++it) list.push_back({it->piece, it->steps, it->semitones});
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
  }

  // Of the window's bars; each bar is asked once.
  void collect_votes(const Window& window) {
    votes_.drop_bars_before(window.bar);
    const auto first = static_cast<std::size_t>(window.points.data() - track_.data());
    const std::size_t last = first + window.points.size();
    for (std::size_t begin = first; begin < last;) {
      const std::int64_t bar = grid_.bar_at(track_[begin].onset_steps);
      std::size_t end = begin;
      while (end < last && grid_.bar_at(track_[end].onset_steps) == bar) ++end;
      if (!votes_.has_bar(bar)) votes_.add_bar(bar, votes_of_anchors(begin, end));
      begin = end;
    }
  }

  std::vector<Vote> votes_of_anchors(std::size_t begin, std::size_t end) {
    struct Lead {
      std::size_t learned = 0;
      std::size_t bucket = 0;
      std::size_t anchor = 0;
    };
    std::vector<Lead> leads;
    for (std::size_t anchor = begin; anchor < end; ++anchor) {
      keys_.clear();
      append_figures(track_, anchor, kTrackFollowers, keys_);
      for (const std::uint32_t key : keys_) {
        const std::size_t bucket = bucket_of(key, tables_.buckets());
        const std::size_t learned = tables_.anchors(bucket).size();
        if (learned > 0) leads.push_back({learned, bucket, anchor});
      }
    }
    std::sort(leads.begin(), leads.end(), [](const Lead& a, const Lead& b) {
      return std::tie(a.learned, a.bucket, a.anchor) < std::tie(b.learned, b.bucket, b.anchor);
    });
    std::vector<Vote> votes;
    std::size_t left = kMostVotesPerBar;
    for (const Lead& lead : leads) {
      if (lead.learned > left) break;
      left -= lead.learned;
      follow(track_[lead.anchor], tables_.anchors(lead.bucket), votes);
    }
    return votes;
  }

  void follow(const Point& anchor, std::span<const std::uint32_t> learned,
              std::vector<Vote>& votes) const {
    for (const std::uint32_t point : learned) {
      if (point >= tables_.points() || is_excepted(point)) continue;
      const std::int32_t semitones = tables_.point_pitch(point) - anchor.pitch;
      if (semitones < -kSemitoneZero || semitones >= kSemitoneZero) continue;  // damaged
      const std::uint32_t steps =
          tables_.axis_steps(point) - static_cast<std::uint32_t>(anchor.onset_steps);
      votes.push_back({pack(steps, semitones), point});
    }
  }

  bool is_excepted(std::size_t point) const {
    return std::any_of(excepted_.begin(), excepted_.end(), [point](const auto& range) {
      return point >= range.begin && point < range.end;
    });
  }

  // Steps of a learned point in its piece.
  std::int32_t steps_in(std::size_t piece, std::size_t point) const {
    return static_cast<std::int32_t>(tables_.axis_steps(point) - tables_.axis_begin(piece));
  }

  // The first point of `range` at or after `steps`.
  std::size_t point_from(std::size_t piece, const IndexTables::PointRange& range,
                         std::int64_t steps) const {
    std::size_t low = range.begin;
    std::size_t high = range.end;
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (steps_in(piece, middle) < steps) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  // Learned onsets of the window's points that the translation maps into the piece, ascending.
  void map_points(const Window& window, const Candidate& candidate,
                  const IndexTables::PointRange& range) {
    common_.clear();
    std::size_t learned =
        point_from(candidate.piece, range, std::int64_t{window.begin_steps} + candidate.steps);
    for (const Point& point : window.points) {
      const std::int64_t steps = std::int64_t{point.onset_steps} + candidate.steps;
      const std::int32_t pitch = point.pitch + candidate.semitones;
      for (; learned < range.end; ++learned) {
        const std::int32_t there = steps_in(candidate.piece, learned);
        if (there > steps || (there == steps && tables_.point_pitch(learned) >= pitch)) break;
      }
      if (learned == range.end) return;
      const std::int32_t there = steps_in(candidate.piece, learned);
      if (there == steps && tables_.point_pitch(learned) == pitch) common_.push_back(there);
    }
  }

  // Counts, and sets `best` to it where it is better.
  void count(const Window& window, const Candidate& candidate, WindowOverlap& best) {
    if (candidate.piece >= tables_.pieces()) return;
    const auto range = tables_.points_of_piece(candidate.piece);
    map_points(window, candidate, range);
    const auto most = static_cast<double>(window.points.size());
    const WindowGrid& grid = tables_.grid(candidate.piece);
    std::int64_t next = 0;
    for (std::size_t first = 0; first < common_.size(); ++first) {
      if (static_cast<double>(common_.size()) / most <= best.overlap) return;
      if (common_[first] < 0) continue;  // damaged
      const std::int64_t bar = grid.bar_at(common_[first]);
      const std::int64_t last = std::min(bar, grid.last_start());
      for (next = std::max(next, bar - kWindowBars + 1); next <= last; ++next)
        count_in(window, candidate, range, next, best);
    }
  }

  void count_in(const Window& window, const Candidate& candidate,
                const IndexTables::PointRange& range, std::int64_t bar, WindowOverlap& best) const {
    const WindowGrid& grid = tables_.grid(candidate.piece);
    const std::int32_t begin = grid.onset_steps(bar);
    const std::int32_t end = grid.onset_steps(bar + kWindowBars);
    const auto common = std::lower_bound(common_.begin(), common_.end(), end) -
                        std::lower_bound(common_.begin(), common_.end(), begin);
    if (common <= 0) return;
    if (static_cast<double>(common) / static_cast<double>(window.points.size()) <= best.overlap)
      return;
    const std::size_t learned =
        point_from(candidate.piece, range, end) - point_from(candidate.piece, range, begin);
    const double overlap =
        static_cast<double>(common) / static_cast<double>(std::max(window.points.size(), learned));
    if (overlap <= best.overlap || overlap > 1.0) return;
    best.overlap = overlap;
    best.nearest = {candidate.piece, grid.range(bar)};
    best.transposed_by = -candidate.semitones;
  }

  const IndexTables& tables_;
  std::span<const Point> track_;
  const WindowGrid& grid_;
  std::span<const Suggestion> suggestions_;
  std::vector<IndexTables::PointRange> excepted_;
  VoteCount votes_;
  std::vector<std::uint32_t> keys_;
  std::vector<std::int32_t> common_;
};

}  // namespace

std::vector<WindowOverlap> search_windows(const IndexTables& tables, std::span<const Point> track,
                                          const WindowGrid& grid,
                                          std::span<const Suggestion> suggestions,
                                          const PieceList& except) {
  return WindowSearch(tables, track, grid, suggestions, except).run();
}

}  // namespace undersong::detail
