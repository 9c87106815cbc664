#pragma once
// How sound meets its end.

#include <cstdint>
#include <span>

namespace undersong::detail {

// A falling half cosine over the `length` frames before `end`; exactly 0 in the last of them.
struct EndFade {
  std::int64_t end = 0;
  std::int64_t length = 0;

  // Interleaved stereo that begins with frame `first`.
  void apply(std::int64_t first, std::span<float> samples) const;
};

}  // namespace undersong::detail
