#pragma once
// Sound as it comes: what a long recording is read through, so that no more than a block of it
// stands in memory.

#include <cstddef>
#include <functional>
#include <span>

namespace undersong {

// Writes the next samples, mono in [-1, 1], into the span, and returns how many. Fewer than the
// span holds are no end; 0 is, and stays so. Throws Error where the source does.
using SampleReader = std::function<std::size_t(std::span<float>)>;

}  // namespace undersong
