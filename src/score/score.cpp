#include "score/score.h"

#include <algorithm>

namespace undersong {
namespace {

template <typename Event>
void sort_by_tick(std::vector<Event>& events) {
  std::stable_sort(events.begin(), events.end(),
                   [](const Event& a, const Event& b) { return a.tick < b.tick; });
}

}  // namespace

Ticks end_ticks(const Score& score) {
  Ticks end = 0;
  for (const auto& track : score.tracks) {
    for (const auto& note : track.notes)
      end = std::max(end, note.onset_ticks + note.duration_ticks);
  }
  return end;
}

std::size_t note_count(const Score& score) {
  std::size_t count = 0;
  for (const auto& track : score.tracks) count += track.notes.size();
  return count;
}

void sort_events(Score& score) {
  sort_by_tick(score.tempos);
  sort_by_tick(score.meters);
  sort_by_tick(score.keys);
  sort_by_tick(score.markers);
  for (auto& track : score.tracks) {
    std::sort(track.notes.begin(), track.notes.end());
    sort_by_tick(track.controls);
    sort_by_tick(track.texts);
    sort_by_tick(track.sysexes);
  }
}

}  // namespace undersong
