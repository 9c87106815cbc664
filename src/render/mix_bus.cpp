#include "render/mix_bus.h"

namespace undersong::detail {

MixBus::MixBus(const MixSound& mix, const DeskTiming& timing, std::uint64_t seed, int sample_rate) {
  if (mix.high_pass_hz > 0.0) filters_.emplace_back(high_pass(mix.high_pass_hz, sample_rate));
  if (mix.low_pass_hz > 0.0) filters_.emplace_back(low_pass(mix.low_pass_hz, sample_rate));
  if (mix.width != 1.0) width_.emplace(PlacementSettings{.width = mix.width});
  if (mix.wow_cents > 0.0) {
    wow_.emplace(
        TapeWowSettings{.cents = mix.wow_cents, .seed = seed, .loop_frames = timing.loop_frames},
        sample_rate);
  }
}

void MixBus::process(StereoBlock block) {
  for (Biquad& filter : filters_) filter.process(block);
  if (width_) width_->process(block);
  if (wow_) wow_->process(block);
}

}  // namespace undersong::detail
