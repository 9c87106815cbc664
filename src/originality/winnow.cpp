#include "originality/winnow.h"

#include <algorithm>
#include <string>

#include "base/check.h"
#include "base/hash.h"
#include "originality/distinctive.h"
#include "originality/fingerprints.h"
#include "originality/melodic_text.h"

namespace undersong {

namespace {

constexpr std::uint64_t kHashMask = (std::uint64_t{1} << kHashBits) - 1;

// A trill has four distinctive notes, a chromatic scale or a repeated note three.
constexpr std::int64_t kDullNotes = 4;

}  // namespace

HashedRuns hash_runs(std::span<const std::uint8_t> text) {
  constexpr std::size_t kBytes = bytes_of_run(kFingerprintNotes);
  HashedRuns runs;
  for (std::size_t first = 0; first + kBytes <= text.size(); first += 2) {
    const auto run = text.subspan(first, kBytes);
    std::string bytes(run.begin(), run.end());
    runs.hashes.push_back(hash64(bytes) & kHashMask);
    runs.dull.push_back(distinctive_notes(run) <= kDullNotes);
  }
  return runs;
}

std::vector<std::size_t> winnow(std::span<const std::uint64_t> hashes, std::size_t window) {
  UNDERSONG_CHECK(window >= 1);
  std::vector<std::size_t> kept;
  for (std::size_t end = std::min(window, hashes.size()); end > 0 && end <= hashes.size(); ++end) {
    const std::size_t begin = end < window ? 0 : end - window;
    std::size_t least = begin;
    for (std::size_t i = begin; i < end; ++i) {
      if (hashes[i] <= hashes[least]) least = i;
    }
    if (!kept.empty() && kept.back() >= begin && hashes[kept.back()] == hashes[least]) continue;
    kept.push_back(least);
  }
  return kept;
}

}  // namespace undersong
