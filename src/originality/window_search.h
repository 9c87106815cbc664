#pragma once
// The learned window that shares most with each window of a track.

#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "originality/index_file.h"
#include "originality/points.h"
#include "originality/reference.h"
#include "originality/window_grid.h"

namespace undersong::detail {

// A translation that somebody believes in, for windows that hold `track_steps`.
struct Suggestion {
  std::int32_t track_steps = 0;
  std::size_t piece = 0;
  std::int32_t steps = 0;      // from the track to the learned piece
  std::int32_t semitones = 0;  // likewise

  bool operator<(const Suggestion& other) const {
    return std::tie(track_steps, piece, steps, semitones) <
           std::tie(other.track_steps, other.piece, other.steps, other.semitones);
  }
};

// Each window of the track with at least kLeastWindowPoints points, outside the pieces of `except`.
//
// Candidates come from figures that the track shares with the index, and from `suggestions`
// (sorted); the best of them are counted exactly. So an overlap is never too high, and it is too
// low where the best translation was no candidate; docs/formats/originality-index.md has how often.
// Cost:   bounded for each bar of the track, whatever the index holds.
// Errors: kCancelled.
std::vector<WindowOverlap> search_windows(const IndexTables& tables, std::span<const Point> track,
                                          const WindowGrid& grid,
                                          std::span<const Suggestion> suggestions,
                                          const PieceList& except);

// What search_windows follows. Exposed for the tests and the builder.
//
// Learned points that the figures of one bar of a track lead to, the rarest figures first.
// Against 350,000 notes and 512 candidates, 20,000 miss two of 412 windows of which half is shared,
// 30,000 none; they are three milliseconds.
inline constexpr std::size_t kMostVotesPerBar = 30'000;
// Translations of a window that are counted, those with most votes first.
inline constexpr std::size_t kMostCandidates = 512;

}  // namespace undersong::detail
