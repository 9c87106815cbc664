#include "render/mix_desk.h"

#include <algorithm>
#include <cmath>

#include "score/tempo_map.h"

namespace undersong::detail {
namespace {

constexpr std::uint8_t kAcousticBassDrum = 35;
constexpr std::uint8_t kBassDrum = 36;

std::vector<std::int64_t> bass_drum_onsets(const Score& score, const ProductionSettings& settings) {
  const TempoMap tempo(score);
  std::vector<std::int64_t> onsets;
  for (const ProducedStem& stem : settings.stems) {
    if (stem.role != Role::kDrums) continue;
    for (const Note& note : score.tracks.at(stem.track).notes) {
      if (note.channel != kDrumChannel) continue;
      if (note.pitch == kAcousticBassDrum || note.pitch == kBassDrum)
        onsets.push_back(std::llround(tempo.seconds_at(note.onset_ticks) * settings.sample_rate));
    }
  }
  std::sort(onsets.begin(), onsets.end());
  return onsets;
}

}  // namespace

DeskTiming timing_of(const Score& score, const ProductionSettings& settings) {
  DeskTiming timing{.beat_seconds = 60.0 / TempoMap(score).bpm_at(0),
                    .bass_drum = bass_drum_onsets(score, settings)};
  if (settings.finish != Finish::kLoop) return timing;
  timing.loop_frames = settings.frames;
  const std::vector<std::int64_t> once = timing.bass_drum;
  for (const std::int64_t onset : once) {
    timing.bass_drum.push_back(onset + settings.frames);
    timing.bass_drum.push_back(onset - settings.frames);
  }
  std::sort(timing.bass_drum.begin(), timing.bass_drum.end());
  return timing;
}

MixDesk::MixDesk(const DeskTiming& timing, const ProductionSettings& settings, Stems stems,
                 std::size_t block_frames)
    : main_{.sends = SendEffects(settings.mix, timing, settings.sample_rate, block_frames),
            .bus = MixBus(settings.mix, timing, settings.seed, settings.sample_rate)} {
  for (const ProducedStem& stem : settings.stems) {
    sounds_.push_back(stem.sound);
    strips_.emplace_back(stem.sound, timing, settings.sample_rate);
    if (stems == Stems::kNone) continue;
    stem_ways_.push_back(
        {.sends = SendEffects(settings.mix, timing, settings.sample_rate, block_frames),
         .bus = MixBus(settings.mix, timing, settings.seed, settings.sample_rate)});
  }
}

void MixDesk::process(std::span<const StereoBlock> dry, StereoBlock mix,
                      std::span<const StereoBlock> stems) {
  clear(mix);
  main_.sends.begin(mix.frames());
  for (std::size_t i = 0; i < dry.size(); ++i) {
    strips_[i].process(frame_, dry[i]);
    main_.sends.send(sounds_[i], dry[i]);
    add(dry[i], 1.0F, mix);
  }
  main_.sends.add_to(mix);
  main_.bus.process(mix);
  for (std::size_t i = 0; i < stems.size(); ++i) {
    clear(stems[i]);
    add(dry[i], 1.0F, stems[i]);
    Way& way = stem_ways_[i];
    way.sends.begin(mix.frames());
    way.sends.send(sounds_[i], dry[i]);
    way.sends.add_to(stems[i]);
    way.bus.process(stems[i]);
  }
  frame_ += static_cast<std::int64_t>(mix.frames());
}

}  // namespace undersong::detail
