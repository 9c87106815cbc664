#pragma once
// What stems are sent to beside their dry way: chorus, echo, reverb. All linear, so that stems that
// are each sent alone add up to what their sum gives.

#include <cstdint>

#include "render/channel_strip.h"
#include "render/effects/chorus.h"
#include "render/effects/echo.h"
#include "render/effects/resting.h"
#include "render/effects/reverb.h"
#include "style/sound.h"

namespace undersong::detail {

class SendEffects {
 public:
  SendEffects(const MixSound& mix, const DeskTiming& timing, int sample_rate,
              std::size_t block_frames);

  // Before a block's sends are added up.
  void begin(std::size_t frames);
  void send(const RoleSound& sound, StereoBlock block);
  // Adds what the effects make of the sends.
  void add_to(StereoBlock block);

  // Between two echoes.
  std::int64_t longest_pause() const { return longest_pause_; }

 private:
  std::int64_t longest_pause_;
  Resting<Chorus> chorus_;
  Resting<Echo> echo_;
  Resting<Reverb> reverb_;
  StereoBuffer to_chorus_;
  StereoBuffer to_echo_;
  StereoBuffer to_reverb_;
  std::size_t frames_ = 0;
};

}  // namespace undersong::detail
