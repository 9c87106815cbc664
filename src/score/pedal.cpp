#include "score/pedal.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace undersong {
namespace {

struct PedalSpan {
  Ticks down;
  Ticks up;
};

using PedalSpans = std::vector<PedalSpan>;                // by tick, apart from each other
using Onsets = std::array<std::vector<Ticks>, 16 * 128>;  // by channel and key, sorted

bool is_pedal(const ControlEvent& event) {
  return event.kind == ControlEvent::Kind::kController && event.number == kSustainController;
}

std::array<PedalSpans, 16> pedal_spans(const Score& score) {
  std::array<std::vector<ControlEvent>, 16> moves;
  for (const auto& track : score.tracks) {
    for (const auto& event : track.controls) {
      if (is_pedal(event)) moves[event.channel].push_back(event);
    }
  }
  const Ticks end = end_ticks(score);
  std::array<PedalSpans, 16> spans;
  for (std::size_t channel = 0; channel < moves.size(); ++channel) {
    std::stable_sort(moves[channel].begin(), moves[channel].end(),
                     [](const auto& a, const auto& b) { return a.tick < b.tick; });
    bool down = false;
    for (const auto& move : moves[channel]) {
      if (move.value >= 64 && !down) spans[channel].push_back({move.tick, end});
      if (move.value < 64 && down) spans[channel].back().up = move.tick;
      down = move.value >= 64;
    }
  }
  return spans;
}

std::vector<Ticks>& onsets_of(Onsets& onsets, const Note& note) {
  return onsets[static_cast<std::size_t>(note.channel) * 128 + note.pitch];
}

Onsets sorted_onsets(const Score& score) {
  Onsets onsets;
  for (const auto& track : score.tracks) {
    for (const auto& note : track.notes) onsets_of(onsets, note).push_back(note.onset_ticks);
  }
  for (auto& key : onsets) std::sort(key.begin(), key.end());
  return onsets;
}

Ticks held_until(Ticks end, const PedalSpans& spans) {
  const auto after = std::lower_bound(spans.begin(), spans.end(), end,
                                      [](const PedalSpan& span, Ticks t) { return span.down < t; });
  return after == spans.begin() ? end : std::max(end, std::prev(after)->up);
}

}  // namespace

Score apply_sustain_pedal(const Score& score) {
  const auto spans = pedal_spans(score);
  Onsets onsets = sorted_onsets(score);
  Score played = score;
  for (auto& track : played.tracks) {
    for (auto& note : track.notes) {
      const Ticks end = note.onset_ticks + note.duration_ticks;
      Ticks held = held_until(end, spans[note.channel]);
      const auto& strikes = onsets_of(onsets, note);
      // A note of no length is not struck again by itself.
      const Ticks first = note.duration_ticks > 0 || held == end ? end : end + 1;
      const auto next = std::lower_bound(strikes.begin(), strikes.end(), first);
      if (next != strikes.end()) held = std::min(held, *next);
      note.duration_ticks = std::max(held, end) - note.onset_ticks;
    }
    std::sort(track.notes.begin(), track.notes.end());
    std::erase_if(track.controls, is_pedal);
  }
  return played;
}

}  // namespace undersong
