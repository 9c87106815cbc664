#include "pipeline/evaluate_measures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/quantile.h"
#include "plot/scale.h"

namespace undersong {
namespace {

using Track = TrackMeasures;
using Value = std::optional<double>;

template <typename Count>
Value number(Count count) {
  return static_cast<double>(count);
}

Value of_copying(const Track& track, Value (*value)(const CopyingMeasures&)) {
  return track.copying ? value(*track.copying) : std::nullopt;
}

// Ranges of five human jazz solos: Wu & Yang 2020, arXiv:2008.01307, table 3.
constexpr Measure kMeasures[] = {
    {"notes", "notes", "", "How many notes the track has.", "", 0, MeasureGroup::kTexture,
     [](const Track& t) { return number(t.notes); }},
    {"seconds", "length", "s", "Until the end of the last note.", "", 1, MeasureGroup::kTexture,
     [](const Track& t) { return number(t.seconds); }},
    {"notes_per_second", "notes a second", "", "How dense the music is.", "", 2,
     MeasureGroup::kTexture,
     [](const Track& t) {
       return t.seconds > 0.0 ? Value(static_cast<double>(t.notes) / t.seconds) : Value();
     }},
    {"entropy_1_bar", "H1: pitch entropy of a bar", "bits",
     "How many different notes of the scale one bar uses, on average: 0 is one note over and over, "
     "3.58 all twelve alike.",
     "five human jazz solos 1.15-2.10", 2, MeasureGroup::kTexture,
     [](const Track& t) { return t.texture.entropy_1_bar; }},
    {"entropy_4_bars", "H4: pitch entropy of four bars", "bits",
     "The same over four bars. Near 3.58 the music has no key; much below human music it is stuck "
     "on few notes.",
     "five human jazz solos 2.19-2.95", 2, MeasureGroup::kTexture,
     [](const Track& t) { return t.texture.entropy_4_bars; }},
    {"grooving_similarity", "GS: grooving similarity", "",
     "How alike the rhythms of any two bars are: 1 is the same rhythm throughout. Sparse music is "
     "high too, since silence is alike.",
     "five human jazz solos 0.83-0.91", 3, MeasureGroup::kTexture,
     [](const Track& t) { return t.texture.grooving_similarity; }},
    {"chord_irregularity", "CPI: chord irregularity", "",
     "Which share of three chords in a row is new in the piece: near 0 a progression that repeats, "
     "near 1 one that wanders and never comes back.",
     "five human jazz solos 0.17-0.71", 3, MeasureGroup::kTexture,
     [](const Track& t) { return t.texture.chord_irregularity; }},
    {"structure_short", "SI short: repeats of 3-8 s", "",
     "How well the most repeated stretch of 3 to 8 seconds explains the piece: motives and "
     "phrases.",
     "five human jazz solos 0.23-0.51", 3, MeasureGroup::kTexture,
     [](const Track& t) { return t.structure.short_term; }},
    {"structure_mid", "SI mid: repeats of 8-15 s", "",
     "The same for 8 to 15 seconds: periods and half verses.", "five human jazz solos 0.14-0.51", 3,
     MeasureGroup::kTexture, [](const Track& t) { return t.structure.mid_term; }},
    {"structure_long", "SI long: repeats from 15 s", "",
     "The same from 15 seconds on: verses, choruses, a return of the beginning. Music without form "
     "is near 0.",
     "five human jazz solos 0.00-0.58", 3, MeasureGroup::kTexture,
     [](const Track& t) { return t.structure.long_term; }},
    {"longest_run", "longest shared run", "notes",
     "The most notes in a row of one voice that stand in a learned piece too, at any pitch and "
     "speed. A trill or a scale makes long runs that mean nothing; the next line leaves those out.",
     "", 0, MeasureGroup::kCopying,
     [](const Track& t) {
       return of_copying(t, [](const CopyingMeasures& c) { return number(c.longest_run); });
     }},
    {"distinctive_run", "most distinctive run", "notes",
     "The same, counting only notes that the run's own repetitions do not foretell: how telling a "
     "match is.",
     "", 0, MeasureGroup::kCopying,
     [](const Track& t) {
       return of_copying(t, [](const CopyingMeasures& c) { return number(c.distinctive_run); });
     }},
    {"symbol_run", "most distinctive run without rhythm", "notes",
     "Notes and chords in a row that a learned piece has too, whatever their rhythm: what a model "
     "of symbols recites.",
     "", 0, MeasureGroup::kCopying,
     [](const Track& t) {
       return of_copying(t, [](const CopyingMeasures& c) { return number(c.symbol_run); });
     }},
    {"highest_overlap", "highest overlap of four bars", "",
     "The share of the notes of four bars that a learned passage has too, moved as a whole in time "
     "and pitch: 1 is the same music.",
     "", 2, MeasureGroup::kCopying,
     [](const Track& t) {
       return of_copying(t, [](const CopyingMeasures& c) { return c.highest_overlap; });
     }},
    {"mean_originality", "mean originality", "",
     "1 less that overlap, averaged over all windows of four bars.", "", 2, MeasureGroup::kCopying,
     [](const Track& t) {
       return of_copying(t, [](const CopyingMeasures& c) { return c.mean_originality; });
     }},
    {"coverage_5", "coverage by 5 notes", "",
     "The share of five notes in a row that stand somewhere in what was learned: most music is "
     "made of such commonplaces.",
     "", 2, MeasureGroup::kCopying,
     [](const Track& t) {
       return of_copying(t, [](const CopyingMeasures& c) { return c.coverage[0]; });
     }},
    {"coverage_8", "coverage by 8 notes", "", "The same for eight notes in a row.", "", 2,
     MeasureGroup::kCopying,
     [](const Track& t) {
       return of_copying(t, [](const CopyingMeasures& c) { return c.coverage[1]; });
     }},
    {"coverage_12", "coverage by 12 notes", "",
     "The same for twelve notes in a row: what is quoted rather than common.", "", 2,
     MeasureGroup::kCopying,
     [](const Track& t) {
       return of_copying(t, [](const CopyingMeasures& c) { return c.coverage[2]; });
     }},
};

}  // namespace

std::span<const Measure> measures() { return kMeasures; }

std::vector<const Measure*> measures_of(MeasureGroup group) {
  std::vector<const Measure*> chosen;
  for (const Measure& measure : kMeasures) {
    if (measure.group == group) chosen.push_back(&measure);
  }
  return chosen;
}

std::vector<double> values_of(const SetReport& set, const Measure& measure) {
  std::vector<double> values;
  for (const auto& track : set.tracks) {
    const auto value = measure.value(track);
    if (value) values.push_back(*value);
  }
  return values;
}

std::optional<Statistics> statistics_of(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  Statistics statistics;
  statistics.values = values.size();
  const auto count = static_cast<double>(values.size());
  for (const double value : values) statistics.mean += value / count;
  for (const double value : values)
    statistics.deviation += (value - statistics.mean) * (value - statistics.mean) / count;
  statistics.deviation = std::sqrt(statistics.deviation);
  std::sort(values.begin(), values.end());
  for (std::size_t i = 0; i < kQuantiles.size(); ++i)
    statistics.quantiles[i] = quantile(values, kQuantiles[i]);
  return statistics;
}

std::optional<Statistics> statistics_of(const SetReport& set, const Measure& measure) {
  return statistics_of(values_of(set, measure));
}

std::string number_text(std::optional<double> value, int decimals) {
  if (!value || !std::isfinite(*value)) return "–";
  return tick_label(*value, std::pow(10.0, -decimals));
}

const char* meaning_of(Feature feature) {
  switch (feature) {
    case Feature::kPitchCount: return "different pitches in a piece";
    case Feature::kPitchClassHistogram: return "how often each of the twelve notes occurs";
    case Feature::kPitchClassTransitions: return "which of the twelve notes follows which";
    case Feature::kPitchRange: return "semitones from the lowest note to the highest";
    case Feature::kMeanPitchInterval: return "semitones from one note to the next, on average";
    case Feature::kNoteCount: return "notes in a piece";
    case Feature::kMeanInterOnsetInterval: return "seconds from one onset to the next, on average";
    case Feature::kNoteLengthHistogram: return "how often each of twelve note lengths occurs";
    case Feature::kNoteLengthTransitions: return "which note length follows which";
  }
  return "";
}

bool is_one_number(Feature feature) {
  return feature != Feature::kPitchClassHistogram && feature != Feature::kPitchClassTransitions &&
         feature != Feature::kNoteLengthHistogram && feature != Feature::kNoteLengthTransitions;
}

}  // namespace undersong
