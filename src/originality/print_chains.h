#pragma once
// Single hits of hashed runs put together to long runs.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "originality/fingerprint_file.h"
#include "originality/winnow.h"

namespace undersong {

// Hits of one piece, one after another in a voice and in the piece's bars. Positions are of the
// voice's hashed runs.
struct PrintChain {
  std::uint32_t piece = 0;
  std::size_t first = 0;  // position of the first hit
  std::size_t last = 0;   // of the last one
  std::uint32_t first_bar = 0;
  std::uint32_t last_bar = 0;  // in which the last hit begins

  // Notes of the run: at least so many are shared, and at most kWinnow - 1 more at either end.
  std::int64_t notes() const;
};

// A voice with the bars that have passed, at its own place in the track, when each hashed run
// begins; ascending.
struct TimedRuns {
  HashedRuns runs;
  std::vector<std::int64_t> bars_passed;
};

// Chains hits while the learned piece leaves no longer gap than winnowing does: kWinnow positions,
// dull runs not counted (they are not kept per piece); and while its bars go on as the track's do:
// from hit to hit, and from the first hit on, one bar more than kMostBarRatio times as many at most
// and one less than a kMostBarRatio-th at least. Without that, figures that stand here and there in
// a piece would be one long run. `prints` are sorted. Pieces with skip[piece] are passed over;
// empty: none. `take` is called once for each chain that goes no further.
inline constexpr std::int64_t kMostBarRatio = 3;
void for_each_chain(const TimedRuns& voice, std::span<const Print> prints,
                    const std::vector<bool>& skip,
                    const std::function<void(const PrintChain&)>& take);

// The prints with this hash.
std::span<const Print> prints_of(std::span<const Print> prints, std::uint64_t hash);

}  // namespace undersong
