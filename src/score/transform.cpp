#include "score/transform.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "score/tempo_map.h"

namespace undersong {
namespace {

constexpr double kSlowestBpm = 10.0;
constexpr double kFastestBpm = 1000.0;
// What three bytes in a MIDI file hold.
constexpr double kMostMicroseconds = 16777215.0;

constexpr std::uint8_t kBankSelectCoarse = 0;
constexpr std::uint8_t kBankSelectFine = 32;

Ticks first_onset(const Score& score) {
  Ticks first = std::numeric_limits<Ticks>::max();
  for (const auto& track : score.tracks) {
    if (!track.notes.empty()) first = std::min(first, track.notes.front().onset_ticks);
  }
  return first == std::numeric_limits<Ticks>::max() ? 0 : first;
}

bool chooses_instrument(const ControlEvent& event) {
  if (event.channel == kDrumChannel) return false;
  if (event.kind == ControlEvent::Kind::kProgram) return true;
  return event.kind == ControlEvent::Kind::kController &&
         (event.number == kBankSelectCoarse || event.number == kBankSelectFine);
}

}  // namespace

Score with_bpm(Score score, double bpm) {
  if (!(bpm >= kSlowestBpm && bpm <= kFastestBpm)) {
    throw Error(ErrorKind::kUsage, fmt::format("a tempo of {} BPM is out of range: give {:.0f} to "
                                               "{:.0f}",
                                               bpm, kSlowestBpm, kFastestBpm));
  }
  const double factor = TempoMap(score).bpm_at(first_onset(score)) / bpm;
  if (score.tempos.empty() || score.tempos.front().tick > 0)
    score.tempos.insert(score.tempos.begin(), TempoChange{});
  for (auto& change : score.tempos) {
    const double scaled = std::round(change.microseconds_per_quarter * factor);
    change.microseconds_per_quarter =
        static_cast<std::int32_t>(std::clamp(scaled, 1.0, kMostMicroseconds));
  }
  return score;
}

Score with_program(Score score, int program) {
  if (program < 0 || program > 127) {
    throw Error(ErrorKind::kUsage,
                fmt::format("there is no program {}: General MIDI counts from 0 to 127", program));
  }
  for (auto& track : score.tracks) {
    std::erase_if(track.controls, chooses_instrument);
    std::array<bool, 16> sounds{};
    for (const auto& note : track.notes) sounds.at(note.channel) = true;
    std::vector<ControlEvent> choice;
    for (std::uint8_t channel = 0; channel < sounds.size(); ++channel) {
      if (!sounds.at(channel) || channel == kDrumChannel) continue;
      choice.push_back({.tick = 0,
                        .kind = ControlEvent::Kind::kProgram,
                        .channel = channel,
                        .number = 0,
                        .value = static_cast<std::int16_t>(program)});
    }
    track.controls.insert(track.controls.begin(), choice.begin(), choice.end());
  }
  return score;
}

Score with_ticks_per_quarter(Score score, Ticks ticks_per_quarter) {
  constexpr Ticks kFinest = 32767;  // what a MIDI file's header holds
  if (ticks_per_quarter < 1 || ticks_per_quarter > kFinest) {
    throw Error(ErrorKind::kUsage, fmt::format("{} ticks a quarter are out of range: give 1 to {}",
                                               ticks_per_quarter, kFinest));
  }
  const std::int64_t before = score.ticks_per_quarter;
  const auto scaled = [&](Ticks ticks) {
    const std::int64_t whole =
        (std::int64_t{ticks} * ticks_per_quarter * 2 + before) / (before * 2);
    if (whole > std::numeric_limits<Ticks>::max())
      throw Error(ErrorKind::kUsage, "the piece is too long for so fine a grid");
    return static_cast<Ticks>(whole);
  };
  const auto move = [&](auto& events) {
    for (auto& event : events) event.tick = scaled(event.tick);
  };
  score.ticks_per_quarter = ticks_per_quarter;
  move(score.tempos);
  move(score.meters);
  move(score.keys);
  move(score.markers);
  for (Track& track : score.tracks) {
    move(track.controls);
    move(track.texts);
    move(track.sysexes);
    for (Note& note : track.notes) {
      const Ticks end = scaled(note.onset_ticks + note.duration_ticks);
      note.onset_ticks = scaled(note.onset_ticks);
      note.duration_ticks = std::max<Ticks>(1, end - note.onset_ticks);
    }
  }
  sort_events(score);
  return score;
}

}  // namespace undersong
