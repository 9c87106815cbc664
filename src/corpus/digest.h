#pragma once
// When are two files the same music?

#include <string>

#include "score/score.h"

namespace undersong {

struct NoteDigest {
  std::string sha256;
  int reference_pitch = 0;  // the difference between two scores of one digest is how far the
                            // second is transposed
};

// Scores with the same onsets (to a 24th of a quarter note, counted from the first) and the same
// pitches, all moved up or down by one interval, share a digest. Tempo, velocity, duration, and
// which track or channel plays do not count; a unison counts once. Percussion is compared as it is,
// since its numbers are instruments. Scores of fewer than eight notes are compared at their own
// pitch: any two of so few notes would be transpositions of each other.
NoteDigest digest_notes(const Score& score);

}  // namespace undersong
