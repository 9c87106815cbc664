// Tempo and beats (beat_grid.h).

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/portable_math.h"
#include "transcribe/band_levels.h"
#include "transcribe/beat_grid.h"

namespace undersong {
namespace {

constexpr double kSlowest = 38.0;  // beats a minute
constexpr double kFastest = 240.0;
// What people tap: log-normal about this tempo (van Noorden and Moelants 1999), an octave's width.
constexpr double kTapped = 108.0;
constexpr double kTappedWidth = 0.5;  // of the natural logarithm
// Of the tempo that fits best: the others of its family that are tried.
constexpr std::array kFamily = {1.0, 2.0, 0.5, 3.0, 1.0 / 3.0, 1.5, 2.0 / 3.0};
// Periods about a candidate: this ratio apart, so many to each side.
constexpr double kPeriodStep = 1.03;
constexpr int kPeriodsAside = 9;
constexpr int kPeriods = 2 * kPeriodsAside + 1;
constexpr int kMostChange = 2;        // of the period's number, from beat to beat
constexpr double kChangeCost = 0.25;  // of a change by one, beside beats that gain about 1
// Windows over which a recording is compared with itself, in seconds.
constexpr double kWindow = 12.0;
constexpr double kLeastConfidence = 0.1;
constexpr std::size_t kFewestFrames = 200;  // two seconds

int frames_in(double seconds) {
  return static_cast<int>(std::floor(seconds / kLevelFrameSeconds + 0.5));
}

void normalise(std::vector<double>& values) {
  double squares = 0.0;
  for (const double value : values) squares += value * value;
  const double size =
      std::sqrt(squares / static_cast<double>(std::max<std::size_t>(1, values.size())));
  for (double& value : values) value = size > 0.0 ? value / size : 0.0;
}

std::vector<double> note_onsets(std::span<const DetectedNote> notes, std::size_t frames) {
  std::vector<double> onsets(frames, 0.0);
  for (const DetectedNote& note : notes) {
    const auto frame = static_cast<std::size_t>(std::max(0, frames_in(note.onset_seconds)));
    if (frame < frames) onsets[frame] += 0.25 + note.velocity / 127.0;
  }
  // A chord is struck within some hundredths of a second, and counts less than all its notes.
  std::vector<double> smooth(frames, 0.0);
  constexpr std::array kKernel = {0.1, 0.3, 0.7, 1.0, 0.7, 0.3, 0.1};
  for (std::size_t i = 0; i < frames; ++i) {
    for (std::size_t k = 0; k < kKernel.size(); ++k) {
      const auto at = static_cast<std::ptrdiff_t>(i + k) - 3;
      if (at >= 0 && at < static_cast<std::ptrdiff_t>(frames))
        smooth[i] += kKernel[k] * onsets[static_cast<std::size_t>(at)];
    }
  }
  for (double& value : smooth) value = std::sqrt(value);
  return smooth;
}

// How much begins at each frame; of mean square 1.
std::vector<double> salience(std::span<const float> onsets, std::span<const DetectedNote> notes) {
  std::size_t frames = onsets.size();
  for (const DetectedNote& note : notes)
    frames =
        std::max(frames, static_cast<std::size_t>(std::max(0, frames_in(note.onset_seconds)) + 1));
  std::vector<double> heard(frames, 0.0);
  std::copy(onsets.begin(), onsets.end(), heard.begin());
  normalise(heard);
  std::vector<double> struck = note_onsets(notes, frames);
  normalise(struck);
  for (std::size_t i = 0; i < frames; ++i) heard[i] += struck[i];
  normalise(heard);
  return heard;
}

// How alike it is to itself so many frames later, less what chance makes alike; windows count the
// same. [lag], 1 at 0.
std::vector<double> self_likeness(const std::vector<double>& values, int longest) {
  std::vector<double> sum(static_cast<std::size_t>(longest) + 1, 0.0);
  const auto window = static_cast<std::size_t>(frames_in(kWindow));
  for (std::size_t first = 0; first < values.size(); first += window / 2) {
    const std::size_t last = std::min(values.size(), first + window);
    double mean = 0.0;
    for (std::size_t i = first; i < last; ++i) mean += values[i];
    mean /= static_cast<double>(last - first);
    for (std::size_t lag = 0; lag < sum.size(); ++lag) {
      for (std::size_t i = first; i + lag < last; ++i)
        sum[lag] += (values[i] - mean) * (values[i + lag] - mean);
    }
    if (last == values.size()) break;
  }
  const double whole = sum[0];
  for (double& value : sum) value = whole > 0.0 ? value / whole : 0.0;
  return sum;
}

double tapped(double period_frames) {
  const double bpm = 60.0 / (period_frames * kLevelFrameSeconds);
  const double away = portable_log(bpm / kTapped) / kTappedWidth;
  return portable_exp(-0.5 * away * away);
}

bool is_tempo(double period_frames) {
  const double bpm = 60.0 / (period_frames * kLevelFrameSeconds);
  return bpm >= kSlowest && bpm <= kFastest;
}

// Of a lag that need not be whole.
double at(const std::vector<double>& values, double place) {
  const double low = std::floor(place);
  const auto index = static_cast<std::size_t>(low);
  if (index + 1 >= values.size()) return 0.0;
  return values[index] + (place - low) * (values[index + 1] - values[index]);
}

// The period that the recording repeats best after, and how well.
struct Period {
  double frames = 0.0;
  double likeness = 0.0;
};
Period best_period(const std::vector<double>& likeness) {
  Period best;
  double most = 0.0;
  const double longest = 60.0 / kSlowest / kLevelFrameSeconds;
  for (double lag = 60.0 / kFastest / kLevelFrameSeconds; lag <= longest; lag += 0.25) {
    const double repeats = at(likeness, lag) + 0.5 * at(likeness, 2.0 * lag) +
                           0.25 * at(likeness, 3.0 * lag) + 0.25 * at(likeness, 4.0 * lag);
    const double value = repeats * tapped(lag);
    if (value <= most) continue;
    most = value;
    best = {lag, std::max(0.0, at(likeness, lag))};
  }
  return best;
}

struct Track {
  std::vector<int> frames;  // of the beats
  double gain = 0.0;        // what lies on beats beside what lies anywhere, by the time it explains
};

// The beats that gain most, of periods about one.
class BeatSearch {
 public:
  BeatSearch(const std::vector<double>& salience, double period) : salience_(salience) {
    double step = 1.0;
    for (int i = 0; i < kPeriodsAside; ++i) step /= kPeriodStep;
    for (int j = 0; j < kPeriods; ++j, step *= kPeriodStep)
      periods_.at(static_cast<std::size_t>(j)) =
          std::max(2, static_cast<int>(std::floor(period * step + 0.5)));
    for (const double value : salience) mean_ += value;
    mean_ /= static_cast<double>(salience.size());
  }

  Track run() {
    const std::size_t frames = salience_.size();
    const int longest = periods_.back();
    first_ = first_onset();
    totals_.assign(static_cast<std::size_t>(longest + 1) * kPeriods, kNever);
    came_from_.assign(frames * kPeriods, kNowhere);
    for (std::size_t t = first_; t < frames; ++t) {
      for (int j = 0; j < kPeriods; ++j) advance(t, j);
    }
    return backtrack();
  }

 private:
  static constexpr double kNever = -std::numeric_limits<double>::infinity();
  static constexpr std::int8_t kNowhere = -1;  // the first beat

  std::size_t first_onset() const {
    std::size_t first = 0;
    while (first + 1 < salience_.size() && salience_[first] < mean_) ++first;
    return first;
  }

  double& total(std::size_t t, int j) {
    const std::size_t rows = static_cast<std::size_t>(periods_.back()) + 1;
    return totals_[(t % rows) * kPeriods + static_cast<std::size_t>(j)];
  }

  void advance(std::size_t t, int j) {
    const auto period = static_cast<std::size_t>(periods_.at(static_cast<std::size_t>(j)));
    const double weight = static_cast<double>(period) / periods_.at(kPeriodsAside);
    double best = t < first_ + static_cast<std::size_t>(periods_.back()) ? 0.0 : kNever;
    std::int8_t from = kNowhere;
    if (t >= period + first_) {
      for (int i = std::max(0, j - kMostChange); i <= std::min(kPeriods - 1, j + kMostChange);
           ++i) {
        const double value = total(t - period, i) - kChangeCost * (i - j) * (i - j);
        if (value <= best) continue;
        best = value;
        from = static_cast<std::int8_t>(i);
      }
    }
    came_from_[t * kPeriods + static_cast<std::size_t>(j)] = from;
    total(t, j) = best + weight * (salience_[t] - mean_);
  }

  Track backtrack() {
    Track track;
    std::size_t t = 0;
    int j = 0;
    double most = kNever;
    const auto longest = static_cast<std::size_t>(periods_.back());
    for (std::size_t end = salience_.size() - std::min(salience_.size(), longest);
         end < salience_.size(); ++end) {
      for (int k = 0; k < kPeriods; ++k) {
        if (total(end, k) <= most) continue;
        most = total(end, k);
        t = end;
        j = k;
      }
    }
    while (true) {
      track.frames.push_back(static_cast<int>(t));
      const std::int8_t from = came_from_[t * kPeriods + static_cast<std::size_t>(j)];
      if (from == kNowhere) break;
      t -= static_cast<std::size_t>(periods_.at(static_cast<std::size_t>(j)));
      j = from;
    }
    std::ranges::reverse(track.frames);
    track.gain = most * periods_.at(kPeriodsAside) / static_cast<double>(salience_.size());
    return track;
  }

  const std::vector<double>& salience_;
  std::array<int, kPeriods> periods_{};
  double mean_ = 0.0;
  std::size_t first_ = 0;
  std::vector<double> totals_;          // of the last frames, [frame][period]
  std::vector<std::int8_t> came_from_;  // [frame][period]
};

// Where the peak beside a frame lies, between frames by its neighbours.
double refined(const std::vector<double>& salience, int frame) {
  const auto value = [&](int at) {
    return at < 0 || at >= static_cast<int>(salience.size())
               ? 0.0
               : salience[static_cast<std::size_t>(at)];
  };
  int peak = frame;
  for (const int other : {frame - 2, frame - 1, frame + 1, frame + 2}) {
    if (value(other) > value(peak)) peak = other;
  }
  const double bend = value(peak - 1) - 2.0 * value(peak) + value(peak + 1);
  const double aside = bend < 0.0 ? 0.5 * (value(peak - 1) - value(peak + 1)) / bend : 0.0;
  return (peak + std::clamp(aside, -0.5, 0.5)) * kLevelFrameSeconds;
}

double median_of(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// Over several beats each, since a single one is known to a few milliseconds only.
double usual_period(const std::vector<double>& beats) {
  const std::size_t span = std::min<std::size_t>(8, beats.size() - 1);
  std::vector<double> periods;
  for (std::size_t i = span; i < beats.size(); ++i)
    periods.push_back((beats[i] - beats[i - span]) / static_cast<double>(span));
  return median_of(std::move(periods));
}

Track best_track(const std::vector<double>& salience, double period) {
  Track best;
  double most = 0.0;
  for (const double multiple : kFamily) {
    if (!is_tempo(period * multiple)) continue;
    Track track = BeatSearch(salience, period * multiple).run();
    const double value = track.gain * tapped(period * multiple);
    if (value <= most) continue;
    most = value;
    best = std::move(track);
  }
  return best;
}

}  // namespace

BeatGrid find_beats(std::span<const float> onsets, std::span<const DetectedNote> notes) {
  BeatGrid grid;
  const std::vector<double> heard = salience(onsets, notes);
  if (heard.size() < kFewestFrames) return grid;
  const int longest = frames_in(4.0 * 60.0 / kSlowest) + 1;
  const Period period = best_period(self_likeness(heard, longest));
  grid.confidence = std::min(1.0, period.likeness);
  if (period.frames <= 0.0 || grid.confidence < kLeastConfidence) return grid;
  const Track track = best_track(heard, period.frames);
  if (track.frames.size() < 4) return grid;
  for (const int frame : track.frames) {
    const double beat = refined(heard, frame);
    if (grid.beats.empty() || beat > grid.beats.back()) grid.beats.push_back(beat);
  }
  grid.bpm = 60.0 / usual_period(grid.beats);
  find_bars(notes, grid);
  return grid;
}

}  // namespace undersong
