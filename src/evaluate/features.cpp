#include "evaluate/features.h"

#include <algorithm>
#include <cstdlib>

#include "evaluate/note_lists.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

constexpr std::size_t kPitchClasses = 12;

// In 96ths of a whole note.
constexpr std::array<int, kNoteLengths> kLengths = {96, 48, 24, 12, 6, 72, 36, 18, 9, 32, 16, 8};
constexpr double kUnitsPerQuarter = 24.0;

void normalise(std::vector<double>& histogram) {
  double sum = 0.0;
  for (const double value : histogram) sum += value;
  if (sum == 0.0) return;
  for (double& value : histogram) value /= sum;
}

std::vector<double> pitch_class_histogram(const std::vector<Note>& notes) {
  std::vector<double> histogram(kPitchClasses, 0.0);
  for (const Note& note : notes) histogram[note.pitch % kPitchClasses] += note.duration_ticks;
  normalise(histogram);
  return histogram;
}

double pitch_count(const std::vector<Note>& notes) {
  std::array<bool, 128> used{};
  for (const Note& note : notes) used[note.pitch] = true;
  return static_cast<double>(std::ranges::count(used, true));
}

double pitch_range(const std::vector<Note>& notes) {
  if (notes.empty()) return 0.0;
  const auto [low, high] = std::ranges::minmax(notes, {}, &Note::pitch);
  return high.pitch - low.pitch;
}

double mean_pitch_interval(const std::vector<Note>& notes) {
  if (notes.size() < 2) return 0.0;
  std::int64_t semitones = 0;
  for (std::size_t i = 1; i < notes.size(); ++i) {
    semitones += std::abs(notes[i].pitch - notes[i - 1].pitch);
  }
  return static_cast<double>(semitones) / static_cast<double>(notes.size() - 1);
}

double mean_inter_onset_interval(const Score& score, const std::vector<Note>& notes) {
  const std::vector<Ticks> onsets = onsets_of(notes);
  if (onsets.size() < 2) return 0.0;
  const TempoMap tempo(score);
  return (tempo.seconds_at(onsets.back()) - tempo.seconds_at(onsets.front())) /
         static_cast<double>(onsets.size() - 1);
}

// Of classes in time order.
std::vector<double> histogram_of(const std::vector<std::size_t>& classes) {
  std::vector<double> histogram(kNoteLengths, 0.0);
  for (const std::size_t each : classes) histogram[each] += 1.0;
  normalise(histogram);
  return histogram;
}

std::vector<double> transitions_of(const std::vector<std::size_t>& classes) {
  static_assert(kNoteLengths == kPitchClasses);
  std::vector<double> matrix(kNoteLengths * kNoteLengths, 0.0);
  for (std::size_t i = 1; i < classes.size(); ++i) {
    matrix[classes[i - 1] * kNoteLengths + classes[i]] += 1.0;
  }
  normalise(matrix);
  return matrix;
}

}  // namespace

std::string_view name_of(Feature feature) {
  constexpr std::array<std::string_view, kFeatures> kNames = {"pitch count",
                                                              "pitch class histogram",
                                                              "pitch class transition matrix",
                                                              "pitch range",
                                                              "mean pitch interval",
                                                              "note count",
                                                              "mean inter-onset interval",
                                                              "note length histogram",
                                                              "note length transition matrix"};
  return kNames[static_cast<std::size_t>(feature)];
}

// a and b are equally near where length^2 = a b: no logarithm. No product of two neighbours is a
// square, so there are no ties.
std::size_t note_length_class(Ticks duration_ticks, Ticks ticks_per_quarter) {
  const double length = kUnitsPerQuarter * duration_ticks / ticks_per_quarter;
  std::size_t best = 0;
  for (std::size_t i = 1; i < kNoteLengths; ++i) {
    const bool below = length * length < static_cast<double>(kLengths[i] * kLengths[best]);
    if (below == (kLengths[i] < kLengths[best])) best = i;
  }
  return best;
}

FeatureVector measure_features(const Score& score) {
  const std::vector<Note> all = notes_of(score, NoteChoice::kAll);
  const std::vector<Note> pitched = notes_of(score, NoteChoice::kPitched);
  std::vector<std::size_t> pitch_classes;
  pitch_classes.reserve(pitched.size());
  for (const Note& note : pitched) pitch_classes.push_back(note.pitch % kPitchClasses);
  std::vector<std::size_t> lengths;
  lengths.reserve(all.size());
  for (const Note& note : all) {
    lengths.push_back(note_length_class(note.duration_ticks, score.ticks_per_quarter));
  }
  return {{{pitch_count(pitched)},
           pitch_class_histogram(pitched),
           transitions_of(pitch_classes),
           {pitch_range(pitched)},
           {mean_pitch_interval(pitched)},
           {static_cast<double>(all.size())},
           {mean_inter_onset_interval(score, all)},
           histogram_of(lengths),
           transitions_of(lengths)}};
}

}  // namespace undersong
