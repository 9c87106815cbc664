#pragma once
// The key that a score is in, from its notes: files say it seldom, and often wrongly.

#include "score/key.h"
#include "score/score.h"

namespace undersong {

// Major or minor: the key in which it is likeliest that bars have the pitch classes that they have,
// by the profiles of Temperley 2007, Music and Probability, chapter 6. The beginning and the end
// count more, since pieces leave their key and come home. Drums are left out; ties go to fewer
// accidentals. C major without pitched notes.
Key find_key(const Score& score);

// Semitones, -5…6, that move a key to the one without signature: D major and B minor by -2.
int shift_to_no_signature(const Key& key);

}  // namespace undersong
