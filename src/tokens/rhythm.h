#pragma once
// What the seed's symbols leave out, learned beside them: when the next one comes, how long and how
// loud each is, and in which octave a chord lies. Drawn given the symbol and the gap before it, so
// that a run of quavers stays one.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/rng.h"
#include "score/score.h"
#include "tokens/symbols.h"
#include "tokens/vocabulary.h"

namespace undersong {

// One symbol's place in time, in steps of tokens/symbols.h.
struct SymbolTiming {
  std::int32_t gap_before_steps = 0;  // from the onset before
  std::int32_t gap_after_steps = 4;   // to the next onset
  std::int32_t duration_steps = 4;
  std::int32_t velocity = 80;
  std::int32_t lowest_pitch = 60;

  bool operator==(const SymbolTiming&) const = default;
};

// Timings that were seen with each symbol, at most kTimingsPerSymbol of each, taken evenly over the
// corpus.
class RhythmTable {
 public:
  static constexpr std::size_t kTimingsPerSymbol =
      96;  // enough for the shape of the distribution, a few 100 KB a table

  RhythmTable() = default;

  static RhythmTable learn(std::span<const std::vector<SymbolEvent>> pieces,
                           const Vocabulary& vocabulary);

  bool empty() const { return timings_.empty(); }

  // A timing seen with `id`; those whose gap before equals `gap_before_steps` are likelier. A
  // symbol without any, which a prompt may hold, gets the default.
  SymbolTiming draw(TokenId id, std::int32_t gap_before_steps, Rng& rng) const;

  // Rows of (id, gap before, gap after, duration, velocity, lowest pitch), for a weight file.
  std::vector<std::int32_t> to_rows() const;
  static constexpr std::size_t kRowLength = 6;
  // Errors: kFormat when the rows do not fit the vocabulary.
  static RhythmTable from_rows(std::span<const std::int32_t> rows, TokenId vocab_size);

  bool operator==(const RhythmTable&) const = default;

 private:
  std::vector<std::vector<SymbolTiming>> timings_;  // [vocab_size]
};

// Symbols become music: every symbol a quarter note after the last, as in the seed.
Score even_score(std::span<const TokenId> ids, const Vocabulary& vocabulary, double bpm);

// Symbols become music with the timings of `table`, on a grid of sixteenth notes.
Score learned_score(std::span<const TokenId> ids, const Vocabulary& vocabulary,
                    const RhythmTable& table, double bpm, Rng& rng);

}  // namespace undersong
