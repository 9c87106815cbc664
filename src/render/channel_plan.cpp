#include "render/channel_plan.h"

#include <algorithm>
#include <optional>

namespace undersong::detail {
namespace {

constexpr std::size_t kChannels = 16;
constexpr std::size_t kMostSynthChannels = 256;  // FluidSynth's limit

bool has_notes_on(const Track& track, std::size_t channel) {
  return std::any_of(track.notes.begin(), track.notes.end(),
                     [channel](const Note& note) { return note.channel == channel; });
}

std::optional<int> first_program_on(const Track& track, std::size_t channel) {
  for (const auto& event : track.controls) {
    if (event.kind == ControlEvent::Kind::kProgram && event.channel == channel) return event.value;
  }
  return std::nullopt;
}

// For each track its own instrument on `channel`, when it plays there and chooses one.
std::vector<std::optional<int>> instruments_on(const Score& score, std::size_t channel) {
  std::vector<std::optional<int>> instruments;
  for (const auto& track : score.tracks) {
    auto program = first_program_on(track, channel);
    if (program && !has_notes_on(track, channel)) program.reset();
    instruments.push_back(program);
  }
  return instruments;
}

}  // namespace

ChannelPlan plan_channels(const Score& score) {
  ChannelPlan plan;
  plan.targets.resize(score.tracks.size());
  plan.is_percussion.assign(kChannels, false);
  plan.is_percussion[kDrumChannel] = true;

  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    const auto instruments = instruments_on(score, channel);
    // Instruments in order of appearance, and the channel of the synthesizer for each.
    std::vector<int> seen;
    std::vector<std::uint8_t> own = {static_cast<std::uint8_t>(channel)};
    for (const auto& instrument : instruments) {
      if (!instrument || std::find(seen.begin(), seen.end(), *instrument) != seen.end()) continue;
      seen.push_back(*instrument);
      if (seen.size() == 1) continue;
      if (plan.is_percussion.size() == kMostSynthChannels) {
        own.push_back(own.front());
        continue;
      }
      own.push_back(static_cast<std::uint8_t>(plan.is_percussion.size()));
      plan.is_percussion.push_back(channel == kDrumChannel);
    }
    for (std::size_t track = 0; track < instruments.size(); ++track) {
      auto& targets = plan.targets[track][channel];
      if (const auto& instrument = instruments[track]; instrument) {
        const auto found = std::find(seen.begin(), seen.end(), *instrument);
        targets = {own[static_cast<std::size_t>(found - seen.begin())]};
      } else {
        targets = own;
      }
    }
  }
  while (plan.is_percussion.size() % kChannels != 0) plan.is_percussion.push_back(false);
  return plan;
}

}  // namespace undersong::detail
