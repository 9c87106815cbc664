#pragma once
// The last samples of one channel, to be read again later.

#include <bit>
#include <cstddef>
#include <vector>

namespace undersong::detail {

class DelayLine {
 public:
  explicit DelayLine(std::size_t longest)
      : samples_(std::bit_ceil(longest + 4), 0.0F), mask_(samples_.size() - 1) {}

  void write(float sample) {
    at_ = (at_ + 1) & mask_;
    samples_[at_] = sample;
  }

  // The sample that was written `delay` writes before the last one.
  float read(std::size_t delay) const { return samples_[(at_ - delay) & mask_]; }

  // Between samples, for delays that move: Hermite's cubic through four neighbours (Catmull-Rom),
  // whose slopes meet, so that a moving delay does not rustle. delay >= 1.
  float read_between(float delay) const {
    const auto whole = static_cast<std::size_t>(delay);
    const float part = delay - static_cast<float>(whole);
    const float newer = read(whole - 1);
    const float from = read(whole);
    const float to = read(whole + 1);
    const float older = read(whole + 2);
    const float slope_from = 0.5F * (to - newer);
    const float slope_to = 0.5F * (older - from);
    const float rise = to - from;
    const float square = 3.0F * rise - 2.0F * slope_from - slope_to;
    const float cube = slope_from + slope_to - 2.0F * rise;
    return from + part * (slope_from + part * (square + part * cube));
  }

  void reset() { samples_.assign(samples_.size(), 0.0F); }

 private:
  std::vector<float> samples_;
  std::size_t mask_;
  std::size_t at_ = 0;
};

}  // namespace undersong::detail
