#include "compose/melody.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

#include "base/check.h"

namespace undersong {
namespace {

constexpr int kReach = 9;  // semitones around the wished pitch

int degree_pitch_class(const Key& key, int degree) {
  return (key.tonic + scale_of(key.mode)[static_cast<std::size_t>(degree)]) % 12;
}

// Costs are in units of about a semitone of bad shape. A held avoid note costs more than any shape.
int cost_of_harmony(int pitch, const ChordSymbol& chord, const MelodySlot& slot) {
  const bool strong = slot.weight == Weight::kStrong;
  const bool held = strong || slot.is_long;
  switch (consonance(pitch, chord, slot.key)) {
    case Consonance::kChordTone: return 0;
    case Consonance::kTension:
      return strong ? 30 : slot.weight == Weight::kBeat ? 14 : held ? 10 : 3;
    case Consonance::kAvoid: return held ? 120 : slot.weight == Weight::kBeat ? 40 : 6;
    case Consonance::kOutside: return held ? 200 : 70;
  }
  return 0;
}

int cost_of_goal(int pitch, const MelodySlot& slot) {
  if (slot.goal == NoteGoal::kNone) return 0;
  const int pitch_class = pitch % 12;
  if (slot.goal == NoteGoal::kFinal) {
    const int above = (pitch_class - slot.chord.root + 12) % 12;
    return above == 0 ? 0 : above == 3 || above == 4 ? 4 : 60;
  }
  const bool open = slot.goal == NoteGoal::kOpen;
  const std::array<int, 3> degrees = open ? std::array{1, 4, 6} : std::array{0, 2, 4};
  for (std::size_t i = 0; i < degrees.size(); ++i) {
    if (degree_pitch_class(slot.key, degrees[i]) == pitch_class)
      return open ? 0 : static_cast<int>(i) * 4;
  }
  return contains(slot.chord, pitch) ? 14 : 40;
}

int cost_of_place(int pitch, const MelodySlot& slot, const MelodyRules& rules) {
  int cost = slot.pull * std::abs(pitch - slot.target);
  cost += cost_of_harmony(pitch, slot.chord, slot);
  if (!(slot.later_chord == slot.chord)) cost += cost_of_harmony(pitch, slot.later_chord, slot);
  cost += cost_of_goal(pitch, slot);
  if (pitch <= slot.floor) cost += 10 + 2 * (slot.floor - pitch);
  if (pitch > slot.ceiling) cost += 8 + 3 * (pitch - slot.ceiling);
  if (slot.taken >= 0) {
    const int apart = std::abs(pitch - slot.taken) % 12;
    if (pitch == slot.taken) cost += 90;
    if (apart == 1 || apart == 11) cost += 25;
  }
  // The outermost tones of a range strain.
  const int edge = std::min(pitch - rules.range.low, rules.range.high - pitch);
  return cost + 2 * std::max(0, 3 - edge);
}

int cost_of_interval(int semitones, double leaps) {
  constexpr std::array kCosts = {6, 0, 0, 5, 6, 8, 26, 13, 18, 18, 45, 45, 20};
  const int size = std::abs(semitones);
  if (size > 12) return 80 + 6 * (size - 12);
  const int cost = kCosts[static_cast<std::size_t>(size)];
  if (size < 3 || size == 6 || size == 10 || size == 11) return cost;
  return static_cast<int>(cost * (1.3 - leaps));
}

// A tone outside the chord is left by step, or stays until a chord has it.
int cost_of_resolution(int from, int to, const MelodySlot& slot, const MelodySlot& next, int step) {
  if (contains(slot.chord, from)) return 0;
  const int size = std::abs(to - from);
  if (size == 0) return contains(next.chord, to) ? 4 : 12;
  if (size <= step) return 0;
  const bool tension = consonance(from, slot.chord, slot.key) == Consonance::kTension;
  return tension && slot.weight == Weight::kOff ? 14 : 30;
}

// And is reached by step or from the same tone, or by a leap if it leans on its resolution.
int cost_of_approach(int from, int to, const MelodySlot& slot, int step) {
  if (contains(slot.chord, to) || std::abs(to - from) <= step) return 0;
  return slot.weight == Weight::kOff ? 12 : 22;
}

int cost_of_turn(int first, int second, int third) {
  const int leap = second - first;
  const int move = third - second;
  if (first == second && second == third) return 14;
  if (std::abs(leap) < 5) {
    // Two thirds up spell a chord; going on so does not sing.
    return leap * move > 0 && std::abs(leap) + std::abs(move) > 8 ? 10 : 0;
  }
  if (leap * move < 0) return std::abs(move) <= 4 ? 0 : 6;
  if (move == 0) return 8;
  return std::abs(move) <= 2 ? 18 : 36;
}

// Scale degrees as the pentatonic scales leave them.
std::vector<int> scale_classes(const Key& key, MelodyScale scale) {
  const bool minor = is_minor(key.mode);
  std::vector<int> degrees = {0, 1, 2, 3, 4, 5, 6};
  if (scale != MelodyScale::kMode)
    degrees = minor ? std::vector{0, 2, 3, 4, 6} : std::vector{0, 1, 2, 4, 5};
  std::vector<int> classes;
  classes.reserve(degrees.size() + 1);
  for (const int degree : degrees) classes.push_back(degree_pitch_class(key, degree));
  // The blue note: a tritone above a minor tonic, a minor third above a major one.
  if (scale == MelodyScale::kBlues) classes.push_back((key.tonic + (minor ? 6 : 3)) % 12);
  return classes;
}

bool is_blue(int pitch, const Key& key, MelodyScale scale) {
  return scale == MelodyScale::kBlues &&
         (pitch - key.tonic + 120) % 12 == (is_minor(key.mode) ? 6 : 3);
}

class LineSearch {
 public:
  LineSearch(std::span<const MelodySlot> slots, const MelodyRules& rules,
             const MelodyNeighbours& around, Rng rng)
      : slots_(slots), rules_(rules), around_(around), rng_(rng) {
    step_ = rules.scale == MelodyScale::kMode ? 2 : 3;
  }

  std::vector<int> best() {
    for (const MelodySlot& slot : slots_) add_candidates(slot);
    start();
    for (std::size_t i = 1; i < slots_.size(); ++i) advance(i);
    return traced();
  }

 private:
  struct Cell {
    int cost = std::numeric_limits<int>::max() / 4;
    std::size_t from = 0;  // candidate of the slot before the last
  };

  void add_candidates(const MelodySlot& slot) {
    std::array<bool, 12> in_scale{};
    for (const int pitch_class : scale_classes(slot.key, rules_.scale))
      in_scale[static_cast<std::size_t>(pitch_class)] = true;
    const int middle = std::clamp(slot.target, rules_.range.low, rules_.range.high);
    std::vector<int> pitches;
    std::vector<int> costs;
    const int low = std::max(rules_.range.low, middle - kReach);
    const int high = std::min(rules_.range.high, middle + kReach);
    for (int pitch = low; pitch <= high; ++pitch) {
      if (!in_scale[static_cast<std::size_t>(pitch % 12)] && !contains(slot.chord, pitch)) continue;
      pitches.push_back(pitch);
      costs.push_back(place_cost(pitch, slot));
    }
    if (pitches.empty()) {
      pitches.push_back(middle);
      costs.push_back(0);
    }
    pitches_.push_back(std::move(pitches));
    costs_.push_back(std::move(costs));
  }

  int place_cost(int pitch, const MelodySlot& slot) {
    const int chance = static_cast<int>(rng_.below(4));
    if (is_blue(pitch, slot.key, rules_.scale) && !contains(slot.chord, pitch))
      return slot.pull * std::abs(pitch - slot.target) + chance +
             (slot.weight == Weight::kOff && !slot.is_long ? 4 : 80);
    return cost_of_place(pitch, slot, rules_) + chance;
  }

  int cost_of_move(std::size_t to_slot, int from, int to) const {
    const MelodySlot& before = slots_[to_slot - 1];
    const MelodySlot& slot = slots_[to_slot];
    int cost = cost_of_interval(to - from, rules_.leaps);
    // The shape counts as intervals too, so that a motif is known in another place.
    const int wished = slot.target - before.target;
    cost += 2 * std::min(6, std::abs(to - from - wished));
    if (wished * (to - from) < 0) cost += 5;
    cost += cost_of_resolution(from, to, before, slot, step_);
    return cost + cost_of_approach(from, to, slot, step_);
  }

  void start() {
    const std::size_t count = pitches_[0].size();
    table_.emplace_back(count);
    for (std::size_t b = 0; b < count; ++b) {
      int cost = costs_[0][b];
      if (around_.last >= 0) {
        const int pitch = pitches_[0][b];
        cost += cost_of_interval(pitch - around_.last, rules_.leaps);
        if (around_.before_last >= 0)
          cost += cost_of_turn(around_.before_last, around_.last, pitch) / 2;
      }
      table_[0][b].cost = cost + (slots_.size() == 1 ? cost_of_leaving(0, b) : 0);
    }
  }

  // To the line's neighbour on the right.
  int cost_of_leaving(std::size_t index, std::size_t b) const {
    return around_.next < 0 || index + 1 < slots_.size()
               ? 0
               : cost_of_interval(around_.next - pitches_[index][b], rules_.leaps);
  }

  // A cell a pair of candidates (before, here): a * count + b. The first slot has no pairs.
  void advance(std::size_t index) {
    const std::size_t count = pitches_[index].size();
    const std::size_t count_before = pitches_[index - 1].size();
    std::vector<Cell> cells(count_before * count);
    for (std::size_t a = 0; a < count_before; ++a) {
      for (std::size_t b = 0; b < count; ++b) {
        Cell cell = best_way_to(index, a, pitches_[index][b]);
        cell.cost += costs_[index][b] + cost_of_leaving(index, b) +
                     cost_of_move(index, pitches_[index - 1][a], pitches_[index][b]);
        cells[a * count + b] = cell;
      }
    }
    table_.push_back(std::move(cells));
  }

  // The cheapest pair that ends with candidate a of the slot before.
  Cell best_way_to(std::size_t index, std::size_t a, int pitch) const {
    const int here = pitches_[index - 1][a];
    if (index == 1) {
      const int turn = around_.last >= 0 ? cost_of_turn(around_.last, here, pitch) : 0;
      return {table_[0][a].cost + turn, 0};
    }
    const std::size_t width = pitches_[index - 1].size();
    Cell best;
    for (std::size_t r = 0; r < pitches_[index - 2].size(); ++r) {
      const int cost =
          table_[index - 1][r * width + a].cost + cost_of_turn(pitches_[index - 2][r], here, pitch);
      if (cost < best.cost) best = {cost, r};
    }
    return best;
  }

  std::vector<int> traced() const {
    const std::vector<Cell>& last = table_.back();
    std::size_t best = 0;
    for (std::size_t i = 1; i < last.size(); ++i)
      if (last[i].cost < last[best].cost) best = i;
    std::vector<int> line(slots_.size());
    for (std::size_t index = slots_.size(); index-- > 0;) {
      const std::size_t width = pitches_[index].size();
      const std::size_t b = best % width;
      line[index] = pitches_[index][b];
      if (index == 0) break;
      const std::size_t a = best / width;
      best = index == 1 ? a : table_[index][best].from * pitches_[index - 1].size() + a;
    }
    return line;
  }

  std::span<const MelodySlot> slots_;
  const MelodyRules& rules_;
  const MelodyNeighbours& around_;
  Rng rng_;
  int step_ = 2;
  std::vector<std::vector<int>> pitches_;
  std::vector<std::vector<int>> costs_;
  std::vector<std::vector<Cell>> table_;
};

}  // namespace

std::vector<int> melody_pitches(std::span<const MelodySlot> slots, const MelodyRules& rules,
                                const MelodyNeighbours& around, Rng rng) {
  UNDERSONG_CHECK(rules.range.low <= rules.range.high);
  if (slots.empty()) return {};
  return LineSearch(slots, rules, around, rng).best();
}

std::vector<int> scale_ladder(const Key& key, MelodyScale scale) {
  std::array<bool, 12> in_scale{};
  for (const int pitch_class : scale_classes(key, scale))
    in_scale[static_cast<std::size_t>(pitch_class)] = true;
  std::vector<int> ladder;
  for (int pitch = 0; pitch < 128; ++pitch)
    if (in_scale[static_cast<std::size_t>(pitch % 12)]) ladder.push_back(pitch);
  return ladder;
}

namespace {

std::size_t nearest_rung(std::span<const int> ladder, int pitch) {
  const auto after = std::lower_bound(ladder.begin(), ladder.end(), pitch);
  if (after == ladder.begin()) return 0;
  const auto index = static_cast<std::size_t>(after - ladder.begin());
  if (after == ladder.end()) return index - 1;
  return pitch - ladder[index - 1] <= ladder[index] - pitch ? index - 1 : index;
}

}  // namespace

int move_on_ladder(std::span<const int> ladder, int pitch, int steps) {
  UNDERSONG_CHECK(!ladder.empty());
  const int at = static_cast<int>(nearest_rung(ladder, pitch)) + steps;
  return ladder[static_cast<std::size_t>(std::clamp(at, 0, static_cast<int>(ladder.size()) - 1))];
}

int steps_between(std::span<const int> ladder, int from, int to) {
  return static_cast<int>(nearest_rung(ladder, to)) - static_cast<int>(nearest_rung(ladder, from));
}

Consonance consonance(int pitch, const ChordSymbol& chord, const Key& key) {
  if (contains(chord, pitch)) return Consonance::kChordTone;
  if (!contains(key, pitch)) return Consonance::kOutside;
  // F over C E G; A flat over G B D.
  if (contains(chord, pitch + 11)) return Consonance::kAvoid;
  // G natural where the chord has G sharp.
  for (const int by : {1, 11}) {
    if (contains(chord, pitch + by) && !contains(key, pitch + by)) return Consonance::kAvoid;
  }
  return Consonance::kTension;
}

}  // namespace undersong
