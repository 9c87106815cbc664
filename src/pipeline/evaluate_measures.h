#pragma once
// The measures of single tracks by name, so that statistics, tables, JSON and pictures are made
// from one list.

#include <optional>
#include <span>
#include <vector>

#include "pipeline/evaluate.h"

namespace undersong {

enum class MeasureGroup { kTexture, kCopying };

struct Measure {
  const char* key;      // in JSON
  const char* name;     // for people
  const char* unit;     // may be empty
  const char* meaning;  // a sentence or two: what it says
  const char* human;    // what human music has; may be empty
  int decimals;
  MeasureGroup group;
  std::optional<double> (*value)(const TrackMeasures& track);  // unset: the track has none
};

// All of them, texture and structure before copying.
std::span<const Measure> measures();
std::vector<const Measure*> measures_of(MeasureGroup group);

// Over the tracks that have it; nothing when none has.
std::optional<Statistics> statistics_of(const SetReport& set, const Measure& measure);
std::vector<double> values_of(const SetReport& set, const Measure& measure);
// Nothing for no values.
std::optional<Statistics> statistics_of(std::vector<double> values);

// With the measure's decimals; "–" for none.
std::string number_text(std::optional<double> value, int decimals);

// What the name of each of the nine features means, in a sentence.
const char* meaning_of(Feature feature);
// Whether it is one number rather than a histogram or a matrix.
bool is_one_number(Feature feature);

}  // namespace undersong
