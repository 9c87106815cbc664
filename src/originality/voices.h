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
// as little as they can. What is transposed, or has all its ticks multiplied by one number, is
// separated alike, to the note. Durations do not count, but for this: notes that begin within an
// eighth of the shortest of them are one chord, at the onset of its first note.
// A unison counts once. Of a chord of more than kMostVoices notes the highest and the lowest are
// kept. Cost: O(notes kMostVoices^2).
inline constexpr std::size_t kMostVoices = 8;
std::vector<Voice> separate_voices(const Score& score);

// The same voice from its last note to its first: each note ends where it began, counted from the
// voice's end. Notes are held until the next at most; a note without length is held until the next
// (the last one for a tick).
Voice backwards(const Voice& voice);

}  // namespace undersong
