#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/error.h"
#include "compose/compose.h"
#include "compose/variation.h"
#include "compose/writer_context.h"
#include "score/bars.h"

namespace undersong {
namespace {

void check_same_bars(const WriterContext& context, const Score& from) {
  const BarGrid grid(from);
  for (int bar = 0; bar <= context.bar_count(); ++bar) {
    if (from.ticks_per_quarter == kPlanTicksPerQuarter && grid.onset(bar) == context.onset(bar))
      continue;
    throw Error(ErrorKind::kMismatch,
                fmt::format("bar {} of the file does not begin where the piece that it was made "
                            "as has it; give the file as it was written, with its tempo and "
                            "meters unchanged",
                            bar + 1));
  }
}

Track* find_track(Score& score, Role role) {
  for (Track& track : score.tracks) {
    if (role_of(track) == role) return &track;
  }
  return nullptr;
}

// New notes beside old ones that sound into the span or begin after it: those stay, so the new ones
// give way.
void fit_between(std::vector<Note>& fresh, const std::vector<Note>& kept) {
  for (Note& note : fresh) {
    const Ticks onset = note.onset_ticks;
    Ticks end = onset + note.duration_ticks;
    for (const Note& other : kept) {
      if (other.pitch != note.pitch || other.channel != note.channel) continue;
      const Ticks other_end = other.onset_ticks + other.duration_ticks;
      if (other.onset_ticks > onset) end = std::min(end, other.onset_ticks);
      if (other.onset_ticks <= onset && other_end > onset) end = std::max(end, other_end);
    }
    note.duration_ticks = end - onset;
  }
}

void splice(Track& track, const std::vector<Note>& composed, std::uint8_t channel,
            const TickSpan& span) {
  // A person may have moved the track to another channel.
  const std::uint8_t used = track.notes.empty() ? channel : track.notes.front().channel;
  erase_notes(track.notes, span);
  std::vector<Note> fresh = notes_within(composed, span);
  for (Note& note : fresh) note.channel = used;
  fit_between(fresh, track.notes);
  track.notes.insert(track.notes.end(), fresh.begin(), fresh.end());
  std::sort(track.notes.begin(), track.notes.end());
}

const Track* find_composed(const Score& composed, Role role) {
  for (const Track& track : composed.tracks) {
    if (track.name == title_of(role)) return &track;
  }
  return nullptr;
}

// Whether the role had a note before the last rewrite, and so a track.
bool had_notes(Plan plan, const Style& style, const PartWriter& writer, Role role) {
  plan.request.rewrites.pop_back();
  return find_composed(compose(plan, style, writer), role) != nullptr;
}

[[noreturn]] void refuse_missing_track(Role role) {
  throw Error(ErrorKind::kMismatch,
              fmt::format("the file has no track \"{}\" whose bars could be written again; it "
                          "may have been renamed or deleted",
                          title_of(role)));
}

// The first notes of a role that had none: its sound, where kRoles has it.
Track& insert_track(Score& score, Track track, Role role) {
  track.notes.clear();
  const auto later = [&](const Track& other) {
    const std::optional<Role> found = role_of(other);
    return found && index_of(*found) > index_of(role);
  };
  const auto place = std::find_if(score.tracks.begin(), score.tracks.end(), later);
  return *score.tracks.insert(place, std::move(track));
}

}  // namespace

Score compose_rewrite(const Plan& plan, const Style& style, const PartWriter& writer, Score from) {
  UNDERSONG_CHECK(!plan.request.rewrites.empty());
  const Rewrite& rewrite = plan.request.rewrites.back();
  const WriterContext context(plan, style);
  check_same_bars(context, from);
  const Score composed = compose(plan, style, writer);
  const TickSpan span = {context.onset(rewrite.first_bar - 1),
                         context.onset(std::min(rewrite.last_bar, context.bar_count()))};
  for (const Role role : kRoles) {
    if (!rewrite.roles.contains(role)) continue;
    const Track* fresh = find_composed(composed, role);
    Track* track = find_track(from, role);
    if (track == nullptr && fresh == nullptr) continue;
    if (track == nullptr) {
      if (had_notes(plan, style, writer, role)) refuse_missing_track(role);
      track = &insert_track(from, *fresh, role);
    }
    splice(*track, fresh == nullptr ? std::vector<Note>{} : fresh->notes, channel_of(role), span);
    // Pieces have no tracks without notes.
    if (track->notes.empty() && fresh == nullptr)
      from.tracks.erase(from.tracks.begin() + (track - from.tracks.data()));
  }
  return from;
}

}  // namespace undersong
