#pragma once
// How close does music come to what was learned?
//
// Goals: for a track of any length the measures of copying that docs/glossary.md and
// docs/originality.md define, each beside what human pieces share with each other, with the piece,
// the bars and the terms of the nearest match; the same answers from a whole index (index.h) or, as
// far as they go, from the fingerprints that ship with weights (fingerprints.h). Non-goals:
// percussion (grooves are few and everybody's), sound, and what a court would say.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "score/score.h"

namespace undersong {

// A piece of the music that was learned.
struct LearnedPiece {
  std::string id;       // SHA-256 of its MIDI bytes
  std::string title;    // may be empty
  std::string path;     // as in its corpus: Chopin/chpn_op7_1.mid
  std::string licence;  // SPDX where there is one; empty when nobody said
  std::string source;   // an address or a title
  // The id of the first piece with the same music, its own where it is that. Pieces of one family
  // never count as copies of each other.
  std::string family;

  bool operator==(const LearnedPiece&) const = default;
};

// Bars of one piece, counted from 1, both included.
struct BarRange {
  std::int64_t first = 1;
  std::int64_t last = 1;

  bool operator==(const BarRange&) const = default;
};

// Where a match stands in what was learned.
struct LearnedPlace {
  std::size_t piece = 0;  // index into Reference::pieces()
  BarRange bars;

  bool operator==(const LearnedPlace&) const = default;
};

// Notes of one voice that stand in a learned piece too, at any pitch and speed.
struct SharedRun {
  std::int64_t notes = 0;  // 0: no run at all
  // Notes that the run's own repetitions do not foretell: a trill or an Alberti bass of a hundred
  // notes has four to six. This, not `notes`, says how telling a run is.
  std::int64_t distinctive_notes = 0;
  double seconds = 0.0;  // of the track
  BarRange bars;         // of the track
  LearnedPlace nearest;
  std::optional<int> transposed_by;  // semitones from the learned piece; unset where not known
  // The track's time between notes over the learned one's, both in quarter notes: tempo apart.
  std::optional<double> stretched_by;
  bool backwards = false;  // the track has it from the last note to the first

  bool operator==(const SharedRun&) const = default;
};

// A window of four bars and the learned window that shares most with it.
// Source: Yin, Reuben, Stepney & Collins 2022, doi:10.1007/s42979-022-01220-y.
struct WindowOverlap {
  BarRange bars;            // of the track
  std::int64_t points = 0;  // distinct (onset, pitch) of the window
  double overlap = 0.0;     // cardinality score, 0-1; 0 where nothing is near
  LearnedPlace nearest;     // meaningless where overlap is 0
  int transposed_by = 0;    // semitones from the learned piece

  bool operator==(const WindowOverlap&) const = default;
};

inline constexpr std::array<int, 3> kCoverageLengths = {5, 8, 12};

// The answer for one track.
struct Closeness {
  std::int64_t notes = 0;  // that were compared: percussion left out
  double seconds = 0.0;

  SharedRun longest_run;           // most notes
  SharedRun most_distinctive_run;  // most distinctive notes
  // The most distinctive run of symbols: notes and chords one after another, whatever their rhythm
  // and in whichever octave a chord lies (symbol_text.h). What a model of symbols recites.
  SharedRun symbol_run;

  // Share of the track's n-grams of notes (n of kCoverageLengths) that stand in a learned piece;
  // unset where the reference cannot say, or the track has none.
  std::array<std::optional<double>, 3> coverage;

  // Windows of four bars, a bar apart, that hold enough points to say something. Empty where the
  // reference cannot say.
  std::vector<WindowOverlap> windows;

  bool knows_windows = false;  // whether the reference can say anything of windows
};

// The highest overlap of all windows; nullptr without windows.
const WindowOverlap* highest_overlap(const Closeness& closeness);
// 1 - overlap, averaged over the windows; unset without windows.
std::optional<double> mean_originality(const Closeness& closeness);

// What human pieces have in common with each other: quantiles over pieces, each compared with all
// others of its reference.
struct Band {
  double mean = 0.0;
  double mean_low = 0.0;  // 95 % interval of the mean (bootstrap)
  double mean_high = 0.0;
  double low = 0.0;   // 2.5 % of the pieces lie under it
  double high = 0.0;  // 2.5 % of the pieces lie above it

  bool operator==(const Band&) const = default;
};

struct Baseline {
  std::int64_t pieces = 0;  // that were compared with the others; 0: no baseline
  Band run_notes;
  Band distinctive_notes;
  Band distinctive_symbols;
  std::array<Band, 3> coverage;  // of kCoverageLengths; all 0 where the reference cannot say
  Band highest_overlap;          // all 0 where the reference cannot say
  Band mean_originality;

  bool operator==(const Baseline&) const = default;
};

// Above either a track is too close.
struct Limits {
  std::int64_t distinctive_notes = 0;
  std::int64_t distinctive_symbols = 0;
  std::optional<double> overlap;  // unset: not judged by

  bool operator==(const Limits&) const = default;
};

// What the limits are unless a person sets others; docs/originality.md gives the reasons.
Limits limits_of(const Baseline& baseline);

enum class Verdict { kOriginal, kTooClose };
Verdict judge(const Closeness& closeness, const Limits& limits);

// What was learned, in whichever form it is at hand. Immutable; one serves many threads.
class Reference {
 public:
  virtual ~Reference() = default;

  virtual const std::string& name() const = 0;  // of the corpus
  virtual std::span<const LearnedPiece> pieces() const = 0;
  virtual const Baseline& baseline() const = 0;

  // Compares a track with every learned piece, but for those of the family `except` (to compare a
  // learned piece with the others); empty: with all. A track without pitched notes is close to
  // nothing. Errors: kCancelled.
  virtual Closeness compare(const Score& track, const std::string& except = "") const = 0;
};

// Compares each of `tracks`, which are pieces of the reference (`families` in the same order), with
// the others and sums up, on all processors. The same numbers on every machine. Errors: kCancelled.
Baseline measure_baseline(const Reference& reference, std::span<const Score> tracks,
                          std::span<const std::string> families,
                          Progress& progress = silent_progress());

}  // namespace undersong
