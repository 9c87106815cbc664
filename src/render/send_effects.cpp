#include "render/send_effects.h"

#include <utility>

namespace undersong::detail {
namespace {

template <typename Effect>
Resting<Effect> resting(Effect effect) {
  const std::int64_t tail = effect.tail();
  return {std::move(effect), tail};
}

}  // namespace

SendEffects::SendEffects(const MixSound& mix, const DeskTiming& timing, int sample_rate,
                         std::size_t block_frames)
    : longest_pause_(
          static_cast<std::int64_t>(mix.delay_beats * timing.beat_seconds * sample_rate) + 1),
      chorus_(resting(Chorus(sample_rate))),
      echo_(resting(
          Echo({.seconds = mix.delay_beats * timing.beat_seconds, .feedback = mix.delay_feedback},
               sample_rate))),
      reverb_(resting(Reverb({.seconds = mix.reverb_seconds, .damping_hz = mix.reverb_damping_hz},
                             sample_rate))),
      to_chorus_(block_frames),
      to_echo_(block_frames),
      to_reverb_(block_frames) {}

void SendEffects::begin(std::size_t frames) {
  frames_ = frames;
  clear(to_chorus_.first(frames));
  clear(to_echo_.first(frames));
  clear(to_reverb_.first(frames));
}

void SendEffects::send(const RoleSound& sound, StereoBlock block) {
  const auto send_to = [&](double gain, StereoBuffer& buffer) {
    if (gain > 0.0) add(block, static_cast<float>(gain), buffer.first(frames_));
  };
  send_to(sound.chorus, to_chorus_);
  send_to(sound.delay, to_echo_);
  send_to(sound.reverb, to_reverb_);
}

void SendEffects::add_to(StereoBlock block) {
  const auto apply = [&](auto& effect, StereoBuffer& buffer) {
    effect.process(buffer.first(frames_));
    add(buffer.first(frames_), 1.0F, block);
  };
  apply(chorus_, to_chorus_);
  apply(echo_, to_echo_);
  apply(reverb_, to_reverb_);
}

}  // namespace undersong::detail
