#include "plan/progressions.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace undersong::detail {
namespace {

bool has_tone(const RomanNumeral& numeral, int semitones) {
  return (numeral.tones >> semitones & 1U) != 0;
}

bool is_dominant_seventh(const RomanNumeral& numeral) {
  return has_tone(numeral, 4) && has_tone(numeral, 10);
}

bool is_suspended(const RomanNumeral& numeral) {
  return !has_tone(numeral, 3) && !has_tone(numeral, 4) &&
         (has_tone(numeral, 2) || has_tone(numeral, 5));
}

bool contains_mode(const std::vector<Mode>& modes, Mode mode) {
  return modes.empty() || std::find(modes.begin(), modes.end(), mode) != modes.end();
}

// Whether root, third and fifth belong to the mode's scale.
bool is_diatonic(const RomanNumeral& numeral, Mode mode) {
  if (numeral.alteration != 0 || numeral.of) return false;
  const Key key{0, mode};
  const ChordSymbol chord = resolve(numeral, key);
  for (const int tone : {3, 4, 6, 7, 8})
    if (chord.has(tone) && !contains(key, chord.root + tone)) return false;
  return true;
}

void insert_once(std::vector<RomanNumeral>& numerals, const RomanNumeral& numeral) {
  if (std::find(numerals.begin(), numerals.end(), numeral) == numerals.end())
    numerals.push_back(numeral);
}

bool contains_text(const std::vector<std::string>& texts, const std::string& text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

// ---- changes of one bar -----------------------------------------------------------------------

using Candidates = std::vector<RomanNumeral>;

bool replace_with_any(RomanNumeral& chord, const Candidates& candidates, Rng& rng) {
  Candidates others;
  for (const RomanNumeral& candidate : candidates)
    if (!(candidate == chord)) others.push_back(candidate);
  if (others.empty()) return false;
  chord = others[rng.below(others.size())];
  return true;
}

// A third away two of three tones stay: the classical substitute. Not one that stands beside it
// already, for then the harmony would stand still.
bool to_relative(NumeralBars& bars, std::size_t at, const ChordVocabulary& vocabulary, Rng& rng) {
  RomanNumeral& chord = bars[at].front();
  if (chord.of || chord.alteration != 0 || chord.degree == 4) return false;
  const int before = bars[at - 1].back().degree;
  const int after =
      bars[at].size() > 1 ? bars[at].back().degree : bars[(at + 1) % bars.size()].front().degree;
  Candidates candidates;
  for (const int third : {5, 2}) {
    const int degree = (chord.degree + third) % 7;
    if (degree == before || degree == after) continue;
    for (const RomanNumeral& numeral : vocabulary.on_degree(degree)) candidates.push_back(numeral);
  }
  return replace_with_any(chord, candidates, rng);
}

bool to_other_colour(NumeralBar& bar, const ChordVocabulary& vocabulary, Rng& rng) {
  RomanNumeral& chord = bar.back();
  if (chord.of || chord.alteration != 0) return false;
  return replace_with_any(chord, vocabulary.on_degree(chord.degree), rng);
}

// The dominant of the next bar's chord, in the second half.
bool lead_to_next(NumeralBar& bar, const NumeralBar& next, const ChordVocabulary& vocabulary) {
  const RomanNumeral& aim = next.front();
  if (!vocabulary.likes_dominants() || bar.size() != 1 || aim.of || aim.degree == 0) return false;
  const bool minor = has_tone(aim, 3);
  if ((!minor && !has_tone(aim, 4)) || !has_tone(aim, 7)) return false;
  RomanNumeral dominant = parse_roman_numeral("V7");
  dominant.of = RomanNumeral::Of{aim.degree, aim.alteration, minor};
  bar.push_back(dominant);
  return true;
}

bool suspend(NumeralBar& bar, const ChordVocabulary& vocabulary) {
  RomanNumeral& chord = bar.front();
  if (!vocabulary.likes_suspensions() || bar.size() != 1 || !is_dominant_seventh(chord) || chord.of)
    return false;
  const RomanNumeral resolved = chord;
  chord.tones = parse_chord_quality("7sus4");
  chord.bass_tone = 1;
  bar.push_back(resolved);
  return true;
}

bool borrow(NumeralBar& bar, const ChordVocabulary& vocabulary, Rng& rng) {
  RomanNumeral& chord = bar.back();
  if (chord.of) return false;
  Candidates near;
  for (const RomanNumeral& candidate : vocabulary.borrowed())
    if (candidate.degree == chord.degree) near.push_back(candidate);
  return replace_with_any(chord, near, rng);
}

bool change(NumeralBars& bars, std::size_t at, const ChordVocabulary& vocabulary, Rng& rng) {
  const NumeralBar& next = bars[(at + 1) % bars.size()];
  constexpr std::array kWeights = {3.0, 3.0, 2.0, 1.5, 1.5};
  switch (rng.weighted(kWeights)) {
    case 0: return to_relative(bars, at, vocabulary, rng);
    case 1: return to_other_colour(bars[at], vocabulary, rng);
    case 2: return lead_to_next(bars[at], next, vocabulary);
    case 3: return suspend(bars[at], vocabulary);
    default: return borrow(bars[at], vocabulary, rng);
  }
}

}  // namespace

ChordVocabulary::ChordVocabulary(const Style& style, Mode mode) {
  const auto learn = [&](const NumeralBars& bars) {
    for (const NumeralBar& bar : bars) {
      for (const RomanNumeral& numeral : bar) {
        // Only of the fifth degree: blues and funk have sevenths everywhere that lead nowhere.
        dominants_ =
            dominants_ || numeral.of || (numeral.degree == 4 && is_dominant_seventh(numeral));
        suspensions_ = suspensions_ || is_suspended(numeral);
        if (numeral.of) continue;
        insert_once(is_diatonic(numeral, mode) ? diatonic_ : borrowed_, numeral);
      }
    }
  };
  for (const ProgressionPack& pack : style.progressions)
    if (contains_mode(pack.modes, mode)) learn(pack.bars);
}

std::vector<RomanNumeral> ChordVocabulary::on_degree(int degree) const {
  std::vector<RomanNumeral> found;
  for (const RomanNumeral& numeral : diatonic_)
    if (numeral.degree == degree) found.push_back(numeral);
  return found;
}

ProgressionChoice::ProgressionChoice(const Style& style, Mode mode, Mood mood)
    : style_(&style), mode_(mode), mood_(mood), uses_(style.progressions.size(), 0) {}

double ProgressionChoice::weight_of(const ProgressionPack& pack, const std::string& kind,
                                    int bars) const {
  if (!contains_mode(pack.modes, mode_)) return 0.0;
  double weight = pack.weight;
  // What is meant for other sections or moods is the last resort; what is meant for this one is
  // preferred to what serves everywhere.
  if (!pack.sections.empty()) weight *= contains_text(pack.sections, kind) ? 2.5 : 1e-4;
  if (!pack.moods.empty()) {
    const bool fits = std::find(pack.moods.begin(), pack.moods.end(), mood_) != pack.moods.end();
    weight *= fits ? 2.5 : 0.02;
  }
  const int length = static_cast<int>(pack.bars.size());
  // Two thirds of a blues are no blues.
  constexpr int kBluesBars = 12;
  if (bars % length != 0) weight *= length == kBluesBars ? 1e-3 : length > bars ? 0.05 : 0.3;
  return weight;
}

std::size_t ProgressionChoice::choose(const std::string& kind, int bars, Rng rng) {
  std::vector<double> weights;
  for (std::size_t i = 0; i < style_->progressions.size(); ++i) {
    double weight = weight_of(style_->progressions[i], kind, bars);
    for (int use = 0; use < std::min(uses_[i], 4); ++use) weight *= 0.04;
    weights.push_back(weight);
  }
  const std::size_t chosen = rng.weighted(weights);
  ++uses_[chosen];
  return chosen;
}

NumeralBars repeat(const NumeralBars& progression, int bars) {
  UNDERSONG_CHECK(!progression.empty());
  NumeralBars repeated;
  for (std::size_t i = 0; i < static_cast<std::size_t>(bars); ++i)
    repeated.push_back(progression[i % progression.size()]);
  return repeated;
}

NumeralBars vary(NumeralBars bars, const ChordVocabulary& vocabulary, int changes, Rng rng) {
  if (bars.size() < 2) return bars;
  constexpr int kTries = 4;
  std::vector<bool> changed(bars.size(), false);
  for (int i = 0; i < changes; ++i) {
    for (int attempt = 0; attempt < kTries; ++attempt) {
      const std::size_t at = 1 + rng.below(bars.size() - 1);
      if (changed[at] || !change(bars, at, vocabulary, rng)) continue;
      changed[at] = true;
      break;
    }
  }
  return bars;
}

double leading_weight(const ChordSymbol& from, const ChordSymbol& to) {
  switch ((to.root - from.root + 12) % 12) {
    case 5: return 3.0;  // a falling fifth
    case 1:
    case 2: return 1.6;  // a step up
    case 10:
    case 11: return 1.6;  // a step down, or bII
    case 7: return 1.0;
    case 6: return 0.5;
    case 0: return 0.2;
    default: return 0.8;
  }
}

}  // namespace undersong::detail
