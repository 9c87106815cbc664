#pragma once
// Events and sound side by side, from the first frame on.

#include <algorithm>
#include <cstdint>
#include <span>

#include "render/schedule.h"
#include "render/synth.h"

namespace undersong::detail {

class Player {
 public:
  // Both must outlive the player.
  Player(Synth& synth, std::span<const SynthEvent> events) : synth_(synth), pending_(events) {}

  std::int64_t frame() const { return frame_; }

  // Plays on until `end`, events before it included: render(frames) makes the sound of each stretch
  // between two events.
  template <typename Render>
  void play_until(std::int64_t end, const Render& render) {
    while (frame_ < end) {
      while (!pending_.empty() && pending_.front().frame <= frame_) {
        synth_.send(pending_.front());
        pending_ = pending_.subspan(1);
      }
      const std::int64_t next = pending_.empty() ? end : std::min(end, pending_.front().frame);
      render(static_cast<std::size_t>(next - frame_));
      frame_ = next;
    }
  }

 private:
  Synth& synth_;
  std::span<const SynthEvent> pending_;
  std::int64_t frame_ = 0;
};

}  // namespace undersong::detail
