#pragma once
// The nine features of Yang & Lerch 2018, doi:10.1007/s00521-018-3849-7, section 3.1.
//
// The paper speaks of monophonic music; its authors' code (mgeval) reads one track of a file. Here
// a piece is all its tracks, in one order: by onset, then pitch. Where the code differs from the
// paper, or the paper leaves something open:
//
//  pitch class histogram    by duration in beats; the code weighs by seconds and velocity
//  pitch class transitions  every note to the next; the code counts a pair only where the second
//                           begins within 50 ms of the first one's end, which drops rests
//  mean inter-onset         between distinct onsets: a chord is one; in the code its notes are
//    interval               intervals of 0, so that it measures thickness too
//  note lengths             of a whole note, whatever the meter, and the nearest by ratio; in the
//                           code of a bar, and the nearest by difference, where a long class
//                           attracts more than a short one
//  transition matrices      divided by their sum, as the paper's figures; in the code counts unless
//                           asked, whose distances grow with the length of the pieces

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "score/score.h"

namespace undersong {

enum class Feature : std::size_t {
  kPitchCount,
  kPitchClassHistogram,    // 12
  kPitchClassTransitions,  // 144: [from * 12 + to]
  kPitchRange,             // semitones
  kMeanPitchInterval,      // semitones, whichever the direction
  kNoteCount,
  kMeanInterOnsetInterval,  // seconds
  kNoteLengthHistogram,     // 12
  kNoteLengthTransitions,   // 144: [from * 12 + to]
};
inline constexpr std::size_t kFeatures = 9;

// "pitch class histogram", as in the paper.
std::string_view name_of(Feature feature);

// The note lengths of the paper, in its order: full, half, quarter, 8th, 16th; dotted half,
// quarter, 8th, 16th; triplets of a half, a quarter, an 8th.
inline constexpr std::size_t kNoteLengths = 12;

// The nearest of them by ratio: 500 ticks at 480 a quarter are a quarter, index 2.
std::size_t note_length_class(Ticks duration_ticks, Ticks ticks_per_quarter);

// Each feature as a vector, of one number or of many. Histograms and transition matrices sum to 1
// (or are all 0 for music too short to have any); the single numbers are 0 where there is nothing
// to measure.
using FeatureVector = std::array<std::vector<double>, kFeatures>;

// Percussion is left out of what speaks of pitch.
FeatureVector measure_features(const Score& score);

}  // namespace undersong
