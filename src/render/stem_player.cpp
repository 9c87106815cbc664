#include "render/stem_player.h"

#include <algorithm>
#include <set>

#include "base/check.h"

namespace undersong::detail {
namespace {

constexpr std::size_t kChannels = 16;  // FluidSynth wants a multiple of it

bool is_mixing(const SynthEvent& event) {
  if (event.kind != SynthEvent::Kind::kController) return false;
  switch (event.number) {
    case 7:   // level
    case 8:   // balance
    case 10:  // pan
    case 91:  // reverb send
    case 93:  // chorus send
      return true;
    default: return false;
  }
}

std::vector<SynthEvent> schedule_stems(const Score& score, const ChannelPlan& channels,
                                       int sample_rate) {
  auto events = schedule(score, channels, sample_rate);
  std::erase_if(events, is_mixing);
  return events;
}

}  // namespace

ChannelPlan plan_stem_channels(const Score& score, std::span<const std::size_t> tracks) {
  ChannelPlan plan;
  plan.targets.resize(score.tracks.size());
  for (std::size_t stem = 0; stem < tracks.size(); ++stem) {
    std::set<std::uint8_t> used;
    for (const Note& note : score.tracks.at(tracks[stem]).notes) used.insert(note.channel);
    std::size_t channel = stem;
    for (const std::uint8_t of_score : used) {
      if (channel >= plan.is_percussion.size())
        plan.is_percussion.resize((channel / kChannels + 1) * kChannels, false);
      plan.targets[tracks[stem]].at(of_score) = {static_cast<std::uint8_t>(channel)};
      plan.is_percussion[channel] = of_score == kDrumChannel;
      channel += tracks.size();
    }
  }
  return plan;
}

StemPlayer::StemPlayer(const Score& score, std::span<const std::size_t> tracks,
                       const std::filesystem::path& soundfont, int sample_rate)
    : channels_(plan_stem_channels(score, tracks)),
      events_(schedule_stems(score, channels_, sample_rate)),
      synth_(soundfont, {.sample_rate = sample_rate,
                         .is_percussion = channels_.is_percussion,
                         .groups = static_cast<int>(tracks.size()),
                         .effects = SynthEffects::kOff}),
      player_(synth_, events_),
      outputs_(2 * tracks.size()) {}

void StemPlayer::play(std::span<const StereoBlock> stems) {
  UNDERSONG_CHECK(2 * stems.size() == outputs_.size());
  for (const StereoBlock& stem : stems) clear(stem);
  std::size_t done = 0;
  const std::size_t frames = stems.front().frames();
  player_.play_until(player_.frame() + static_cast<std::int64_t>(frames), [&](std::size_t count) {
    for (std::size_t i = 0; i < stems.size(); ++i) {
      outputs_[2 * i] = stems[i].left.data() + done;
      outputs_[2 * i + 1] = stems[i].right.data() + done;
    }
    synth_.add_groups(count, outputs_);
    done += count;
  });
}

}  // namespace undersong::detail
