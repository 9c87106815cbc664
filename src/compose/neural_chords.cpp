#include "compose/neural_chords.h"

namespace undersong {
namespace {

constexpr int kTonicOfMajor = 0;  // C
constexpr int kTonicOfMinor = 9;  // A

int modulo_12(int pitch) { return (pitch % 12 + 12) % 12; }

ChordQuality with_minor_third(const ChordSymbol& chord) {
  const bool is_diminished = chord.has(6) && !chord.has(7);
  if (is_diminished && chord.has(10)) return ChordQuality::kHalfDiminished7;
  if (is_diminished && chord.has(9)) return ChordQuality::kDiminished7;
  if (is_diminished) return ChordQuality::kDiminished;
  return chord.has(10) ? ChordQuality::kMinor7 : ChordQuality::kMinor;
}

ChordQuality with_major_third(const ChordSymbol& chord) {
  if (chord.has(10)) return ChordQuality::kDominant7;
  if (chord.has(11)) return ChordQuality::kMajor7;
  return chord.has(8) && !chord.has(7) ? ChordQuality::kAugmented : ChordQuality::kMajor;
}

// Neither third nor fourth: the key says which third belongs there.
ChordQuality third_of_key(const ChordSymbol& chord, const Key& key) {
  const bool is_minor = contains(key, chord.root + 3) && !contains(key, chord.root + 4);
  return is_minor ? ChordQuality::kMinor : ChordQuality::kMajor;
}

}  // namespace

int network_shift(const Key& key) {
  const int home = is_minor(key.mode) ? kTonicOfMinor : kTonicOfMajor;
  const int up = modulo_12(home - key.tonic);
  return up > 5 ? up - 12 : up;
}

GridChord network_chord(const ChordSymbol& chord, const Key& key) {
  const int root = modulo_12(chord.root + network_shift(key));
  // A minor third beside a major one is its sharp ninth.
  if (chord.has(4)) return grid_chord(root, with_major_third(chord));
  if (chord.has(3)) return grid_chord(root, with_minor_third(chord));
  if (chord.has(5)) return grid_chord(root, ChordQuality::kSuspended4);
  if (chord.has(2)) return grid_chord(modulo_12(root + 7), ChordQuality::kSuspended4);
  return grid_chord(root, third_of_key(chord, key));
}

}  // namespace undersong
