#pragma once
// The voices of a score, as far as runs of notes are concerned.

#include <cstdint>
#include <vector>

#include "score/score.h"

namespace undersong {

struct VoiceNote {
  Ticks onset_ticks = 0;
  Ticks duration_ticks = 0;
  std::uint8_t pitch = 60;

  bool operator==(const VoiceNote&) const = default;
};

// One note after another, onsets ascending, never two at once.
using Voice = std::vector<VoiceNote>;

// The pitched notes of `score`, each in at most one voice. Each track and channel is separated by
// itself; the notes of one onset go to voices in the order of their pitches, such that voices leap
// as little as they can. What is transposed, or played at another speed, is separated alike.
// Of a chord of more than kMostVoices notes the highest and the lowest are kept.
inline constexpr std::size_t kMostVoices = 8;
std::vector<Voice> separate_voices(const Score& score);

}  // namespace undersong
