#include "render/end_fade.h"

#include <algorithm>
#include <cstddef>

#include "render/effects/waves.h"

namespace undersong::detail {

void EndFade::apply(std::int64_t first, std::span<float> samples) const {
  const auto frames = static_cast<std::int64_t>(samples.size() / 2);
  for (std::int64_t i = std::max<std::int64_t>(0, end - length - first); i < frames; ++i) {
    const double left = static_cast<double>(std::max<std::int64_t>(0, end - 1 - first - i)) /
                        static_cast<double>(length);
    const auto gain = static_cast<float>(0.5 - 0.5 * cosine_of_turns(0.5 * left));
    samples[static_cast<std::size_t>(2 * i)] *= gain;
    samples[static_cast<std::size_t>(2 * i + 1)] *= gain;
  }
}

}  // namespace undersong::detail
