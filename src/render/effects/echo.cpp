#include "render/effects/echo.h"

#include <algorithm>
#include <numbers>

#include "base/portable_math.h"

namespace undersong::detail {
namespace {

constexpr double kLowPassHz = 4500.0;
constexpr double kHighPassHz = 160.0;
constexpr double kSilentDb = 100.0;

float one_pole_step(double hertz, int sample_rate) {
  return static_cast<float>(1.0 - portable_exp(-2.0 * std::numbers::pi * hertz / sample_rate));
}

std::int64_t echoes_until_silence(double feedback) {
  if (feedback <= 0.0) return 1;
  return 2 + static_cast<std::int64_t>(kSilentDb /
                                       (-20.0 / std::numbers::ln10 * portable_log(feedback)));
}

}  // namespace

Echo::Echo(const EchoSettings& settings, int sample_rate)
    : delay_(
          std::max<std::size_t>(1, static_cast<std::size_t>(settings.seconds * sample_rate + 0.5))),
      feedback_(static_cast<float>(settings.feedback)),
      low_step_(one_pole_step(std::min(kLowPassHz, 0.4 * sample_rate), sample_rate)),
      rumble_step_(one_pole_step(kHighPassHz, sample_rate)),
      tail_(static_cast<std::int64_t>(delay_) * echoes_until_silence(settings.feedback)),
      lines_{DelayLine(delay_), DelayLine(delay_)} {}

void Echo::reset() {
  for (DelayLine& line : lines_) line.reset();
  tones_ = {};
}

float Echo::darken(float sample, Tone& tone) const {
  tone.low += low_step_ * (sample - tone.low);
  tone.rumble += rumble_step_ * (tone.low - tone.rumble);
  return tone.low - tone.rumble;
}

void Echo::process(StereoBlock block) {
  for (std::size_t i = 0; i < block.frames(); ++i) {
    const float left = darken(lines_[0].read(delay_ - 1), tones_[0]);
    const float right = darken(lines_[1].read(delay_ - 1), tones_[1]);
    lines_[0].write(0.5F * (block.left[i] + block.right[i]) + feedback_ * right);
    lines_[1].write(feedback_ * left);
    block.left[i] = left;
    block.right[i] = right;
  }
}

}  // namespace undersong::detail
