#include "tokens/composer_cursor.h"

#include <algorithm>

#include "base/check.h"

namespace undersong {
namespace {

using namespace composer_token;

int length_of(int meter) { return kGridMeters[static_cast<std::size_t>(meter)].length(); }

// The ids of a range that are not the one that holds already.
template <typename Visit>
void visit_others(const Range& range, int current, const Visit& visit) {
  if (current < 0) {
    visit(range.first, range.end());
    return;
  }
  visit(range.first, range.of(current));
  visit(range.of(current) + 1, range.end());
}

// The middle of the numbers of onsets that share a step of density.
std::array<int, kDensitySteps> middle_onsets() {
  std::array<int, kDensitySteps> lowest = {};
  std::array<int, kDensitySteps> middle = {};
  for (int onsets = 1; onsets <= kLongestGridBar; ++onsets) {
    const std::size_t step = density_step(onsets);
    if (lowest.at(step) == 0) lowest.at(step) = onsets;
    middle.at(step) = (lowest.at(step) + onsets) / 2;
  }
  return middle;
}

// A value of kOnsetsWanted. density: -1 when not told.
int onsets_wanted(int density, int onsets) {
  static const std::array<int, kDensitySteps> kMiddles = middle_onsets();
  constexpr int kMore = 16;
  constexpr int kNotTold = 17;
  if (density < 0) return kNotTold;
  return std::clamp(kMiddles[static_cast<std::size_t>(density)] - onsets, 0, kMore);
}

// The lowest value of PITCH that sounds as the root of a chord.
int root_value(int chord) { return ((chord - 1) % 12 + 12 - kLowestPitch % 12) % 12; }

}  // namespace

ComposerCursor::ComposerCursor() { last_pitch_.fill(-1); }

bool ComposerCursor::finished() const { return place_ == Place::kFinished; }
bool ComposerCursor::in_future() const { return future_; }
bool ComposerCursor::has_note() const { return pitch_ >= 0; }

bool ComposerCursor::percussive() const {
  return is_percussive(kRoles[static_cast<std::size_t>(role_)]);
}

bool ComposerCursor::allows(TokenId id) const {
  bool allowed = false;
  visit_allowed([&](TokenId first, TokenId end) { allowed |= id >= first && id < end; });
  return allowed;
}

void ComposerCursor::allowed(std::span<std::uint8_t> mask) const {
  UNDERSONG_CHECK(mask.size() == static_cast<std::size_t>(kCount));
  std::fill(mask.begin(), mask.end(), std::uint8_t{0});
  visit_allowed([&](TokenId first, TokenId end) {
    std::fill(mask.begin() + first, mask.begin() + end, std::uint8_t{1});
  });
}

template <typename Visit>
void ComposerCursor::visit_allowed(const Visit& visit) const {
  const auto visit_range = [&](const Range& range) { visit(range.first, range.end()); };
  const Range positions = {kPosition.first, length_of(meter_)};
  switch (place_) {
    case Place::kStart: return visit(kBegin, kContinue + 1);
    case Place::kStyle: return visit_range(kStyle);
    case Place::kMode: return visit_range(kMode);
    case Place::kMeter: return visit_range(kMeter);
    case Place::kTempo: return visit_range(kTempo);
    case Place::kHeaderEnd:
      if (!future_told_) visit(kFuture, kFuture + 1);
      return visit_bar_end(visit);
    case Place::kFutureStart: return visit(kBar, kBar + 1);
    case Place::kRole: visit_range(kDensity); return visit_range(positions);
    case Place::kDensity: return visit_range(positions);
    case Place::kPosition:
    case Place::kVelocity:
    case Place::kDuration: return visit_notes(visit);
    case Place::kNote:
      visit_notes(visit);
      visit(positions.of(position_ + 1), positions.end());
      return visit_bar_end(visit);
    case Place::kFinished: return;
    default: visit_controls(visit); return visit_bar_end(visit);
  }
}

template <typename Visit>
void ComposerCursor::visit_controls(const Visit& visit) const {
  if (place_ < Place::kBarMeter) visit_others(kMeter, meter_, visit);
  if (place_ < Place::kBarTempo) visit_others(kTempo, tempo_, visit);
  if (place_ <= Place::kChord) visit_others(kChord, chords_[0], visit);
  if (place_ < Place::kEnergy) visit(kEnergy.first, kEnergy.end());
  if (place_ < Place::kRelation && !future_) visit(kRelation.first, kRelation.end());
  if (place_ < Place::kLeft) visit(kLeft.first, kLeft.end());
}

// A group must end in a note, so what stands before one may come only while a higher one is left.
template <typename Visit>
void ComposerCursor::visit_notes(const Visit& visit) const {
  const Range& notes = percussive() ? kDrum : kPitch;
  if (pitch_ + 1 >= notes.count) return;
  if (place_ != Place::kVelocity && place_ != Place::kDuration) {
    visit_others(kVelocity, velocity_, visit);
  }
  if (velocity_ < 0) return;
  if (!percussive()) {
    if (place_ != Place::kDuration) visit_others(kDuration, duration_, visit);
    if (duration_ < 0) return;
  }
  visit(notes.of(pitch_ + 1), notes.end());
}

template <typename Visit>
void ComposerCursor::visit_bar_end(const Visit& visit) const {
  if (bar_told_) {
    for (int role = 0; role < kRole.count; ++role) {
      if ((roles_told_ >> role & 1U) == 0) visit(kRole.of(role), kRole.of(role) + 1);
    }
  }
  visit(kBar, kBar + 1);
  const TokenId last = future_ ? kPast : kEnd;
  visit(last, last + 1);
}

void ComposerCursor::advance(TokenId id) {
  UNDERSONG_CHECK(allows(id));
  last_ = id;
  if (place_ < Place::kHeaderEnd) {
    advance_header(id);
  } else if (id >= kRole.first) {
    advance_block(id);
  } else {
    advance_bar(id);
  }
}

void ComposerCursor::advance_header(TokenId id) {
  if (place_ == Place::kMeter) meter_ = header_meter_ = kMeter.value(id);
  if (place_ == Place::kTempo) tempo_ = header_tempo_ = kTempo.value(id);
  place_ = static_cast<Place>(static_cast<int>(place_) + 1);
}

void ComposerCursor::advance_bar(TokenId id) {
  if (id == kEnd) {
    leave_bar();
    place_ = Place::kFinished;
  } else if (id == kBar) {
    leave_bar();
    bar_told_ = true;
    if (!future_) ++bar_;
    place_ = Place::kBar;
  } else if (id == kFuture) {
    future_ = future_told_ = true;
    place_ = Place::kFutureStart;
  } else if (id == kPast) {
    leave_future();
  } else if (kMeter.holds(id)) {
    meter_ = kMeter.value(id);
    place_ = Place::kBarMeter;
  } else if (kTempo.holds(id)) {
    tempo_ = kTempo.value(id);
    place_ = Place::kBarTempo;
  } else if (kChord.holds(id)) {
    const bool second = place_ == Place::kChord;
    chords_[1] = kChord.value(id);
    if (!second) chords_[0] = chords_[1];
    place_ = second ? Place::kChord2 : Place::kChord;
  } else if (kEnergy.holds(id)) {
    place_ = Place::kEnergy;
  } else {
    place_ = kRelation.holds(id) ? Place::kRelation : Place::kLeft;
  }
}

void ComposerCursor::advance_block(TokenId id) {
  if (kRole.holds(id)) {
    leave_block();
    role_ = kRole.value(id);
    roles_told_ |= 1U << role_;
    place_ = Place::kRole;
  } else if (kDensity.holds(id)) {
    density_ = kDensity.value(id);
    place_ = Place::kDensity;
  } else if (kPosition.holds(id)) {
    position_ = kPosition.value(id);
    pitch_ = -1;
    ++onsets_;
    place_ = Place::kPosition;
  } else if (kVelocity.holds(id)) {
    velocity_ = kVelocity.value(id);
    place_ = Place::kVelocity;
  } else if (kDuration.holds(id)) {
    duration_ = kDuration.value(id);
    place_ = Place::kDuration;
  } else {
    pitch_ = percussive() ? kDrum.value(id) : kPitch.value(id);
    last_pitch_[static_cast<std::size_t>(role_)] = pitch_;
    place_ = Place::kNote;
  }
}

void ComposerCursor::leave_block() {
  role_ = density_ = position_ = pitch_ = velocity_ = duration_ = -1;
  onsets_ = 0;
}

void ComposerCursor::leave_bar() {
  leave_block();
  chords_ = {-1, -1};
  roles_told_ = 0;
  bar_told_ = false;
}

// The bars that follow are those after the header again: nothing that came later leads to them.
void ComposerCursor::leave_future() {
  leave_bar();
  future_ = false;
  meter_ = header_meter_;
  tempo_ = header_tempo_;
  last_pitch_.fill(-1);
  place_ = Place::kHeaderEnd;
}

int ComposerCursor::chord_here() const {
  return chords_[2 * position_ >= length_of(meter_) ? 1 : 0];
}

std::array<std::int32_t, composer_feature::kPerToken> ComposerCursor::features() const {
  const auto row = [](const Range& range, int value) {
    return range.of(value < 0 ? range.count - 1 : value);
  };
  return {last_,
          row(composer_feature::kRoleHere, role_),
          row(composer_feature::kPositionHere, position_),
          row(composer_feature::kChordHere, chord_here()),
          row(composer_feature::kDurationHere, duration_),
          composer_feature::kOnsetsWanted.of(onsets_wanted(density_, onsets_))};
}

bool ComposerCursor::may_tell_pitch() const {
  return role_ >= 0 && !percussive() && duration_ >= 0 && place_ >= Place::kPosition &&
         pitch_ + 1 < kPitch.count;
}

std::array<std::int32_t, composer_head::kCount> ComposerCursor::anchors() const {
  if (!may_tell_pitch()) return {-1, -1};
  const int chord = chord_here();
  return {last_pitch_[static_cast<std::size_t>(role_)], chord > 0 ? root_value(chord) : -1};
}

}  // namespace undersong
