#include "render/schedule.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "score/tempo_map.h"

namespace undersong::detail {
namespace {

using Kind = SynthEvent::Kind;

// `event.frame` holds ticks until convert_to_frames().
using Events = std::vector<SynthEvent>;

int rank(Kind kind) {
  if (kind == Kind::kNoteOff) return 0;
  return kind == Kind::kNoteOn ? 2 : 1;
}

Kind kind_of(ControlEvent::Kind kind) {
  switch (kind) {
    case ControlEvent::Kind::kController: return Kind::kController;
    case ControlEvent::Kind::kProgram: return Kind::kProgram;
    case ControlEvent::Kind::kPitchBend: return Kind::kPitchBend;
    case ControlEvent::Kind::kChannelPressure: return Kind::kChannelPressure;
    case ControlEvent::Kind::kKeyPressure: return Kind::kKeyPressure;
  }
  return Kind::kController;
}

void add_note(const Note& note, std::uint8_t channel, Events& events) {
  const std::int64_t end = std::int64_t{note.onset_ticks} + std::max<Ticks>(note.duration_ticks, 1);
  events.push_back({note.onset_ticks, Kind::kNoteOn, channel, note.pitch, note.velocity});
  events.push_back({end, Kind::kNoteOff, channel, note.pitch, 0});
}

Events events_by_tick(const Score& score, const ChannelPlan& plan) {
  Events events;
  for (std::size_t track = 0; track < score.tracks.size(); ++track) {
    const auto& targets = plan.targets[track];
    for (const auto& note : score.tracks[track].notes)
      add_note(note, targets.at(note.channel).front(), events);
    for (const auto& control : score.tracks[track].controls) {
      for (const auto channel : targets.at(control.channel)) {
        events.push_back(
            {control.tick, kind_of(control.kind), channel, control.number, control.value});
      }
    }
  }
  std::stable_sort(events.begin(), events.end(), [](const SynthEvent& a, const SynthEvent& b) {
    return a.frame != b.frame ? a.frame < b.frame : rank(a.kind) < rank(b.kind);
  });
  return events;
}

// Of the ends of notes that overlap on one key only the last is kept.
void drop_early_ends(Events& events) {
  std::vector<std::array<std::int32_t, 128>> sounding(256);
  std::erase_if(events, [&](const SynthEvent& event) {
    if (event.kind == Kind::kNoteOn) ++sounding[event.channel].at(event.number);
    return event.kind == Kind::kNoteOff && --sounding[event.channel].at(event.number) > 0;
  });
}

void convert_to_frames(const Score& score, int sample_rate, Events& events) {
  const TempoMap tempo(score);
  constexpr std::int64_t kLastTick = std::numeric_limits<Ticks>::max();
  for (auto& event : events) {
    const auto tick = static_cast<Ticks>(std::min(event.frame, kLastTick));
    event.frame = std::llround(tempo.seconds_at(tick) * sample_rate);
  }
}

}  // namespace

std::vector<SynthEvent> schedule(const Score& score, const ChannelPlan& plan, int sample_rate) {
  Events events = events_by_tick(score, plan);
  drop_early_ends(events);
  convert_to_frames(score, sample_rate, events);
  return events;
}

}  // namespace undersong::detail
