#pragma once
// Figures: what the hash table of windows is keyed by. A figure is a point (its anchor) and two
// later ones, as differences in time and pitch, so it reads the same wherever it is translated to.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "originality/points.h"

namespace undersong::detail {

// The figures of an anchor are the pairs among its followers: a changed or an inserted note spoils
// some and leaves others. What is indexed has few followers, since each pair costs four bytes; a
// track looks further, so that it finds its way around notes which the learned piece has not.
inline constexpr std::size_t kLearnedFollowers = 4;
inline constexpr std::size_t kTrackFollowers = 7;

// Appends the keys of the figures that are anchored at points[anchor]: (steps, semitones) to the
// first and to the second follower, a byte each. `points` are sorted and distinct.
//
// Followers are taken onset by onset, the nearest in pitch first: one of the anchor's own onset,
// two of each later one, none later than kFigureSteps. So thick chords do not use them all up, and
// what an octave above is doubled does not matter. Where too few follow, more of the anchor's own
// onset.
inline constexpr std::int32_t kFigureSteps = 4 * 4 * kPointStepsPerQuarter;  // four bars of 4/4
void append_figures(std::span<const Point> points, std::size_t anchor, std::size_t followers,
                    std::vector<std::uint32_t>& keys);

// The bucket of a key among `buckets`, a power of two.
std::size_t bucket_of(std::uint32_t key, std::size_t buckets);

}  // namespace undersong::detail
