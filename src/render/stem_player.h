#pragma once
// A score as dry stems, a stereo stream a track, in one pass of the synthesizer.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "render/channel_plan.h"
#include "render/effects/stereo.h"
#include "render/player.h"
#include "score/score.h"

namespace undersong::detail {

// Gives each of `tracks` (indices into the score) channels of its own: those that are congruent to
// its place modulo the number of tracks, which is how FluidSynth hands channels to groups of
// outputs. A track plays on as many as it uses in the score. Other tracks go nowhere.
ChannelPlan plan_stem_channels(const Score& score, std::span<const std::size_t> tracks);

// Level and pan (controllers 7, 8 and 10) and sends (91 and 93) are left out: in a production they
// come from the style, and nothing is to be applied twice. Expression (11) stays.
class StemPlayer {
 public:
  // Errors: those of Synth.
  StemPlayer(const Score& score, std::span<const std::size_t> tracks,
             const std::filesystem::path& soundfont, int sample_rate);

  // Fills each stem's block with what follows. All are equally long.
  void play(std::span<const StereoBlock> stems);
  std::int64_t frame() const { return player_.frame(); }
  bool is_silent() const { return synth_.sounding_voices() == 0; }

 private:
  ChannelPlan channels_;
  std::vector<SynthEvent> events_;
  Synth synth_;
  Player player_;
  std::vector<float*> outputs_;  // left and right of each stem
};

}  // namespace undersong::detail
