#pragma once
// Where a sound stands: how wide, where between left and right, how loud.

#include "render/effects/stereo.h"

namespace undersong::detail {

struct PlacementSettings {
  double width = 1.0;  // 0 mono … 2: the gain of the side signal, left minus right
  double pan = 0.0;    // -1 left … 1 right, by a sine and cosine law: the power stays
  double level_db = 0.0;
};

// All of it is one matrix of two by two. Linear.
class Placement {
 public:
  explicit Placement(const PlacementSettings& settings);

  void process(StereoBlock block) const;

 private:
  float left_from_left_;
  float left_from_right_;
  float right_from_left_;
  float right_from_right_;
};

}  // namespace undersong::detail
