#include "evaluate/structure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "base/cancel.h"
#include "evaluate/fitness.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

constexpr std::size_t kPitchClasses = 12;
constexpr double kFramesPerSecond = 2.0;
constexpr double kHeardSeconds = 1.1;
constexpr double kSmoothedSeconds = 10.0;
constexpr double kKeptShare = 0.25;
constexpr float kPenalty = -2.0F;
// Similarities closer than this are the same to us: they differ by the order of sums.
constexpr float kSame = 1e-5F;
// 2^(k/3) for k from -3 to 3.
constexpr std::array<double, 7> kTempoRatios = {
    0.5, 0.6299605249474366, 0.7937005259840998, 1.0, 1.2599210498948732, 1.5874010519681994, 2.0};

// Pitch classes by frames, [kPitchClasses][frames]; each frame a vector of length 1.
struct Chroma {
  std::size_t frames = 0;
  double frames_per_second = kFramesPerSecond;
  std::array<std::vector<float>, kPitchClasses> values;
};

struct Sound {
  double begin_seconds = 0.0;
  double end_seconds = 0.0;
  std::size_t pitch_class = 0;
};

std::vector<Sound> pitched_sounds(const Score& score) {
  const TempoMap tempo(score);
  std::vector<Sound> sounds;
  for (const Track& track : score.tracks) {
    for (const Note& note : track.notes) {
      if (note.channel == kDrumChannel) continue;
      sounds.push_back({tempo.seconds_at(note.onset_ticks),
                        tempo.seconds_at(note.onset_ticks + note.duration_ticks),
                        note.pitch % kPitchClasses});
    }
  }
  return sounds;
}

// Adds the seconds of `sound` that each frame hears.
void add_sound(const Sound& sound, double heard_seconds, Chroma& chroma) {
  const double half = heard_seconds / 2.0;
  const double rate = chroma.frames_per_second;
  const auto last = static_cast<double>(chroma.frames - 1);
  const double from = std::floor((sound.begin_seconds - half) * rate - 0.5);
  const double to = std::ceil((sound.end_seconds + half) * rate - 0.5);
  std::vector<float>& values = chroma.values[sound.pitch_class];
  for (double frame = std::clamp(from, 0.0, last); frame <= std::clamp(to, 0.0, last); ++frame) {
    const double middle = (frame + 0.5) / rate;
    const double seconds =
        std::min(sound.end_seconds, middle + half) - std::max(sound.begin_seconds, middle - half);
    if (seconds > 0.0) values[static_cast<std::size_t>(frame)] += static_cast<float>(seconds);
  }
}

void normalise(Chroma& chroma) {
  for (std::size_t frame = 0; frame < chroma.frames; ++frame) {
    float squares = 0.0F;
    for (const auto& row : chroma.values) squares += row[frame] * row[frame];
    const float norm = std::sqrt(squares);
    const bool silent = norm < 1e-6F;
    for (auto& row : chroma.values)
      row[frame] = silent ? 1.0F / std::sqrt(float{kPitchClasses}) : row[frame] / norm;
  }
}

Chroma chroma_of(const Score& score) {
  const std::vector<Sound> sounds = pitched_sounds(score);
  double length = 0.0;
  for (const Sound& sound : sounds) length = std::max(length, sound.end_seconds);
  Chroma chroma;
  if (length <= 0.0) return chroma;
  // The margin keeps a piece of whole frames whole whatever the rounding of seconds.
  const double frames = std::ceil(length * kFramesPerSecond - 1e-6);
  chroma.frames = kMostFrames;
  if (frames <= double{kMostFrames})
    chroma.frames = std::max<std::size_t>(1, static_cast<std::size_t>(frames));
  else
    chroma.frames_per_second = double{kMostFrames} / length;
  for (auto& row : chroma.values) row.assign(chroma.frames, 0.0F);
  const double heard = std::max(kHeardSeconds, 1.0 / chroma.frames_per_second);
  for (const Sound& sound : sounds) add_sound(sound, heard, chroma);
  normalise(chroma);
  return chroma;
}

// [frames, frames]: products of each frame with each other one that is `shift` semitones higher.
void transposed_similarity(const Chroma& chroma, std::size_t shift, std::vector<float>& result) {
  const std::size_t frames = chroma.frames;
  result.assign(frames * frames, 0.0F);
  for (std::size_t row = 0; row < frames; ++row) {
    float* out = &result[row * frames];
    for (std::size_t pitch_class = 0; pitch_class < kPitchClasses; ++pitch_class) {
      const float weight = chroma.values[pitch_class][row];
      if (weight == 0.0F) continue;
      const float* other = chroma.values[(pitch_class + shift) % kPitchClasses].data();
      for (std::size_t column = 0; column < frames; ++column) out[column] += weight * other[column];
    }
  }
}

enum class Direction { kForward, kBackward };

// Adds the cells that lie on a line of slope `ratio` through each cell of `row`, `steps` of them
// onwards or back; beyond the matrix there is nothing to add.
void sum_lines(const std::vector<float>& similarity, std::size_t row, std::size_t steps,
               double ratio, Direction direction, std::vector<float>& sums) {
  const std::size_t frames = sums.size();
  std::fill(sums.begin(), sums.end(), 0.0F);
  for (std::size_t step = 0; step < steps; ++step) {
    const auto offset = static_cast<std::size_t>(std::lround(static_cast<double>(step) * ratio));
    const bool inside = direction == Direction::kForward ? row + step < frames : step <= row;
    if (!inside || offset >= frames) break;
    const bool forward = direction == Direction::kForward;
    const float* from = &similarity[(forward ? row + step : row - step) * frames];
    float* to = sums.data();
    forward ? from += offset : to += offset;
    for (std::size_t column = 0; column < frames - offset; ++column) to[column] += from[column];
  }
}

// Raises `best` to the sums along one ratio in one direction.
void raise_to_lines(const std::vector<float>& similarity, std::size_t steps, double ratio,
                    Direction direction, std::vector<float>& sums, std::vector<float>& best) {
  const std::size_t frames = sums.size();
  for (std::size_t row = 0; row < frames; ++row) {
    sum_lines(similarity, row, steps, ratio, direction, sums);
    float* out = &best[row * frames];
    for (std::size_t column = 0; column < frames; ++column)
      out[column] = out[column] < sums[column] ? sums[column] : out[column];
  }
}

// The best average over all transpositions, tempo ratios and both directions.
std::vector<float> enhanced_similarity(const Chroma& chroma) {
  const std::size_t frames = chroma.frames;
  const auto smoothed =
      static_cast<std::size_t>(std::lround(kSmoothedSeconds * chroma.frames_per_second));
  const std::size_t steps = std::clamp<std::size_t>(smoothed, 1, frames);
  std::vector<float> best(frames * frames, 0.0F);
  std::vector<float> similarity;
  std::vector<float> sums(frames);
  for (std::size_t shift = 0; shift < kPitchClasses; ++shift) {
    throw_if_cancelled();
    transposed_similarity(chroma, shift, similarity);
    for (const double ratio : kTempoRatios) {
      raise_to_lines(similarity, steps, ratio, Direction::kForward, sums, best);
      raise_to_lines(similarity, steps, ratio, Direction::kBackward, sums, best);
    }
  }
  for (float& value : best) value /= static_cast<float>(steps);
  return best;
}

void keep_upper_quarter(std::vector<float>& values) {
  std::vector<float> sorted = values;
  const double below = std::round(static_cast<double>(values.size()) * (1.0 - kKeptShare));
  const std::size_t rank = std::min(values.size() - 1, static_cast<std::size_t>(below));
  const auto lowest_kept = sorted.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(sorted.begin(), lowest_kept, sorted.end());
  const float lowest = *lowest_kept;
  const float span = *std::max_element(values.begin(), values.end()) - lowest;
  for (float& value : values) {
    if (value < lowest - kSame)
      value = kPenalty;
    else
      value = span < kSame ? 1.0F : std::max(0.0F, (value - lowest) / span);
  }
}

struct SecondsRange {
  double least;
  double most;  // 0: no limit
};

std::optional<double> best_fitness(FitnessFinder& finder, const SimilarityMatrix& similarity,
                                   const SecondsRange& range) {
  const double rate = similarity.frames_per_second;
  const auto frames = static_cast<double>(similarity.size);
  const double least = std::max(std::ceil(range.least * rate - 1e-6), double{kFewestSegmentFrames});
  const double most =
      range.most > 0.0 ? std::min(frames, std::floor(range.most * rate + 1e-6)) : frames;
  if (least > most) return std::nullopt;
  double best = 0.0;
  for (auto length = static_cast<std::size_t>(least); length <= static_cast<std::size_t>(most);
       ++length) {
    throw_if_cancelled();
    // Neither score nor coverage can be above this (fitness.h): no longer segment will be better.
    if (1.0 - static_cast<double>(length) / frames <= best) break;
    for (std::size_t start = 0; start + length <= similarity.size; ++start)
      best = std::max(best, finder.fitness(start, length, best));
  }
  return best;
}

}  // namespace

SimilarityMatrix self_similarity(const Score& score) {
  const Chroma chroma = chroma_of(score);
  SimilarityMatrix result{
      .size = chroma.frames, .frames_per_second = chroma.frames_per_second, .values = {}};
  if (chroma.frames == 0) return result;
  result.values = enhanced_similarity(chroma);
  keep_upper_quarter(result.values);
  for (std::size_t frame = 0; frame < chroma.frames; ++frame)
    result.values[frame * chroma.frames + frame] = 1.0F;
  return result;
}

Structureness measure_structure(const SimilarityMatrix& similarity) {
  FitnessFinder finder(similarity);
  return {.short_term = best_fitness(finder, similarity, {3.0, 8.0}),
          .mid_term = best_fitness(finder, similarity, {8.0, 15.0}),
          .long_term = best_fitness(finder, similarity, {15.0, 0.0})};
}

}  // namespace undersong
