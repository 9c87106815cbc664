#include "render/effects/placement.h"

#include <numbers>

#include "audio/true_peak.h"
#include "render/effects/waves.h"

namespace undersong::detail {

Placement::Placement(const PlacementSettings& settings) {
  const double level = linear_from_db(settings.level_db) * std::numbers::sqrt2;
  const double turns = (settings.pan + 1.0) / 8.0;
  const double left = level * cosine_of_turns(turns);
  const double right = level * sine_of_turns(turns);
  const double same = 0.5 * (1.0 + settings.width);
  const double other = 0.5 * (1.0 - settings.width);
  left_from_left_ = static_cast<float>(left * same);
  left_from_right_ = static_cast<float>(left * other);
  right_from_left_ = static_cast<float>(right * other);
  right_from_right_ = static_cast<float>(right * same);
}

void Placement::process(StereoBlock block) const {
  for (std::size_t i = 0; i < block.frames(); ++i) {
    const float left = block.left[i];
    const float right = block.right[i];
    block.left[i] = left_from_left_ * left + left_from_right_ * right;
    block.right[i] = right_from_left_ * left + right_from_right_ * right;
  }
}

}  // namespace undersong::detail
