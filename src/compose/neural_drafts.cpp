#include "compose/neural_drafts.h"

#include <algorithm>

#include "base/check.h"

namespace undersong {
namespace {

namespace token = composer_token;

constexpr int kUsualVelocity = 8;
constexpr int kQuarter = 9;  // index into kGridDurations
static_assert(kGridDurations.at(kQuarter) == kGridPerQuarter);

int instrument_of(TokenId id) { return kLowestDrum + token::kDrum.value(id); }
int pitch_of(TokenId id) { return kLowestPitch + token::kPitch.value(id); }

}  // namespace

bool is_of_block(TokenId id) {
  return token::kPosition.holds(id) || token::kVelocity.holds(id) || token::kDuration.holds(id) ||
         token::is_note(id);
}

bool BlockGuide::allows_tone(TokenId id) const {
  if (last_tone_ >= 0 && id <= last_tone_) return false;
  if (token::kDrum.holds(id)) {
    if (!is_percussive(rules_.role)) return false;
    const auto& drums = rules_.drums;
    return drums.empty() || std::find(drums.begin(), drums.end(), instrument_of(id)) != drums.end();
  }
  return token::kPitch.holds(id) && !is_percussive(rules_.role) &&
         pitch_of(id) >= rules_.pitches.low && pitch_of(id) <= rules_.pitches.high;
}

bool BlockGuide::has_room() const {
  if (onsets_ == 0 || tones_ >= rules_.most_tones) return false;
  const token::Range& tones = is_percussive(rules_.role) ? token::kDrum : token::kPitch;
  for (TokenId id = std::max(tones.first, last_tone_ + 1); id < tones.end(); ++id) {
    if (allows_tone(id)) return true;
  }
  return false;
}

bool BlockGuide::allows(TokenId id) const {
  if (token::kPosition.holds(id)) {
    if (onsets_ > 0 && (tones_ == 0 || is_tone_due_)) return false;
    if (onsets_ >= rules_.most_onsets) return false;
    return onsets_ > 0 || !rules_.on_downbeat || token::kPosition.value(id) == 0;
  }
  if (token::kVelocity.holds(id) || token::kDuration.holds(id)) return has_room();
  return token::is_note(id) && has_room() && allows_tone(id);
}

bool BlockGuide::may_end() const {
  return tones_ > 0 && !is_tone_due_ && onsets_ >= rules_.fewest_onsets;
}

void BlockGuide::advance(TokenId id) {
  UNDERSONG_CHECK(is_of_block(id));
  if (token::kPosition.holds(id)) {
    ++onsets_;
    tones_ = 0;
    last_tone_ = -1;
  }
  is_tone_due_ = token::kVelocity.holds(id) || token::kDuration.holds(id);
  if (!token::is_note(id)) return;
  ++tones_;
  last_tone_ = id;
}

std::vector<GridNote> notes_of_block(std::span<const TokenId> ids, Role role) {
  std::vector<GridNote> notes;
  GridNote note{.role = role,
                .duration = is_percussive(role) ? std::uint8_t{0} : std::uint8_t{kQuarter},
                .velocity = kUsualVelocity};
  for (const TokenId id : ids) {
    if (token::kPosition.holds(id))
      note.position = static_cast<std::uint8_t>(token::kPosition.value(id));
    if (token::kVelocity.holds(id))
      note.velocity = static_cast<std::uint8_t>(token::kVelocity.value(id));
    if (token::kDuration.holds(id))
      note.duration = static_cast<std::uint8_t>(token::kDuration.value(id));
    if (!token::is_note(id)) continue;
    note.pitch =
        static_cast<std::uint8_t>(token::kDrum.holds(id) ? instrument_of(id) : pitch_of(id));
    notes.push_back(note);
  }
  std::sort(notes.begin(), notes.end());
  return notes;
}

}  // namespace undersong
