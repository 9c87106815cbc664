#include "render/effects/side_chain.h"

#include <algorithm>

#include "audio/true_peak.h"
#include "render/effects/waves.h"

namespace undersong::detail {
namespace {

constexpr double kFallSeconds = 0.008;
constexpr double kHoldSeconds = 0.030;

}  // namespace

SideChain::SideChain(const SideChainSettings& settings, std::vector<std::int64_t> onsets,
                     int sample_rate)
    : onsets_(std::move(onsets)), fall_(static_cast<std::int64_t>(kFallSeconds * sample_rate)) {
  const auto hold = static_cast<std::int64_t>(kHoldSeconds * sample_rate);
  const auto rise = static_cast<std::int64_t>(settings.release_seconds * sample_rate);
  for (std::int64_t i = 0; i < fall_ + hold + rise; ++i) {
    double depth = 1.0;
    if (i < fall_) {
      depth =
          0.5 - 0.5 * cosine_of_turns(0.5 * static_cast<double>(i) / static_cast<double>(fall_));
    } else if (i >= fall_ + hold) {
      const auto risen = static_cast<double>(i - fall_ - hold) / static_cast<double>(rise);
      depth = 0.5 + 0.5 * cosine_of_turns(0.5 * risen);
    }
    dip_.push_back(static_cast<float>(linear_from_db(-settings.depth_db * depth)));
  }
}

void SideChain::process(std::int64_t first, StereoBlock block) {
  const auto frames = static_cast<std::int64_t>(block.frames());
  const auto length = static_cast<std::int64_t>(dip_.size());
  gains_.assign(block.frames(), 1.0F);
  // The first drum whose dip reaches into the block.
  auto onset = std::lower_bound(onsets_.begin(), onsets_.end(), first + fall_ - length + 1);
  for (; onset != onsets_.end() && *onset - fall_ < first + frames; ++onset) {
    const std::int64_t begin = *onset - fall_ - first;  // of the dip, in the block
    for (std::int64_t i = std::max<std::int64_t>(0, begin); i < std::min(frames, begin + length);
         ++i) {
      float& gain = gains_[static_cast<std::size_t>(i)];
      gain = std::min(gain, dip_[static_cast<std::size_t>(i - begin)]);
    }
  }
  for (std::size_t i = 0; i < gains_.size(); ++i) {
    block.left[i] *= gains_[i];
    block.right[i] *= gains_[i];
  }
}

}  // namespace undersong::detail
