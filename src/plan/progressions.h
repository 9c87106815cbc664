#pragma once
// Progressions of a style as the chords of sections, varied so that seeds differ.

#include <string>
#include <vector>

#include "base/rng.h"
#include "style/style.h"

namespace undersong::detail {

using NumeralBar = std::vector<RomanNumeral>;  // one chord, or two of half a bar
using NumeralBars = std::vector<NumeralBar>;

// The chords that a style uses in one mode: what variations may draw from, so that they stay in its
// language.
class ChordVocabulary {
 public:
  ChordVocabulary(const Style& style, Mode mode);

  // Those on a degree of the scale, as the style writes them.
  std::vector<RomanNumeral> on_degree(int degree) const;
  // Chords from outside the scale's triads that stand in progressions: borrowed ones.
  const std::vector<RomanNumeral>& borrowed() const { return borrowed_; }
  bool likes_dominants() const { return dominants_; }
  bool likes_suspensions() const { return suspensions_; }

 private:
  std::vector<RomanNumeral> diatonic_;
  std::vector<RomanNumeral> borrowed_;
  bool dominants_ = false;
  bool suspensions_ = false;
};

// Which of the style's progressions a kind of section has. Kinds get different ones where there is
// a choice.
class ProgressionChoice {
 public:
  ProgressionChoice(const Style& style, Mode mode, Mood mood);

  // Index into the style's progressions.
  std::size_t choose(const std::string& kind, int bars, Rng rng);

 private:
  double weight_of(const ProgressionPack& pack, const std::string& kind, int bars) const;

  const Style* style_;
  Mode mode_;
  Mood mood_;
  std::vector<int> uses_;  // of each progression so far
};

// `bars` bars of a progression, over and over, cut off at the end.
NumeralBars repeat(const NumeralBars& progression, int bars);

// The progression with some chords changed: relatives, other colours, suspensions, a dominant
// before its aim, something borrowed; its first chord stays. `changes` is how many are tried.
NumeralBars vary(NumeralBars bars, const ChordVocabulary& vocabulary, int changes, Rng rng);

// How well a bass step from one chord's root to the next one's leads on: a falling fifth most.
double leading_weight(const ChordSymbol& from, const ChordSymbol& to);

}  // namespace undersong::detail
