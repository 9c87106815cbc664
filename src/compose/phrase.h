#pragma once
// How motifs become phrases, and phrases a section: repetition, sequence, answer, contrast, close.

#include <cstdint>
#include <span>
#include <vector>

#include "base/rng.h"

namespace undersong {

// How a unit comes from its motif, or from the unit that it is like.
enum class UnitWay : std::uint8_t {
  kPlain,       // the motif; of an earlier unit: its pitches again, as far as the chords allow
  kSequence,    // the earlier unit's pitches `steps` scale steps away
  kInversion,   // upside down
  kRetention,   // its rhythm with another shape
  kLiquidation  // its first half twice, the second time `steps` away
};

enum class UnitEnd : std::uint8_t {
  kGoesOn,
  kOpen,    // a question: on the second, fifth or seventh degree
  kClosed,  // an answer: on the first, third or fifth
};

// The length of a motif, or what is left of a phrase.
struct PhraseUnit {
  int first_bar = 0;  // since the section's beginning
  int bars = 1;
  int phrase = 0;  // which of the section's
  int motif = 0;   // 0 the section's main motif, 1 its contrast
  int like = -1;   // an earlier unit of the same length; -1: none
  UnitWay way = UnitWay::kPlain;
  int steps = 0;
  int lift = 0;         // scale steps of the phrase's arc above its beginning
  bool climax = false;  // the highest of the section
  UnitEnd end = UnitEnd::kGoesOn;

  bool operator==(const PhraseUnit&) const = default;
};

// Units of a section whose phrases have the given lengths in bars, without gaps.
//
// Phrases: a question and an answer that begins alike; of three or four, one contrasts. Within:
// a a' b a'', a b a b', sentences (a, a in sequence, its first half twice, close). One climax,
// about two thirds through. The last phrase closes; those before a phrase that answers stay open.
std::vector<PhraseUnit> plan_phrases(std::span<const int> phrases, int motif_bars, Rng rng);

}  // namespace undersong
