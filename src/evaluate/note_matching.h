#pragma once
// How much of what a transcription says is true: notes, beats, tempo and drum hits, each matched
// one to one with what was played. The values are of this header alone, in seconds, so that it
// knows nothing of how they were heard.
//
// Source: mir_eval (Raffel et al. 2014, ISMIR), modules `transcription` and `beat`: differences
// count to four decimals, a difference of exactly the tolerance agrees, and of all matchings the
// largest counts (taking the nearest one first can miss pairs).

#include <cstddef>
#include <map>
#include <span>
#include <vector>

namespace undersong {

struct NoteInSeconds {
  double onset_seconds = 0.0;
  double offset_seconds = 0.0;  // not before the onset
  int pitch = 60;               // MIDI

  bool operator==(const NoteInSeconds&) const = default;
};

enum class NoteRule {
  kOnset,           // pitch and onset agree
  kOnsetAndOffset,  // and so does the offset
};

struct NoteTolerances {
  double onset_seconds = 0.05;
  double offset_seconds = 0.05;  // at least; or
  double offset_share = 0.2;     // of the true note's duration, whichever is longer
};

// Of one true and one detected thing; indices into the lists that were matched.
struct MatchedPair {
  std::size_t reference = 0;
  std::size_t estimated = 0;

  bool operator==(const MatchedPair&) const = default;
};

// Counts add up: the F1 of a set of pieces pools their notes, so that every note weighs alike.
struct MatchCounts {
  std::size_t reference = 0;
  std::size_t estimated = 0;
  std::size_t matched = 0;

  // 1 where there was nothing to say and nothing was said; mir_eval has 0 there.
  double precision() const;
  double recall() const;
  double f1() const;

  MatchCounts& operator+=(const MatchCounts& other);
  bool operator==(const MatchCounts&) const = default;
};

// As many pairs as there can be in which the pitches are equal and the times agree; each note in
// one pair at most. By the true note's index.
//
// Cost: O(n log n) and, where many notes of one pitch crowd within a tolerance, the square of their
// number.
std::vector<MatchedPair> match_notes(std::span<const NoteInSeconds> reference,
                                     std::span<const NoteInSeconds> estimated, NoteRule rule,
                                     const NoteTolerances& tolerances = {});

MatchCounts count_notes(std::span<const NoteInSeconds> reference,
                        std::span<const NoteInSeconds> estimated, NoteRule rule,
                        const NoteTolerances& tolerances = {});

// Beats in seconds, in any order. mir_eval leaves out the first five seconds; this does not.
inline constexpr double kBeatToleranceSeconds = 0.07;
MatchCounts count_beats(std::span<const double> reference, std::span<const double> estimated,
                        double tolerance_seconds = kBeatToleranceSeconds);

enum class TempoRule {
  kSame,
  kOrOctave,  // half or double is right too
};

// Whether a tempo is at most `share` of the true one away from it. Both positive, in BPM.
bool is_right_tempo(double reference_bpm, double estimated_bpm, double share,
                    TempoRule rule = TempoRule::kSame);

struct HitInSeconds {
  double seconds = 0.0;
  int kind = 0;  // such as kick, snare, hat; the caller's numbers

  bool operator==(const HitInSeconds&) const = default;
};

// Of each kind that either list has.
std::map<int, MatchCounts> count_hits(std::span<const HitInSeconds> reference,
                                      std::span<const HitInSeconds> estimated,
                                      double tolerance_seconds = 0.05);

}  // namespace undersong
