#pragma once
// What composer_control_bench counts in a passage. "Asked" is the real music whose controls were
// told, "drawn" what the composer made of them; bars stand at the same numbers in both.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "tokens/composer_grid.h"

namespace undersong {

struct Ratio {
  double part = 0.0;
  double whole = 0.0;

  void add(bool counts) {
    part += counts ? 1.0 : 0.0;
    whole += 1.0;
  }
  Ratio& operator+=(const Ratio& more) {
    part += more.part;
    whole += more.whole;
    return *this;
  }
  // Nothing of nothing.
  std::optional<double> share() const {
    return whole > 0.0 ? std::optional(part / whole) : std::nullopt;
  }
};

// Pitched notes whose pitch is a tone of the chord that `asked` has at their onset.
Ratio notes_in_chord(const GridPiece& music, const GridPiece& asked);

// Over the roles of each bar of `asked`: steps of density between what was asked and played (whole:
// blocks), and whether a role played nothing.
struct BlockErrors {
  Ratio density;
  Ratio lost;
};
BlockErrors block_errors(const GridPiece& drawn, const GridPiece& asked);

// Bars with notes that are the same as one of the 32 before.
Ratio repeated_bars(const GridPiece& music);
// The same, of the bars that were asked to be copies, or not.
Ratio repeated_bars(const GridPiece& drawn, const GridPiece& asked, BarRelation relation);

// Share of notes in the diatonic scale that fits best, in runs of four bars with at least eight
// pitched notes, averaged; unset without such runs.
std::optional<double> scale_consistency(const GridPiece& music);

inline constexpr std::size_t kPassageTextures = 13;
inline constexpr std::array<const char*, kPassageTextures> kPassageTextureNames = {
    "H1",          "H4",        "GS",    "CPI",    "SI 3-8 s",    "SI 8-15 s", "SI 15 s on",
    "notes a bar", "polyphony", "scale", "length", "inter-onset", "range"};
// H1, H4, GS, CPI: evaluate/texture.h; SI: evaluate/structure.h. Polyphony: pitched notes that
// sound, averaged over the steps in which some do. Length of pitched notes and the time between
// onsets of any, in quarter notes, averaged; range of pitched notes in semitones.
std::vector<std::optional<double>> passage_textures(const GridPiece& music);

// What happens to a role at a bar line: where it plays in both bars.
struct Seam {
  double leap = 0.0;  // semitones; of what sounds together the lowest of a bass, else the highest
  double wait = 0.0;  // quarter notes from its last onset to its first one
  double overlap = 0.0;  // pitch classes in both bars, over those in either
  bool is_pitched = true;
};
std::optional<Seam> seam_at(const GridPiece& music, int bar, Role role);

// Largest difference of the two shares of values up to a bound (Kolmogorov-Smirnov), 0-1; unset for
// an empty list.
std::optional<double> ks_distance(std::vector<double> values, std::vector<double> others);

}  // namespace undersong
