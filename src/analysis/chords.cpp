#include "analysis/chords.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string_view>

#include "score/bars.h"

namespace undersong {
namespace {

constexpr std::size_t kPitchClasses = 12;
constexpr std::size_t kPitches = 128;

struct Template {
  ChordQuality quality;
  std::string_view suffix;
  std::array<std::size_t, 4> intervals;  // semitones above the root
  std::size_t tones;
};

constexpr std::array<Template, 10> kTemplates = {{
    {ChordQuality::kMajor, "", {0, 4, 7}, 3},
    {ChordQuality::kMinor, "m", {0, 3, 7}, 3},
    {ChordQuality::kDiminished, "dim", {0, 3, 6}, 3},
    {ChordQuality::kAugmented, "aug", {0, 4, 8}, 3},
    {ChordQuality::kSuspended4, "sus4", {0, 5, 7}, 3},
    {ChordQuality::kDominant7, "7", {0, 4, 7, 10}, 4},
    {ChordQuality::kMajor7, "maj7", {0, 4, 7, 11}, 4},
    {ChordQuality::kMinor7, "m7", {0, 3, 7, 10}, 4},
    {ChordQuality::kHalfDiminished7, "m7b5", {0, 3, 6, 10}, 4},
    {ChordQuality::kDiminished7, "dim7", {0, 3, 6, 9}, 4},
}};

// What a root in the bass is worth beside a perfect fit, which is 1. Enough to tell C6 from Am7 and
// the four names of a diminished seventh, too little to overrule a tone that the others lack: the
// least that a seventh missing from its chord costs is 1 - sqrt(3/4) = 0.13.
constexpr double kBassRoot = 0.1;

struct Interval {
  Ticks begin = 0;
  Ticks end = 0;
};

struct Sounding {
  Interval time;
  std::size_t pitch = 0;
};

// When each pitch sounds, by whatever notes: at most 128 of these at a time.
std::vector<Sounding> sounding_pitches(const Score& score) {
  std::array<std::vector<Interval>, kPitches> times;
  for (const Track& track : score.tracks) {
    for (const Note& note : track.notes) {
      if (note.channel != kDrumChannel && note.duration_ticks > 0)
        times[note.pitch].push_back({note.onset_ticks, note.onset_ticks + note.duration_ticks});
    }
  }
  std::vector<Sounding> result;
  for (std::size_t pitch = 0; pitch < kPitches; ++pitch) {
    std::sort(times[pitch].begin(), times[pitch].end(),
              [](const Interval& a, const Interval& b) { return a.begin < b.begin; });
    const std::size_t first = result.size();
    for (const Interval& time : times[pitch]) {
      if (result.size() > first && time.begin <= result.back().time.end) {
        result.back().time.end = std::max(result.back().time.end, time.end);
      } else {
        result.push_back({time, pitch});
      }
    }
  }
  std::sort(result.begin(), result.end(),
            [](const Sounding& a, const Sounding& b) { return a.time.begin < b.time.begin; });
  return result;
}

using PitchIterator = std::vector<Sounding>::const_iterator;

class HalfBars {
 public:
  explicit HalfBars(const Score& score) : score_(score), bars_(score) {}

  Interval at(Ticks tick) const {
    const std::int64_t bar = bars_.bar_at(tick);
    const Interval whole = {bars_.onset(bar), bars_.onset(bar + 1)};
    const Ticks half = (whole.end - whole.begin) / 2;
    if (half == 0 || numerator_at(tick) % 2 != 0) return whole;
    const Ticks middle = whole.begin + half;
    return tick < middle ? Interval{whole.begin, middle} : Interval{middle, whole.end};
  }

 private:
  int numerator_at(Ticks tick) const {
    const auto after = std::upper_bound(score_.meters.begin(), score_.meters.end(), tick,
                                        [](Ticks t, const Meter& meter) { return t < meter.tick; });
    return after == score_.meters.begin() ? Meter{}.numerator : (after - 1)->numerator;
  }

  const Score& score_;
  BarGrid bars_;
};

// How long each pitch class sounds, and which is the lowest.
struct Harmony {
  std::array<double, kPitchClasses> ticks{};
  std::size_t bass = 0;
};

Harmony harmony_of(const std::vector<Sounding>& active, const Interval& span) {
  Harmony harmony;
  std::size_t lowest = kPitches;
  for (const Sounding& note : active) {
    const Ticks ticks = std::min(note.time.end, span.end) - std::max(note.time.begin, span.begin);
    harmony.ticks[note.pitch % kPitchClasses] += ticks;
    lowest = std::min(lowest, note.pitch);
  }
  for (double& ticks : harmony.ticks)
    ticks = std::min(ticks, static_cast<double>(span.end - span.begin));
  harmony.bass = lowest % kPitchClasses;
  return harmony;
}

// The cosine of the angle between the sounding times and the chord's tones, 1 when only they sound
// and equally long, and something for the bass.
double fit(const Harmony& harmony, double norm, const Template& shape, std::size_t root) {
  double inside = 0.0;
  for (std::size_t tone = 0; tone < shape.tones; ++tone)
    inside += harmony.ticks[(root + shape.intervals[tone]) % kPitchClasses];
  return inside / (norm * std::sqrt(static_cast<double>(shape.tones))) +
         (root == harmony.bass ? kBassRoot : 0.0);
}

Chord best_chord(const Harmony& harmony, const std::optional<Chord>& before) {
  double squares = 0.0;
  for (const double ticks : harmony.ticks) squares += ticks * ticks;
  const double norm = std::sqrt(squares);
  // The margin keeps a tie a tie whatever the order of the sums.
  constexpr double kTie = 1e-9;
  Chord best;
  double best_fit = -1.0;
  if (before) {
    best = *before;
    best_fit = fit(harmony, norm, kTemplates[static_cast<std::size_t>(before->quality)],
                   static_cast<std::size_t>(before->root));
  }
  for (const Template& shape : kTemplates) {
    for (std::size_t root = 0; root < kPitchClasses; ++root) {
      const double here = fit(harmony, norm, shape, root);
      if (here <= best_fit + kTie) continue;
      best_fit = here;
      best = {static_cast<int>(root), shape.quality};
    }
  }
  return best;
}

// When a pitch of `active` ends, or one from `coming` on begins.
Ticks next_change(const std::vector<Sounding>& active, PitchIterator coming, PitchIterator end) {
  Ticks change = coming == end ? std::numeric_limits<Ticks>::max() : coming->time.begin;
  for (const Sounding& note : active) change = std::min(change, note.time.end);
  return change;
}

void append(std::vector<ChordSpan>& spans, const ChordSpan& next) {
  if (!spans.empty() && spans.back().end_ticks == next.onset_ticks &&
      spans.back().chord == next.chord) {
    spans.back().end_ticks = next.end_ticks;
  } else {
    spans.push_back(next);
  }
}

}  // namespace

std::vector<ChordSpan> recognise_chords(const Score& score) {
  const std::vector<Sounding> pitches = sounding_pitches(score);
  const HalfBars half_bars(score);
  std::vector<ChordSpan> result;
  std::vector<Sounding> active;
  std::optional<Chord> before;
  auto coming = pitches.begin();
  Ticks tick = 0;  // where a half bar begins, unless nothing is active
  for (;;) {
    std::erase_if(active, [tick](const Sounding& note) { return note.time.end <= tick; });
    if (active.empty() && coming == pitches.end()) return result;
    // Half bars in which nothing begins or ends are passed in one step, so that a note of a million
    // bars is a few steps.
    Interval span = {tick, active.empty()
                               ? tick
                               : half_bars.at(next_change(active, coming, pitches.end())).begin};
    if (span.end <= tick) {
      span = half_bars.at(active.empty() ? coming->time.begin : tick);
      for (; coming != pitches.end() && coming->time.begin < span.end; ++coming)
        active.push_back(*coming);
    }
    before = best_chord(harmony_of(active, span), before);
    append(result, {span.begin, span.end, *before});
    tick = span.end;
  }
}

std::string chord_name(const Chord& chord) {
  constexpr std::array<std::string_view, kPitchClasses> kRoots = {
      "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"};
  return std::string(kRoots[static_cast<std::size_t>(chord.root)]) +
         std::string(kTemplates[static_cast<std::size_t>(chord.quality)].suffix);
}

}  // namespace undersong
