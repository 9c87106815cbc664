#pragma once
// The composer's tokens: fixed ids, so that the grammar is arithmetic on them.
//
//   piece := (BEGIN | CONTINUE) STYLE MODE METER TEMPO [FUTURE bar+ PAST] bar* [END]
//   bar   := BAR [METER] [TEMPO] [CHORD [CHORD]] [ENERGY] [RELATION] [LEFT] block*
//   block := ROLE [DENSITY] group+            a role at most once in a bar
//   group := POSITION note+                   positions ascend, inside the bar
//   note  := [VELOCITY] [DURATION] PITCH      pitches ascend; DRUM in place of PITCH for drums and
//                                             percussion, which have no DURATION
//
// METER and TEMPO stand in a bar only where they change, VELOCITY and DURATION only where they
// differ from the note before in the block (so before its first note, always). One CHORD holds for
// the whole bar, another second one from its middle on. LEFT counts the bars that follow, 7 to 0:
// the last eight of a piece have it. FUTURE bars have no RELATION; after PAST the header's METER
// and TEMPO hold again. Everything in brackets that a plan asks for (chords, energy, relation, bars
// left, density) may be left out: then the network chooses. FUTURE … PAST are bars that come after
// the ones to be written, for filling a gap. The blocks of a bar may come in any order, so that any
// role can be written after any others.

#include <cstdint>

#include "tokens/composer_grid.h"
#include "tokens/vocabulary.h"

namespace undersong::composer_token {

inline constexpr TokenId kPad = 0;
inline constexpr TokenId kBegin = 1;     // the bars that follow begin a piece
inline constexpr TokenId kContinue = 2;  // they are from the middle of one
inline constexpr TokenId kEnd = 3;
inline constexpr TokenId kBar = 4;
inline constexpr TokenId kFuture = 5;
inline constexpr TokenId kPast = 6;

// A run of ids for the values 0 … count-1 of one kind.
struct Range {
  TokenId first;
  int count;

  constexpr TokenId of(int value) const { return first + value; }
  constexpr bool holds(TokenId id) const { return id >= first && id < first + count; }
  constexpr int value(TokenId id) const { return id - first; }
  constexpr TokenId end() const { return first + count; }
};

inline constexpr int kLeftSteps = 8;

inline constexpr Range kStyle = {7, kGridStyleCount};
inline constexpr Range kMode = {kStyle.end(), 2};  // major, minor
inline constexpr Range kMeter = {kMode.end(), static_cast<int>(kGridMeters.size())};
inline constexpr Range kTempo = {kMeter.end(), kGridTempos};
inline constexpr Range kChord = {kTempo.end(), kGridChordCount};
inline constexpr Range kEnergy = {kChord.end(), kEnergySteps};
inline constexpr Range kRelation = {kEnergy.end(), kBarRelationCount};
inline constexpr Range kLeft = {kRelation.end(), kLeftSteps};
inline constexpr Range kRole = {kLeft.end(), static_cast<int>(kRoleCount)};
inline constexpr Range kDensity = {kRole.end(), kDensitySteps};
inline constexpr Range kPosition = {kDensity.end(), kLongestGridBar};
inline constexpr Range kVelocity = {kPosition.end(), kGridVelocities};
inline constexpr Range kDuration = {kVelocity.end(), static_cast<int>(kGridDurations.size())};
inline constexpr Range kPitch = {kDuration.end(), kPitchCount};
inline constexpr Range kDrum = {kPitch.end(), kDrumCount};
inline constexpr TokenId kCount = kDrum.end();

// Whether a plan decides it: chord, energy, relation, bars left, density.
constexpr bool is_control(TokenId id) {
  return kChord.holds(id) || kEnergy.holds(id) || kRelation.holds(id) || kLeft.holds(id) ||
         kDensity.holds(id);
}
constexpr bool is_note(TokenId id) { return kPitch.holds(id) || kDrum.holds(id); }

}  // namespace undersong::composer_token

namespace undersong {

// The tokens as text ("bar", "chord.9:m7", "position.24"), as weight files name them. All counts
// are 0.
const Vocabulary& composer_vocabulary();

}  // namespace undersong
