#include "compose/bass_line.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace undersong {
namespace {

// Roots lie in the lower part of the range, where a bass carries.
constexpr double kHome = 0.35;
// How much being far from home counts beside being far from the last note.
constexpr double kHomeWeight = 0.5;
// A walk turns before it leaves this distance from home.
constexpr int kWalkReach = 10;

// By step rather than by leap, onwards rather than back.
double liking_of(int away, int way) {
  const double onwards = away * way > 0 ? 3.0 : 1.0;
  const int size = std::abs(away);
  return onwards / (size <= 2 ? 1.0 : size <= 4 ? 2.0 : 5.0);
}

int wrapped(int pitch) { return (pitch % 12 + 12) % 12; }

int first_of(const ChordSymbol& chord, const Key& key, std::array<int, 2> intervals) {
  for (const int interval : intervals) {
    if (chord.has(interval)) return interval;
  }
  for (const int interval : intervals) {
    if (contains(key, chord.root + interval)) return interval;
  }
  return intervals.front();
}

}  // namespace

int nearest_pitch(int pitch_class, int near, const PitchRange& range) {
  int best = range.low;
  int distance = 1000;
  for (int pitch = range.low; pitch <= range.high; ++pitch) {
    if (wrapped(pitch) != wrapped(pitch_class)) continue;
    if (std::abs(pitch - near) < distance) {
      best = pitch;
      distance = std::abs(pitch - near);
    }
  }
  return best;
}

int interval_of(char figure, const ChordSymbol& chord, const Key& key) {
  switch (figure) {
    case '3': return first_of(chord, key, {4, 3});
    case '5': return chord.has(7) ? 7 : chord.has(6) ? 6 : chord.has(8) ? 8 : 7;
    case '6': return first_of(chord, key, {9, 8});
    // A diminished seventh has its seventh where others have a sixth.
    case '7': return chord.has(6) && chord.has(9) ? 9 : first_of(chord, key, {10, 11});
    default: return 0;
  }
}

BassLine::BassLine(const PitchRange& range)
    : range_(range),
      home_(range.low + static_cast<int>(kHome * (range.high - range.low))),
      last_(home_),
      root_(home_) {}

int BassLine::place(int pitch_class, int near) const {
  int best = nearest_pitch(pitch_class, home_, range_);
  double cost = 1e9;
  for (int pitch = range_.low; pitch <= range_.high; ++pitch) {
    if (wrapped(pitch) != wrapped(pitch_class)) continue;
    const double here = std::abs(pitch - near) + kHomeWeight * std::abs(pitch - home_);
    if (here < cost) {
      cost = here;
      best = pitch;
    }
  }
  return best;
}

int BassLine::root(const ChordSymbol& chord) {
  root_ = place(chord.bass, (root_ + last_) / 2);
  last_ = root_;
  return last_;
}

int BassLine::figure(char symbol, const ChordSymbol& chord, const Key& key) {
  const int root = place(chord.bass, root_);
  root_ = root;
  if (symbol == '8') {
    last_ = in_range(root + 12) ? root + 12 : in_range(root - 12) ? root - 12 : root;
    return last_;
  }
  // Over an inverted chord figures count from the chord's own root.
  const int tone = chord.root + interval_of(symbol == 'L' ? '5' : symbol, chord, key);
  const bool below = symbol == 'L';
  int above = root + wrapped(tone - chord.bass);
  if (below && above > root) above -= 12;
  if (!in_range(above)) above = nearest_pitch(tone, root, range_);
  last_ = above;
  return last_;
}

int BassLine::approach(const ChordSymbol& next, const Key& key, double chromatic, Rng& rng) {
  const int target = place(next.bass, (root_ + last_) / 2);
  const auto in_key = [&](int way) {
    const int whole = target + 2 * way;
    return contains(key, whole) ? whole : target + way;
  };
  const std::array<int, 6> tones = {target - 1, target + 1, in_key(-1),
                                    in_key(1),  target + 7, target - 5};
  // From the side on which the line is; a leading note from below is the strongest.
  const double diatonic = 1.0 - chromatic;
  const double from_below = last_ <= target ? 2.0 : 1.0;
  const double from_above = last_ > target ? 2.0 : 1.0;
  const std::array<double, 6> likings = {
      1.5 * chromatic * from_below, chromatic * from_above, diatonic * from_below,
      diatonic * from_above,        0.5 * diatonic,         0.8 * diatonic};
  std::array<double, 6> weights{};
  double total = 0.0;
  for (std::size_t i = 0; i < tones.size(); ++i) {
    if (in_range(tones[i]) && std::abs(tones[i] - last_) <= 9) weights[i] = likings[i] + 1e-6;
    total += weights[i];
  }
  last_ = total > 0.0 ? tones[rng.weighted(weights)] : target;
  return last_;
}

int BassLine::walk(const ChordSymbol& chord, const ChordSymbol& next, const Key& key,
                   const Step& step, Rng& rng) {
  if (step.left == 0) return approach(next, key, step.chromatic, rng);
  if (last_ > home_ + kWalkReach || last_ + 2 > range_.high) way_ = -1;
  if (last_ < home_ - kWalkReach / 2 || last_ - 2 < range_.low) way_ = 1;
  std::vector<int> tones;
  std::vector<double> weights;
  for (int away = -7; away <= 7; ++away) {
    const int pitch = last_ + away;
    const bool of_chord = contains(chord, pitch);
    const bool allowed = of_chord || (!step.strong && contains(key, pitch) && std::abs(away) <= 2);
    if (away == 0 || !in_range(pitch) || !allowed) continue;
    tones.push_back(pitch);
    weights.push_back(liking_of(away, way_));
  }
  if (tones.empty()) return root(chord);
  const int before = last_;
  last_ = tones[rng.weighted(weights)];
  way_ = last_ > before ? 1 : -1;
  root_ = last_;  // the next root is near to where the walk has come
  return last_;
}

}  // namespace undersong
