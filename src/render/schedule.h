#pragma once
// A score as what the synthesizer is told, and when.

#include <cstdint>
#include <vector>

#include "render/channel_plan.h"
#include "score/score.h"

namespace undersong::detail {

struct SynthEvent {
  enum class Kind : std::uint8_t {
    kNoteOff,
    kNoteOn,
    kController,
    kProgram,
    kPitchBend,
    kChannelPressure,
    kKeyPressure
  };

  std::int64_t frame = 0;
  Kind kind = Kind::kNoteOff;
  std::uint8_t channel = 0;  // of the synthesizer
  std::uint8_t number = 0;   // key, or controller
  std::int16_t value = 0;    // velocity, or the control's value
};

// In the order in which they are sent. At one tick notes end first, then controls are set in the
// order of tracks and of each track's list, then notes begin: a new instrument is there for the
// note that wants it, and a repeated key sounds anew. A key that is struck again while it sounds is
// let go with the last of its notes.
std::vector<SynthEvent> schedule(const Score& score, const ChannelPlan& plan, int sample_rate);

}  // namespace undersong::detail
