#include "render/channel_strip.h"

#include <algorithm>

namespace undersong::detail {
namespace {

constexpr double kInsertTailSeconds = 0.25;  // of a high-pass at 20 Hz, by 100 dB and more

// The level is back after half a beat and a bit: it pumps with the music, and is there for the
// off-beat.
constexpr double kReleaseBeats = 0.6;
constexpr double kShortestRelease = 0.12;
constexpr double kLongestRelease = 0.40;

std::optional<SideChain> make_side_chain(const RoleSound& sound, const DeskTiming& timing,
                                         int sample_rate) {
  if (sound.side_chain_db <= 0.0 || timing.bass_drum.empty()) return std::nullopt;
  const double release =
      std::clamp(kReleaseBeats * timing.beat_seconds, kShortestRelease, kLongestRelease);
  return SideChain({.depth_db = sound.side_chain_db, .release_seconds = release}, timing.bass_drum,
                   sample_rate);
}

}  // namespace

void ChannelStrip::Inserts::process(StereoBlock block) {
  for (Biquad& filter : filters) filter.process(block);
  if (saturation) saturation->process(block);
  placement.process(block);
}

void ChannelStrip::Inserts::reset() {
  for (Biquad& filter : filters) filter.reset();
  if (saturation) saturation->reset();
}

ChannelStrip::Inserts ChannelStrip::make_inserts(const RoleSound& sound, int sample_rate) {
  Inserts inserts{
      .filters = {},
      .saturation = std::nullopt,
      .placement = Placement({.width = sound.width, .pan = sound.pan, .level_db = sound.level_db})};
  if (sound.high_pass_hz > 0.0)
    inserts.filters.emplace_back(high_pass(sound.high_pass_hz, sample_rate));
  if (sound.low_pass_hz > 0.0)
    inserts.filters.emplace_back(low_pass(sound.low_pass_hz, sample_rate));
  if (sound.saturation > 0.0) inserts.saturation.emplace(sound.saturation, sample_rate);
  return inserts;
}

ChannelStrip::ChannelStrip(const RoleSound& sound, const DeskTiming& timing, int sample_rate)
    : inserts_(make_inserts(sound, sample_rate),
               static_cast<std::int64_t>(kInsertTailSeconds * sample_rate)),
      side_chain_(make_side_chain(sound, timing, sample_rate)) {}

void ChannelStrip::process(std::int64_t first, StereoBlock block) {
  inserts_.process(block);
  if (side_chain_) side_chain_->process(first, block);
}

}  // namespace undersong::detail
