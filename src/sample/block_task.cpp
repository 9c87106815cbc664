// What may be drawn of one role's block (sample/composer_draw.h).

#include <algorithm>
#include <bitset>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <memory>
#include <vector>

#include "base/portable_math.h"
#include "sample/composer_draw.h"

namespace undersong {
namespace {

using namespace composer_token;

constexpr float kNever = -std::numeric_limits<float>::infinity();

// Across real bar lines a role leaps 2 semitones in the median; the scale of a Laplace distribution
// with that median. Over n quarter notes a line wanders off by sqrt(n) times as much.
constexpr double kLeapScale = 2.9;
// What comes later than two bars is no neighbour.
constexpr int kFarAhead = 8 * kGridPerQuarter;

void forbid(std::span<float> logits, TokenId first, TokenId end) {
  std::fill(logits.begin() + first, logits.begin() + end, kNever);
}
void forbid(std::span<float> logits, const Range& range) {
  forbid(logits, range.first, range.end());
}

bool ends_block(TokenId id) { return id == kBar || id == kEnd || kRole.holds(id); }

// The notes of a group so far.
struct Group {
  int notes = 0;
  int highest = -1;        // as a token's value; the last, as they ascend
  bool half_note = false;  // VELOCITY or DURATION came last
};

Group group_of(std::span<const TokenId> drawn, const Range& notes) {
  Group group;
  for (std::size_t i = drawn.size(); i > 0 && !kPosition.holds(drawn[i - 1]); --i) {
    if (!notes.holds(drawn[i - 1])) continue;
    ++group.notes;
    group.highest = std::max(group.highest, notes.value(drawn[i - 1]));
  }
  if (!drawn.empty())
    group.half_note = kVelocity.holds(drawn.back()) || kDuration.holds(drawn.back());
  return group;
}

double log_of_sum(std::span<const float> logits) {
  const float most = *std::ranges::max_element(logits);
  if (!std::isfinite(most)) return -std::numeric_limits<double>::infinity();
  double sum = 0.0;
  for (const float logit : logits)
    sum += portable_exp(static_cast<double>(logit) - static_cast<double>(most));
  return static_cast<double>(most) + portable_log(sum);
}

// Changes logits so that together they stay as likely. Those that are forbidden stay so.
template <typename Change>
void change_within(std::span<float> logits, const Change& change) {
  const double before = log_of_sum(logits);
  if (!std::isfinite(before)) return;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (std::isfinite(logits[i]))
      logits[i] = static_cast<float>(change(i, static_cast<double>(logits[i])));
  }
  const auto by = static_cast<float>(before - log_of_sum(logits));
  for (float& logit : logits) logit += by;
}

// The pitches (their logits alone) by how near they lie.
void lean_towards(const NextOnset& next, int position, std::span<float> pitches) {
  const int steps = next.position - position;
  if (steps <= 0 || steps > kFarAhead || next.pitches.empty()) return;
  const double quarters = std::max(1.0, static_cast<double>(steps) / kGridPerQuarter);
  const double scale = kLeapScale * std::sqrt(quarters);
  change_within(pitches, [&](std::size_t value, double logit) {
    int leap = kPitchCount;
    for (const int pitch : next.pitches)
      leap = std::min(leap, std::abs(kLowestPitch + static_cast<int>(value) - pitch));
    return logit - leap / scale;
  });
}

// The limits as tables.
class BlockRules {
 public:
  explicit BlockRules(BlockLimits limits)
      : limits_(std::move(limits)), notes_(is_percussive(limits_.role) ? kDrum : kPitch) {
    const int lowest = is_percussive(limits_.role) ? kLowestDrum : kLowestPitch;
    const int last = std::min(limits_.last_position, kLongestGridBar);
    for (int position = std::max(0, limits_.first_position); position < last; ++position) {
      auto& row = taken_[static_cast<std::size_t>(position)];
      for (int value = 0; value < notes_.count; ++value) {
        if (!limits_.takes || limits_.takes(position, lowest + value))
          row.set(static_cast<std::size_t>(value));
      }
    }
  }

  // Whether a position from `from` on has room for a note.
  bool has_room(int from, int bar_length) const {
    for (int position = std::max(0, from); position < std::min(bar_length, kLongestGridBar);
         ++position) {
      if (taken_[static_cast<std::size_t>(position)].any()) return true;
    }
    return false;
  }

  void steer(const DrawPlace& place, std::span<float> logits) const {
    steer_positions(place.cursor, logits);
    if (place.cursor.position() < 0) return;
    steer_notes(place, logits);
    steer_end(place.cursor, logits);
  }

 private:
  int length_of(const ComposerCursor& cursor) const {
    return std::min(kLongestGridBar,
                    kGridMeters.at(static_cast<std::size_t>(cursor.meter())).length());
  }
  int wanted_onsets() const { return std::min(limits_.fewest_onsets, limits_.most_onsets); }

  // Positions with room, but for those after which too few are left for the onsets wanted.
  void steer_positions(const ComposerCursor& cursor, std::span<float> logits) const {
    std::vector<int> roomy;
    for (int position = cursor.position() + 1; position < length_of(cursor); ++position) {
      if (taken_[static_cast<std::size_t>(position)].any()) roomy.push_back(position);
    }
    const int after = std::max(0, wanted_onsets() - cursor.onsets() - 1);
    const auto count = static_cast<int>(roomy.size());
    roomy.resize(static_cast<std::size_t>(std::min(count, std::max(1, count - after))));
    if (cursor.onsets() >= limits_.most_onsets) roomy.clear();
    if (cursor.onsets() == 0) {
      while (roomy.size() > 1 && roomy.back() > limits_.latest_first) roomy.pop_back();
    }
    for (int position = 0; position < kPosition.count; ++position) {
      if (!std::binary_search(roomy.begin(), roomy.end(), position))
        logits[static_cast<std::size_t>(kPosition.of(position))] = kNever;
    }
    if (limits_.rhythm_sharpness == 1.0) return;
    change_within(logits.subspan(static_cast<std::size_t>(kPosition.first),
                                 static_cast<std::size_t>(kPosition.count)),
                  [this](std::size_t, double logit) { return limits_.rhythm_sharpness * logit; });
  }

  void steer_notes(const DrawPlace& place, std::span<float> logits) const {
    const Group group = group_of(place.drawn, notes_);
    const auto& taken = taken_[static_cast<std::size_t>(place.cursor.position())];
    bool some = false;
    for (int value = 0; value < notes_.count; ++value) {
      if (!taken.test(static_cast<std::size_t>(value))) {
        logits[static_cast<std::size_t>(notes_.of(value))] = kNever;
      } else if (value > group.highest) {
        some = true;
      }
    }
    if (!is_percussive(limits_.role))
      lean(place.cursor.position(),
           logits.subspan(static_cast<std::size_t>(kPitch.first), kPitchCount));
    // What is begun may be ended: it began only where there was some.
    if (group.half_note || (some && group.notes < limits_.most_at_once)) return;
    forbid(logits, notes_);
    forbid(logits, kVelocity);
    forbid(logits, kDuration);
  }

  void lean(int position, std::span<float> pitches) const {
    if (limits_.next) lean_towards(*limits_.next, position, pitches);
    if (!limits_.leaning) return;
    change_within(pitches, [&](std::size_t value, double logit) {
      return logit + limits_.leaning(position, kLowestPitch + static_cast<int>(value));
    });
  }

  void steer_end(const ComposerCursor& cursor, std::span<float> logits) const {
    if (cursor.onsets() >= wanted_onsets() || !has_room(cursor.position() + 1, length_of(cursor))) {
      return;
    }
    forbid(logits, kRole);
    forbid(logits, kBar, kBar + 1);
    forbid(logits, kEnd, kEnd + 1);
  }

  BlockLimits limits_;
  Range notes_;
  std::array<std::bitset<kPitchCount>, static_cast<std::size_t>(kLongestGridBar)> taken_;
};

}  // namespace

std::optional<NextOnset> next_onset(const GridPiece& piece, Role role, const NextBars& bars) {
  NextOnset next;
  const int end = std::min(bars.last, static_cast<int>(piece.bars.size()));
  for (int i = bars.from; i < end; ++i) {
    const GridBar& bar = piece.bars[static_cast<std::size_t>(i)];
    const int begin = next.position;
    for (const GridNote& note : bar.notes) {
      if (i < bars.first || note.role != role) continue;
      const int position = begin + note.position;
      if (!next.pitches.empty() && position != next.position) break;
      next.position = position;
      next.pitches.push_back(note.pitch);
    }
    if (!next.pitches.empty()) return next;
    next.position += kGridMeters.at(bar.meter).length();
  }
  return std::nullopt;
}

bool has_room(const BlockLimits& limits, int bar_length) {
  return limits.most_onsets > 0 && limits.most_at_once > 0 &&
         BlockRules(limits).has_room(limits.first_position, bar_length);
}

DrawTask block_task(BlockLimits limits) {
  const auto rules = std::make_shared<const BlockRules>(std::move(limits));
  DrawTask task;
  task.ends = ends_block;
  task.steer = [rules](const DrawPlace& place, std::span<float> logits) {
    rules->steer(place, logits);
  };
  return task;
}

}  // namespace undersong
