#pragma once
// Chords as pitches: which tones of a chord symbol sound, how they are laid out, and how one chord
// goes to the next.
//
// Goals: any chord in any range, never muddy, never silent; each voice goes to the nearest tone.
// Non-goals: rhythm (chords.cpp, pad.cpp, arpeggio.cpp), and which chord it is (`plan`).

#include <cstdint>
#include <optional>
#include <vector>

#include "score/chord_symbol.h"
#include "score/key.h"
#include "style/style.h"

namespace undersong {

// MIDI pitches that sound together, ascending, none twice.
using Voicing = std::vector<int>;

enum class VoicedRoot : std::uint8_t {
  kLeftToBass,   // the bass plays it: room for what colours the chord
  kAtTheBottom,  // nobody else does: the chord's bass note is the lowest
};

struct VoicingOptions {
  VoicingType type = VoicingType::kSeventh;
  PitchRange range;
  VoicedRoot root = VoicedRoot::kLeftToBass;
  int ceiling = 127;  // the highest pitch, where that leaves enough of the range
  std::optional<int> aim = std::nullopt;  // around which pitch; the middle of the range without
  std::optional<Key> key = std::nullopt;  // for tones beyond the symbol, which stacked fourths need
};

// The smoothest voicing after `previous` (empty: none), within the range.
//
// Tones:   the third and the seventh first, then what colours the chord, then root and fifth. A
//          natural eleventh takes the place of a major third. Only root and fifth are doubled.
// Layout:  as the type wants it, where range and low interval limits (lowest_for_interval) allow;
//          else freely, then with fewer tones. At least one tone of the chord in any case.
// Leading: least motion in sum, common tones stay, the top voice moves by small steps; a pull
//          towards the middle, so that no progression climbs away.
Voicing voice_chord(const ChordSymbol& chord, const VoicingOptions& options,
                    const Voicing& previous);

// The lowest MIDI pitch on which an interval of so many semitones is still clear: 52 (E3) for a
// semitone, 48 (C3) for a major third, 36 (C2) for a fifth, 0 for octaves.
//
// Source: the low interval limits of arranging, as in Pease & Pullig 2001, "Modern Jazz Voicings";
// seconds and thirds a little higher, since sampled pianos with reverb blur sooner than bands.
int lowest_for_interval(int semitones);

// Whether two neighbours in the voicing lie under their limit.
bool is_muddy(const Voicing& voicing);

// Semitones that the voices go, each to the nearest of the other side, both ways; 0 for the same.
int motion_between(const Voicing& from, const Voicing& to);

}  // namespace undersong
