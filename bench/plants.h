#pragma once
// Copies made on purpose: bars of one piece put into another, plain or disguised.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/rng.h"
#include "originality/reference.h"
#include "score/score.h"

namespace undersong {

enum class PlantKind {
  kVerbatim,
  kTransposed,    // by 1-6 semitones, up or down
  kSlower,        // note values times 1.5 or 2, and a tempo of two thirds
  kOneTrack,      // all parts in one track
  kOrnamented,    // a note in four has a passing note, a mordent or a turn
  kWrongNotes10,  // a note in ten is 1-3 semitones off
  kWrongNotes20,
  kOneVoice,      // any voice, in place of one of the host, whose others go on
  kReharmonised,  // the highest voice, in place of the host's
  kRetrograde,    // from the end to the beginning
};

inline constexpr std::array<PlantKind, 10> kPlantKinds = {
    PlantKind::kVerbatim,     PlantKind::kTransposed, PlantKind::kSlower,
    PlantKind::kOneTrack,     PlantKind::kOrnamented, PlantKind::kWrongNotes10,
    PlantKind::kWrongNotes20, PlantKind::kOneVoice,   PlantKind::kReharmonised,
    PlantKind::kRetrograde};

std::string_view name_of(PlantKind kind);

struct Plant {
  Score track;
  BarRange bars;    // of the track: where the copy stands
  BarRange source;  // of the piece that was copied
};

// Puts `bars` bars of `source` at a random bar line into a stretch of `host` of at most
// kHostBars bars. The same parts go to the same tracks, in the host's ticks; the host's meters stay
// as they are. Empty when the source has no such place: fewer bars, or nowhere so many in a row in
// which the voice that is copied has two notes a bar.
inline constexpr std::int64_t kHostBars = 48;
std::optional<Plant> plant(PlantKind kind, const Score& source, const Score& host,
                           std::int64_t bars, Rng& rng);

// Whether a run of eight notes of bars `a` stands in bars `b` of the same score too: music repeats
// itself.
bool share_runs(const Score& score, const BarRange& a, const BarRange& b);

// The first kHostBars bars from a random bar on.
Score stretch_of(const Score& score, Rng& rng);

}  // namespace undersong
