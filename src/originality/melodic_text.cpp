#include "originality/melodic_text.h"

#include <algorithm>
#include <array>
#include <span>

namespace undersong {

namespace {

constexpr int kFirstIntervalByte = 1;
constexpr int kUnisonByte = kFirstIntervalByte + kMostInterval;
constexpr int kFirstRatioByte = kUnisonByte + kMostInterval + 1;

// Squares of the boundaries between the classes: the products of neighbouring ratios, so that a
// boundary is the geometric mean and a ratio and its reciprocal are in classes that mirror each
// other. None is the square of a fraction, so no ratio lies on a boundary.
constexpr std::array<double, kRatioClasses - 1> kSquaredBoundaries = {
    1.0 / 48, 1.0 / 24, 1.0 / 12, 1.0 / 6, 1.0 / 3, 2.0 / 3, 3.0 / 2, 3, 6, 12, 24, 48};

std::uint8_t interval_byte(const VoiceNote& from, const VoiceNote& to) {
  const int interval = int{to.pitch} - int{from.pitch};
  return static_cast<std::uint8_t>(kUnisonByte +
                                   std::clamp(interval, -kMostInterval, kMostInterval));
}

std::uint8_t ratio_byte(Ticks before, Ticks after) {
  // The quotient is the fraction's nearest double, hence the same for the same fraction in any
  // ticks.
  const double ratio = static_cast<double>(after) / static_cast<double>(before);
  const auto boundary =
      std::upper_bound(kSquaredBoundaries.begin(), kSquaredBoundaries.end(), ratio * ratio);
  return static_cast<std::uint8_t>(kFirstRatioByte + (boundary - kSquaredBoundaries.begin()));
}

}  // namespace

std::vector<std::uint8_t> melodic_text(const Voice& voice) {
  std::vector<std::uint8_t> text;
  if (voice.size() < 2) return text;
  text.reserve(2 * voice.size() - 3);
  for (std::size_t i = 1; i < voice.size(); ++i) {
    if (i >= 2) {
      text.push_back(ratio_byte(voice[i - 1].onset_ticks - voice[i - 2].onset_ticks,
                                voice[i].onset_ticks - voice[i - 1].onset_ticks));
    }
    text.push_back(interval_byte(voice[i - 1], voice[i]));
  }
  return text;
}

std::vector<std::uint8_t> backwards_text(const Voice& voice) {
  return melodic_text(backwards(voice));
}

}  // namespace undersong
