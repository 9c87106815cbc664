#pragma once
// Pitches for a rhythm under chords: the rules by which a line sings.
//
// Goals: chord tones on strong beats and no avoid notes held there, dissonance that resolves by
// step, leaps that turn back, ends that ask or close; as near to the wished shape as that allows.
// Non-goals: rhythm and shape (motif.h, phrase.h), and who plays (lead.cpp, counter.cpp).

#include <cstdint>
#include <span>
#include <vector>

#include "base/rng.h"
#include "score/chord_symbol.h"
#include "score/key.h"
#include "style/style.h"

namespace undersong {

enum class NoteGoal : std::uint8_t {
  kNone,
  kOpen,    // the second, fifth or seventh degree of the key
  kClosed,  // the first, third or fifth
  kFinal,   // the chord's root or third
};

// How much a place in the bar weighs: what a note begins on or is held over.
enum class Weight : std::uint8_t { kOff, kBeat, kStrong };

struct MelodySlot {
  ChordSymbol chord;        // at its onset
  ChordSymbol later_chord;  // at its end; the same unless it is held over a change
  Key key;
  Weight weight = Weight::kOff;
  bool is_long = false;  // a beat or longer
  int target = 60;       // the wished pitch
  int pull = 2;          // cost of each semitone away from it
  NoteGoal goal = NoteGoal::kNone;
  int floor = 0;      // better not at or below: another role is there
  int ceiling = 127;  // better not above: the climax is elsewhere
  int taken = -1;     // a pitch that another part has there
};

struct MelodyRules {
  PitchRange range;
  MelodyScale scale = MelodyScale::kMode;
  double leaps = 0.2;
};

// What sounds around the line, -1 for nothing.
struct MelodyNeighbours {
  int before_last = -1;
  int last = -1;
  int next = -1;
};

// One pitch a slot, in range: of all lines the one that costs least by the rules (a shortest path
// over pairs of pitches). `rng` breaks ties and colours the choice a little.
//
// Cost: O(slots * candidates^3), with about a dozen candidates.
std::vector<int> melody_pitches(std::span<const MelodySlot> slots, const MelodyRules& rules,
                                const MelodyNeighbours& around, Rng rng);

// Pitches of the key's scale, or of its pentatonic or blues scale, from 0 to 127.
std::vector<int> scale_ladder(const Key& key, MelodyScale scale);

// The pitch so many rungs away; from the nearest rung where it stands on none.
int move_on_ladder(std::span<const int> ladder, int pitch, int steps);
// Rungs between two pitches, each at its nearest.
int steps_between(std::span<const int> ladder, int from, int to);

// What a pitch is to a chord that it is held against.
enum class Consonance : std::uint8_t {
  kChordTone,
  kTension,  // a ninth, sixth or eleventh that rubs with no chord tone
  kAvoid,    // a semitone above a chord tone, or a scale tone that the chord has altered
  kOutside,  // neither of the key nor of the chord
};
Consonance consonance(int pitch, const ChordSymbol& chord, const Key& key);

}  // namespace undersong
