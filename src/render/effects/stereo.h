#pragma once
// Blocks of stereo sound on their way through the effects: left and right apart, so that loops run
// over neighbours.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace undersong::detail {

// A view of a block. Both spans are equally long.
struct StereoBlock {
  std::span<float> left;
  std::span<float> right;

  std::size_t frames() const { return left.size(); }
};

class StereoBuffer {
 public:
  explicit StereoBuffer(std::size_t frames = 0) : left_(frames, 0.0F), right_(frames, 0.0F) {}

  std::size_t frames() const { return left_.size(); }
  StereoBlock all() { return {left_, right_}; }
  StereoBlock first(std::size_t frames) {
    return {std::span(left_).first(frames), std::span(right_).first(frames)};
  }

 private:
  std::vector<float> left_;
  std::vector<float> right_;
};

inline void clear(StereoBlock block) {
  std::fill(block.left.begin(), block.left.end(), 0.0F);
  std::fill(block.right.begin(), block.right.end(), 0.0F);
}

// to += gain * from
inline void add(StereoBlock from, float gain, StereoBlock to) {
  for (std::size_t i = 0; i < to.left.size(); ++i) to.left[i] += gain * from.left[i];
  for (std::size_t i = 0; i < to.right.size(); ++i) to.right[i] += gain * from.right[i];
}

inline float peak_of(StereoBlock block) {
  float peak = 0.0F;
  for (const float sample : block.left) peak = std::max(peak, std::abs(sample));
  for (const float sample : block.right) peak = std::max(peak, std::abs(sample));
  return peak;
}

}  // namespace undersong::detail
