#include "tokens/composer_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>

#include "base/error.h"
#include "base/portable_math.h"
#include "base/suggestion.h"

namespace undersong {
namespace {

constexpr double kSlowest = 30.0;
constexpr double kLog2 = 0.6931471805599453;
constexpr double kStepsPerDoubling = 8.0;  // 24 steps from 30 to 240

// The fewest onsets of each step: round(log(onsets) / log(1.6)).
constexpr std::array<int, kDensitySteps> kFewestOnsets = {1, 2, 3, 4, 6, 9, 14, 22, 34, 55, 87};

constexpr std::array<std::string_view, kGridStyleCount> kStyleNames = {
    "own",         "piano",        "lied",       "quartet",    "orchestra",  "metal",
    "game",        "folk",         "pop",        "drums-rock", "drums-funk", "drums-jazz",
    "drums-latin", "drums-hiphop", "drums-soul", "drums-afro", "drums-other"};

}  // namespace

std::uint8_t tempo_step(double beats_per_minute) {
  if (!(beats_per_minute > kSlowest)) return 0;
  const double step = kStepsPerDoubling * portable_log(beats_per_minute / kSlowest) / kLog2;
  return static_cast<std::uint8_t>(std::min(std::floor(step), kGridTempos - 1.0));
}

double tempo_of(std::uint8_t step) {
  return kSlowest * portable_exp((step + 0.5) / kStepsPerDoubling * kLog2);
}

std::uint8_t duration_step(int grid_steps) {
  std::size_t step = 0;
  // The border between two durations is their geometric mean.
  while (step + 1 < kGridDurations.size() &&
         grid_steps * grid_steps > kGridDurations[step] * kGridDurations[step + 1] &&
         grid_steps > kGridDurations[step])
    ++step;
  return static_cast<std::uint8_t>(step);
}

std::uint8_t density_step(int onsets) {
  const auto after = std::upper_bound(kFewestOnsets.begin(), kFewestOnsets.end(), onsets);
  return static_cast<std::uint8_t>(std::max<std::ptrdiff_t>(1, after - kFewestOnsets.begin()) - 1);
}

std::string_view name_of(GridStyle style) {
  return kStyleNames.at(static_cast<std::size_t>(style));
}

GridStyle parse_grid_style(std::string_view text) {
  const std::string wanted = lower_case(text);
  const auto found = std::find(kStyleNames.begin(), kStyleNames.end(), wanted);
  if (found != kStyleNames.end()) return static_cast<GridStyle>(found - kStyleNames.begin());
  const std::vector<std::string> names(kStyleNames.begin(), kStyleNames.end());
  throw Error(ErrorKind::kUsage,
              fmt::format("there is no style of music '{}'{}", text, suggestion(text, names)));
}

}  // namespace undersong
