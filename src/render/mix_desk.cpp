#include "render/mix_desk.h"

#include "audio/true_peak.h"

namespace undersong::detail {

MixDesk::MixDesk(const Score&, const ProductionSettings& settings, Stems) {
  for (const ProducedStem& stem : settings.stems)
    levels_.push_back(static_cast<float>(linear_from_db(stem.sound.level_db)));
}

void MixDesk::process(std::span<const StereoBlock> dry, StereoBlock mix,
                      std::span<const StereoBlock> stems) {
  clear(mix);
  for (std::size_t i = 0; i < dry.size(); ++i) {
    add(dry[i], levels_[i], mix);
    if (stems.empty()) continue;
    clear(stems[i]);
    add(dry[i], levels_[i], stems[i]);
  }
}

}  // namespace undersong::detail
