#pragma once
// How telling a run of notes is.

#include <cstdint>
#include <span>

namespace undersong {

// Notes of a run that its own repetitions do not foretell. `run` is a piece of melodic text that
// begins and ends with an interval. Counted are the distinct steps (interval, ratio, interval) of
// three notes, and the two notes before the first of them: a run of k notes that never repeats a
// step has k, a trill of any length 4, an Alberti bass on one chord 6. Empty: 0.
// Cost: O(n log n).
std::int64_t distinctive_notes(std::span<const std::uint8_t> run);

}  // namespace undersong
