#include "plot/keyboard.h"

#include <algorithm>
#include <array>
#include <string>

namespace undersong {
namespace {

constexpr int kPitchesPerOctave = 12;
constexpr int kAir = 2;  // whole octaves of it are not needed

bool is_black_key(int pitch) {
  constexpr std::array<bool, 12> kBlack = {false, true,  false, true,  false, false,
                                           true,  false, true,  false, true,  false};
  return kBlack[static_cast<std::size_t>(pitch % kPitchesPerOctave)];
}

}  // namespace

KeyRange key_range(std::span<const int> pitches) {
  if (pitches.empty()) return {};
  const auto [lowest, highest] = std::minmax_element(pitches.begin(), pitches.end());
  return {std::max(0, *lowest - kAir), std::min(127, *highest + kAir)};
}

void draw_keys(SvgDocument& svg, KeyRange keys, PlotPoint corner, double width, double row) {
  for (int pitch = keys.low; pitch <= keys.high; ++pitch) {
    const double top = corner.y + row * (keys.high - pitch);
    if (is_black_key(pitch)) svg.rectangle({corner.x, top}, width, row, "panel");
    if (pitch % kPitchesPerOctave != 0) continue;
    svg.line({corner.x, top + row}, {corner.x + width, top + row}, "grid");
    svg.text({corner.x - 8, top + row / 2 + 4}, "C" + std::to_string(pitch / kPitchesPerOctave - 1),
             "faint", Anchor::kEnd);
  }
}

}  // namespace undersong
