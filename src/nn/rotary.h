#pragma once
// Angles of rotary positions, the same bits on every machine.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace undersong {

class RotaryAngles {
 public:
  // For heads of `head_width` dimensions: pair i turns by position * 10000^(-2i / head_width).
  explicit RotaryAngles(std::size_t head_width);

  std::size_t pairs() const { return frequencies_.size(); }

  // Within 1e-7 of the true values for positions to a million. Shapes: cosines and sines [pairs].
  void at(std::int64_t position, float* cosines, float* sines) const;

 private:
  std::vector<double> frequencies_;
};

}  // namespace undersong
