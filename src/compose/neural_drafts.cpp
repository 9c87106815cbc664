#include "compose/neural_drafts.h"

#include <algorithm>

namespace undersong {
namespace {

namespace token = composer_token;

constexpr int kUsualVelocity = 8;
constexpr int kQuarter = 9;  // index into kGridDurations
static_assert(kGridDurations.at(kQuarter) == kGridPerQuarter);

int instrument_of(TokenId id) { return kLowestDrum + token::kDrum.value(id); }
int pitch_of(TokenId id) { return kLowestPitch + token::kPitch.value(id); }

}  // namespace

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
