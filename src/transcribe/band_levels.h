#pragma once
// How loud each band of a recording is, a hundred times a second: all that beats and drums are
// found from, in 53 bytes a frame (an hour takes 19 MB).

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace undersong {

inline constexpr int kHeardSampleRate = 22050;  // Hz
inline constexpr int kLevelHopSamples = 220;    // one frame to the next: 9.98 ms
inline constexpr int kLevelWindowSamples = 1024;
inline constexpr double kLevelFrameSeconds =
    static_cast<double>(kLevelHopSamples) / kHeardSampleRate;
inline constexpr double kDecibelsPerLevel = 0.375;
inline constexpr double kQuietestLevelDecibels = -90.0;  // of a full-scale sine: level 0

namespace detail {

// Band centres in bins of the transform (21.5 Hz each), with a neighbour below the first and above
// the last: bin by bin from 43 Hz, then eight an octave, once the transform tells those apart.
inline constexpr int kLevelBands = 53;
constexpr std::array<double, kLevelBands + 2> level_band_centres() {
  std::array<double, kLevelBands + 2> centres{};
  double centre = 1.0;
  for (double& value : centres) {
    value = centre;
    constexpr double kEighthOfAnOctave = 1.0905077326652577;
    centre = centre * kEighthOfAnOctave > centre + 1.0 ? centre * kEighthOfAnOctave : centre + 1.0;
  }
  return centres;
}
static_assert(level_band_centres().back() <= kLevelWindowSamples / 2);

}  // namespace detail

// Frame i stands for the time i * kLevelFrameSeconds.
class BandLevels {
 public:
  static constexpr int kBands = detail::kLevelBands;

  std::size_t frames() const { return levels_.size() / kBands; }
  // Levels of the bands, low to high: 0 is kQuietestLevelDecibels or less, and each step
  // kDecibelsPerLevel more.
  // Shapes: [kBands].
  std::span<const std::uint8_t> frame(std::size_t index) const {
    return std::span(levels_).subspan(index * kBands, kBands);
  }
  double length_seconds() const { return static_cast<double>(frames()) * kLevelFrameSeconds; }
  // Appends a frame.
  void push(std::span<const std::uint8_t, kBands> levels);

  bool operator==(const BandLevels&) const = default;

 private:
  std::vector<std::uint8_t> levels_;
};

// The first band whose centre is at or above `hertz`; kBands when none is.
int band_at(double hertz);

}  // namespace undersong
