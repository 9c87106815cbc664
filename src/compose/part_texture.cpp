#include "compose/part_texture.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "compose/neural_grid.h"

namespace undersong {
namespace {

constexpr TextureBand kAny{0.0, 1000.0};

struct StyleTexture {
  GridStyle style;
  Role role;
  TextureBands bands;
};

// Printed by `writer_bench bands TRAINING-FILE` from the shipping sets; parts that play in fewer
// than 20 of 200 passages are left out.
constexpr std::array kStyleTextures = {
#include "compose/part_textures.inc"
};

// Up to 60 pieces each of the lieder, piano pieces, quartets and orchestral pieces that the shipped
// weights learned from, drums on all played grooves.
const TextureBands& bands_of_all_styles(Role role) {
  static const std::array<TextureBands, kRoleCount> kBands = {{
      {{2.5, 10.0}, {1.05, 1.65}, kAny},       // drums
      {{0.0, 8.0}, {1.0, 1.3}, kAny},          // percussion
      {{1.0, 8.0}, {1.0, 1.8}, {5.0, 25.0}},   // bass
      {{1.0, 9.0}, {1.2, 3.6}, {4.7, 20.0}},   // chords
      {{1.4, 8.0}, {1.2, 4.0}, {22.0, 49.0}},  // pad
      {{2.0, 8.5}, {1.0, 1.3}, {3.0, 11.0}},   // arpeggio
      {{1.3, 5.0}, {1.0, 1.2}, {4.0, 18.0}},   // lead
      {{1.1, 5.5}, {1.0, 1.1}, {4.0, 14.0}},   // counter
  }};
  return kBands.at(index_of(role));
}

}  // namespace

PartTexture texture_of(const std::vector<Note>& notes) {
  double intervals = 0.0;
  double lengths = 0.0;
  int onsets = 0;
  std::optional<int> last_top;
  for (std::size_t i = 0; i < notes.size(); ++i) {
    const Note& note = notes[i];
    lengths += static_cast<double>(note.duration_ticks) / kTicksPerGridStep;
    const bool is_top = i + 1 == notes.size() || notes[i + 1].onset_ticks != note.onset_ticks;
    if (!is_top) continue;
    ++onsets;
    if (last_top) intervals += std::abs(*last_top - int{note.pitch});
    last_top = note.pitch;
  }
  const auto count = static_cast<double>(notes.size());
  PartTexture texture{{}, count / onsets, lengths / count};
  if (onsets > 1) texture.interval = intervals / (onsets - 1);
  return texture;
}

double TextureBand::distance(double value) const {
  const double width = std::max(high - low, 0.1);
  if (value < low) return (low - value) / width;
  return value > high ? (value - high) / width : 0.0;
}

double TextureBands::distance(const PartTexture& texture) const {
  return tones.distance(texture.tones) + length.distance(texture.length) +
         (texture.interval ? interval.distance(*texture.interval) : 0.0);
}

const TextureBands& texture_bands(GridStyle style, Role role) {
  const auto* const found = std::ranges::find_if(kStyleTextures, [&](const StyleTexture& each) {
    return each.style == style && each.role == role;
  });
  return found == kStyleTextures.end() ? bands_of_all_styles(role) : found->bands;
}

}  // namespace undersong
