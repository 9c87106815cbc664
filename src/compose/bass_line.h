#pragma once
// The tones of a bass: which pitch a symbol of a bass pattern is over a chord.

#include <optional>

#include "base/rng.h"
#include "score/chord_symbol.h"
#include "score/key.h"
#include "style/style.h"

namespace undersong {

// The pitch of a pitch class nearest to `near`, within the range.
int nearest_pitch(int pitch_class, int near, const PitchRange& range);

// Semitones above the root of what a figure of a bass pattern names: 3 and 7 as the chord has them,
// else as the key has them; 6 as the key has it; 5 as the chord has it.
int interval_of(char figure, const ChordSymbol& chord, const Key& key);

// Chooses pitches one after another, so that a line moves smoothly and stays low in its range.
class BassLine {
 public:
  explicit BassLine(const PitchRange& range);

  // As though `pitch` had just been played.
  void go_on_from(int pitch) { last_ = root_ = pitch; }

  // The chord's bass note, near to what was played and to the middle of the instrument.
  int root(const ChordSymbol& chord);
  // "3", "5", "6", "7" above the root, "8" and "L": what the figure is. Falls back to the root
  // where the range ends.
  int figure(char symbol, const ChordSymbol& chord, const Key& key);
  // A tone that leads to `next`: a semitone, a step of the key, or a fifth away.
  int approach(const ChordSymbol& next, const Key& key, double chromatic, Rng& rng);
  // The next tone of a walk that has `left` more tones before `next` begins; 0 leads to it.
  // `strong` tones belong to the chord.
  struct Step {
    bool strong = false;
    int left = 0;
    double chromatic = 0.3;
  };
  int walk(const ChordSymbol& chord, const ChordSymbol& next, const Key& key, const Step& step,
           Rng& rng);

  int last() const { return last_; }

 private:
  int place(int pitch_class, int near) const;
  bool in_range(int pitch) const { return pitch >= range_.low && pitch <= range_.high; }

  PitchRange range_;
  int home_;  // where roots like to lie
  int last_;
  int root_;     // near to it the next root is sought
  int way_ = 1;  // of a walk: up or down
};

}  // namespace undersong
