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
    const auto fresh =
        std::find_if(composed.tracks.begin(), composed.tracks.end(),
                     [&](const Track& track) { return track.name == title_of(role); });
    Track* track = find_track(from, role);
    if (track == nullptr && fresh == composed.tracks.end()) continue;
    if (track == nullptr) {
      throw Error(ErrorKind::kMismatch,
                  fmt::format("the file has no track \"{}\" whose bars could be written again; it "
                              "may have been renamed or deleted",
                              title_of(role)));
    }
    splice(*track, fresh == composed.tracks.end() ? std::vector<Note>{} : fresh->notes,
           channel_of(role), span);
  }
  return from;
}

}  // namespace undersong
