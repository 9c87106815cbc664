#include "plan/key_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/portable_math.h"

namespace undersong::detail {
namespace {

// -1 dark … 1 bright, by how far round the circle of fifths the scale lies from dorian.
double brightness(Mode mode) {
  switch (mode) {
    case Mode::kLydian: return 1.0;
    case Mode::kMajor: return 0.8;
    case Mode::kMixolydian: return 0.5;
    case Mode::kDorian: return -0.2;
    case Mode::kMinor: return -0.6;
    case Mode::kHarmonicMinor: return -0.8;
    case Mode::kPhrygian: return -1.0;
  }
  return 0.0;
}

bool serves(const std::vector<Mode>& modes, Mode mode) {
  return modes.empty() || std::find(modes.begin(), modes.end(), mode) != modes.end();
}

bool has_chords(const Style& style, Mode mode) {
  const auto cadence = [&](CadencePack::At at) {
    return std::any_of(style.cadences.begin(), style.cadences.end(), [&](const CadencePack& pack) {
      return pack.at == at && serves(pack.modes, mode);
    });
  };
  return cadence(CadencePack::At::kSection) && cadence(CadencePack::At::kEnd) &&
         std::any_of(style.progressions.begin(), style.progressions.end(),
                     [&](const ProgressionPack& pack) { return serves(pack.modes, mode); });
}

// Only modes whose degrees stand on the same tones, but for the leading one.
std::vector<Mode> near_modes(Mode mode) {
  if (mode == Mode::kHarmonicMinor) return {Mode::kMinor};
  if (mode == Mode::kMinor) return {Mode::kHarmonicMinor};
  return {};
}

std::string modes_text(const Style& style) {
  std::string text;
  for (const Mode mode : kModes) {
    if (!has_chords(style, mode)) continue;
    text += (text.empty() ? "" : ", ") + std::string(name_of(mode));
  }
  return text;
}

Mode draw_mode(const CompositionRequest& request, const Style& style, Rng& rng) {
  std::vector<double> weights;
  for (const auto& [mode, weight] : style.modes) {
    // At the ends of valence a mode of its colour is e^3 times likelier than one of the other.
    constexpr double kPull = 2.0;
    const double lean =
        request.mood ? kPull * affect_of(*request.mood).valence * brightness(mode) : 0.0;
    weights.push_back(weight * portable_exp(lean));
  }
  return style.modes[rng.weighted(weights)].first;
}

}  // namespace

Mode chord_mode(Mode mode, const Style& style) {
  if (has_chords(style, mode)) return mode;
  for (const Mode near : near_modes(mode))
    if (has_chords(style, near)) return near;
  throw Error(ErrorKind::kUsage, fmt::format("the style {} has no chords in {}; it has {}",
                                             style.name, name_of(mode), modes_text(style)));
}

Key choose_key(const CompositionRequest& request, const Style& style, Rng rng) {
  Key key;
  const auto drawn = style.tonics[rng.below(style.tonics.size())];
  key.tonic = request.tonic.value_or(drawn);
  Rng of_mode = rng.fork("mode");
  key.mode = request.mode ? *request.mode : draw_mode(request, style, of_mode);
  chord_mode(key.mode, style);  // or says what there is
  return key;
}

Mood mood_of(const CompositionRequest& request, const Style& style) {
  if (request.mood) return *request.mood;
  return style.moods.empty() ? Mood::kNeutral : style.moods.front();
}

}  // namespace undersong::detail
