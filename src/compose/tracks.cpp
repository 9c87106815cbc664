#include "compose/tracks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "base/check.h"
#include "base/portable_math.h"
#include "compose/compose.h"
#include "score/general_midi.h"

namespace undersong {
namespace {

// Controllers of General MIDI.
constexpr std::uint8_t kVolume = 7;
constexpr std::uint8_t kPan = 10;
constexpr std::uint8_t kReverbSend = 91;
constexpr std::uint8_t kChorusSend = 93;

// Level 0 dB of a style lies here, so that up to 4 dB more still fits. Source: 40 log10(100 / 127)
// is -4.15 dB, and 100 is what General MIDI starts from.
constexpr double kUnityDb = -4.15;

int rounded(double value, int low, int high) {
  return std::clamp(static_cast<int>(std::floor(value + 0.5)), low, high);
}

// Percussion beside drums is on their channel, which has one kit and one level.
bool shares_drums(Role role, const Plan& plan) {
  return role == Role::kPercussion &&
         std::any_of(plan.instruments.begin(), plan.instruments.end(),
                     [](const auto& planned) { return planned.role == Role::kDrums; });
}

int program_of(const Plan& plan, Role wanted) {
  const Role role = shares_drums(wanted, plan) ? Role::kDrums : wanted;
  const auto found =
      std::find_if(plan.instruments.begin(), plan.instruments.end(),
                   [&](const PlannedInstrument& instrument) { return instrument.role == role; });
  return found == plan.instruments.end() ? 0 : found->program;
}

ControlEvent controller(Role role, std::uint8_t number, int value) {
  return {.tick = 0,
          .kind = ControlEvent::Kind::kController,
          .channel = channel_of(role),
          .number = number,
          .value = static_cast<std::int16_t>(value)};
}

ControlEvent program_change(Role role, int program) {
  return {.tick = 0,
          .kind = ControlEvent::Kind::kProgram,
          .channel = channel_of(role),
          .number = 0,
          .value = static_cast<std::int16_t>(program)};
}

std::vector<ControlEvent> controls_of(Role role, int program, const RoleSound& sound) {
  return {program_change(role, program),
          controller(role, kVolume, controller_of_level(sound.level_db + kUnityDb)),
          controller(role, kPan, rounded(64.0 + sound.pan * 63.0, 0, 127)),
          controller(role, kReverbSend, rounded(sound.reverb * 127.0, 0, 127)),
          controller(role, kChorusSend, rounded(sound.chorus * 127.0, 0, 127))};
}

std::string instrument_name(Role role, int program) {
  if (is_percussive(role)) return "Drum kit";
  return std::string(kGeneralMidiPrograms[static_cast<std::size_t>(program)]);
}

}  // namespace

int controller_of_level(double level_db) {
  // 10^(dB / 40)
  const double gain = portable_exp(level_db / 40.0 * 2.302585092994046);
  return rounded(127.0 * gain, 0, 127);
}

std::uint8_t channel_of(Role role) {
  switch (role) {
    case Role::kDrums:
    case Role::kPercussion: return kDrumChannel;
    default: return static_cast<std::uint8_t>(index_of(role) - index_of(Role::kBass));
  }
}

std::optional<Role> role_of(const Track& track) {
  std::optional<std::uint8_t> channel;
  if (!track.notes.empty()) channel = track.notes.front().channel;
  if (!channel && !track.controls.empty()) channel = track.controls.front().channel;
  for (const Role role : kRoles) {
    // A file of one track that is divided by channel gives its name to any of them.
    const bool is_possible = !channel || is_percussive(role) == (*channel == kDrumChannel);
    if (track.name == title_of(role) && is_possible) return role;
  }
  if (!channel) return std::nullopt;
  for (const Role role : kRoles) {
    if (channel_of(role) == *channel) return role;
  }
  return std::nullopt;
}

void separate_repeated_keys(std::vector<Note>& notes) {
  std::array<std::size_t, 128> last;
  last.fill(notes.size());
  std::vector<bool> dropped(notes.size(), false);
  for (std::size_t i = 0; i < notes.size(); ++i) {
    std::size_t& previous = last[notes[i].pitch];
    if (previous != notes.size()) {
      Note& before = notes[previous];
      const Ticks room = notes[i].onset_ticks - before.onset_ticks;
      // Two at once are one, as long and as loud as the more of them.
      if (room == 0) {
        notes[i].velocity = std::max(notes[i].velocity, before.velocity);
        notes[i].duration_ticks = std::max(notes[i].duration_ticks, before.duration_ticks);
        dropped[previous] = true;
      }
      before.duration_ticks = std::min(before.duration_ticks, std::max<Ticks>(room, 1));
    }
    previous = i;
  }
  std::vector<Note> kept;
  for (std::size_t i = 0; i < notes.size(); ++i) {
    if (!dropped[i]) kept.push_back(notes[i]);
  }
  notes = std::move(kept);
}

Score score_of(const WriterContext& context, const Parts& parts) {
  Score score = conductor_score(context.plan());
  for (const Role role : kRoles) {
    if (parts[index_of(role)].empty()) continue;
    Track track;
    track.name = title_of(role);
    track.notes = parts[index_of(role)];
    for (Note& note : track.notes) note.channel = channel_of(role);
    const int program = program_of(context.plan(), role);
    // The drums' volume and pan stand: of two, other programs would take the last.
    track.controls = shares_drums(role, context.plan())
                         ? std::vector<ControlEvent>{program_change(role, program)}
                         : controls_of(role, program, context.pack(role).sound);
    track.texts = {{0, TextEvent::Kind::kInstrument, instrument_name(role, program)}};
    score.tracks.push_back(std::move(track));
  }
  sort_events(score);
  return score;
}

}  // namespace undersong
