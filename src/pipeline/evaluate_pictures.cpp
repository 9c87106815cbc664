#include "pipeline/evaluate_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "pipeline/picture.h"
#include "plot/density_chart.h"
#include "plot/heat_map.h"
#include "plot/line_chart.h"
#include "plot/svg.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

constexpr std::size_t kPitchClasses = 12;
constexpr std::size_t kLongestLabel = 32;

// Points of a curve: one every two pixels.
constexpr std::size_t kMostCurvePoints = 220;

// No two neighbours are alike here, so every cell costs its bytes.
constexpr std::size_t kMostVarietyCells = 100;

// A roll of more is a smear, and as large as the rest of the page.
constexpr double kShownSeconds = 60.0;
constexpr std::size_t kShownNotes = 2000;

DensityCurve curve_of(const std::string& name, const Density& density) {
  return {name, density.low, density.high, density.values};
}

// On fewer points, each between its two neighbours by proportion.
void thin(DensityCurve& curve) {
  if (curve.values.size() <= kMostCurvePoints) return;
  const double step =
      static_cast<double>(curve.values.size() - 1) / static_cast<double>(kMostCurvePoints - 1);
  std::vector<double> kept;
  for (std::size_t i = 0; i < kMostCurvePoints; ++i) {
    const double place = step * static_cast<double>(i);
    const std::size_t below = std::min(static_cast<std::size_t>(place), curve.values.size() - 2);
    const double share = place - static_cast<double>(below);
    kept.push_back((1.0 - share) * curve.values[below] + share * curve.values[below + 1]);
  }
  curve.values = std::move(kept);
}

// Cut so that all curves together begin and end where there is something to see.
void trim(std::vector<DensityCurve>& curves) {
  double highest = 0.0;
  for (const auto& curve : curves) {
    for (const double value : curve.values) highest = std::max(highest, value);
  }
  for (auto& curve : curves) {
    const auto is_seen = [&](double value) { return value > 0.002 * highest; };
    const auto first = std::find_if(curve.values.begin(), curve.values.end(), is_seen);
    const auto last = std::find_if(curve.values.rbegin(), curve.values.rend(), is_seen).base();
    if (last - first < 2) {
      curve.values.clear();
      continue;
    }
    const double step = (curve.high - curve.low) / static_cast<double>(curve.values.size() - 1);
    curve.high = curve.low + step * static_cast<double>(last - curve.values.begin() - 1);
    curve.low += step * static_cast<double>(first - curve.values.begin());
    curve.values = {first, last};
  }
}

std::vector<std::string> pitch_class_names() {
  return {"C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"};
}

// The beginning of a long piece.
Score beginning_of(const Score& score) {
  const TempoMap tempo_map(score);
  const Ticks end = tempo_map.ticks_at(kShownSeconds);
  Score beginning = score;
  std::size_t left = kShownNotes;
  for (auto& track : beginning.tracks) {
    std::erase_if(track.notes, [&](const Note& note) { return note.onset_ticks >= end; });
    if (track.notes.size() > left) track.notes.resize(left);
    left -= track.notes.size();
  }
  std::erase_if(beginning.tracks, [](const Track& track) { return track.notes.empty(); });
  return beginning;
}

std::string similarity_picture(const ShownTrack& track) {
  HeatMap map;
  map.title = "Where it repeats itself: " + shortened(track.name, kLongestLabel);
  map.rows = map.columns = track.similarity.size;
  map.values.assign(track.similarity.values.begin(), track.similarity.values.end());
  map.low = 0.0;
  map.high = 1.0;
  map.value_label = "similarity";
  map.column_axis = "seconds";
  map.units_per_cell = 1.0 / track.similarity.frames_per_second;
  return draw(map);
}

}  // namespace

std::string measure_picture(const EvaluateReport& report, const Measure& measure) {
  DotChart chart;
  chart.title = measure.name;
  chart.x_label = measure.unit;
  for (const auto& set : report.sets) chart.rows.push_back({set.label, values_of(set, measure)});
  return draw(chart);
}

std::string curve_picture(const SetReport& set) {
  LineChart chart;
  chart.title = "How " + shortened(set.label, kLongestLabel) + " learned";
  chart.x_label = "epoch";
  chart.y_label = "nats per symbol";
  chart.series = {{"train", {}}, {"held out", {}}};
  for (const auto& epoch : set.model->curve) {
    chart.series[0].points.push_back({epoch.epoch, epoch.train});
    chart.series[1].points.push_back({epoch.epoch, epoch.valid});
  }
  return draw(chart);
}

std::string comparison_picture(const EvaluateReport& report, const SetComparison& comparison,
                               const FeatureComparison& feature) {
  DensityChart chart;
  chart.title = std::string(name_of(feature.feature));
  chart.x_label = "distance between two pieces";
  chart.curves = {
      curve_of("within " + shortened(report.sets[comparison.a].label, 16), feature.within_a),
      curve_of("within " + shortened(report.sets[comparison.b].label, 16), feature.within_b),
      curve_of("between", feature.between)};
  trim(chart.curves);
  for (auto& curve : chart.curves) thin(curve);
  return draw(chart);
}

std::string transition_picture(const SetReport& set) {
  HeatMap map;
  map.title = shortened(set.label, kLongestLabel);
  map.rows = map.columns = kPitchClasses;
  map.values.assign(kPitchClasses * kPitchClasses, 0.0);
  double pieces = 0.0;
  for (const auto& track : set.tracks) {
    const auto& matrix = track.features[static_cast<std::size_t>(Feature::kPitchClassTransitions)];
    if (matrix.size() != map.values.size()) continue;
    for (std::size_t i = 0; i < matrix.size(); ++i) map.values[i] += matrix[i];
    pieces += 1.0;
  }
  if (pieces > 0.0) {
    for (double& value : map.values) value /= pieces;
  }
  map.low = 0.0;
  map.value_label = "share";
  map.row_axis = "from";
  map.column_axis = "to";
  map.row_labels = map.column_labels = pitch_class_names();
  return draw(map);
}

std::string variety_picture(const SetReport& set) {
  HeatMap map;
  map.title = "How far the tracks lie apart: " + shortened(set.label, kLongestLabel);
  map.rows = map.columns = set.variety.tracks;
  map.values = set.variety.matrix;
  map.low = 0.0;
  map.value_label = "distance";
  map.column_axis = "track";
  map.most_cells = kMostVarietyCells;
  return draw(map);
}

std::string confusion_picture(const Recognisability& r) {
  HeatMap map;
  map.title = "Which style is this?";
  map.rows = map.columns = r.labels.size();
  for (std::size_t row = 0; row < r.labels.size(); ++row) {
    const auto all = std::max<std::int64_t>(1, r.counts[row]);
    for (const std::int64_t count : r.confusion[row]) {
      map.values.push_back(static_cast<double>(count) / static_cast<double>(all));
      map.texts.push_back(std::to_string(count));
    }
  }
  map.low = 0.0;
  map.high = 1.0;
  map.row_axis = "true";
  map.column_axis = "guessed";
  map.row_labels = map.column_labels = r.labels;
  return draw(map);
}

std::vector<Figure> track_pictures(const ShownTrack& track) {
  const bool is_long =
      length_seconds(track.score) > kShownSeconds || note_count(track.score) > kShownNotes;
  return {{piano_roll_svg(beginning_of(track.score), shortened(track.name, 60)),
           is_long ? "Its beginning." : ""},
          {similarity_picture(track),
           "Dark lines beside the diagonal are passages that come back, at any pitch."}};
}

}  // namespace undersong
