#include "render/effects/tape_wow.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/rng.h"
#include "render/effects/waves.h"

namespace undersong::detail {
namespace {

constexpr std::int64_t kStep = 32;  // frames over which the delay moves in a straight line
constexpr double kSlowShare = 0.8;
constexpr std::int64_t kNeighbours = 4;  // that reading between samples looks at

struct Pace {
  const char* name;
  double slowest_hz;
  double fastest_hz;
  double share;
};
constexpr std::array kPaces = {
    Pace{.name = "wow", .slowest_hz = 0.5, .fastest_hz = 0.9, .share = kSlowShare},
    Pace{.name = "flutter", .slowest_hz = 6.0, .fastest_hz = 9.0, .share = 1.0 - kSlowShare}};

// The longest delay of any settings.
std::size_t longest_frames(int sample_rate) {
  return static_cast<std::size_t>(0.045 * sample_rate) + 2 * kNeighbours;
}

}  // namespace

TapeWow::TapeWow(const TapeWowSettings& settings, int sample_rate)
    : lines_{DelayLine(longest_frames(sample_rate)), DelayLine(longest_frames(sample_rate))} {
  const Rng rng(settings.seed);
  double reach = 0.0;
  for (std::size_t i = 0; i < kPaces.size(); ++i) {
    const Pace& pace = kPaces.at(i);
    Rng own = rng.fork(pace.name);
    double hertz = pace.slowest_hz + (pace.fastest_hz - pace.slowest_hz) * own.uniform();
    if (settings.loop_frames > 0) {
      const double seconds = static_cast<double>(settings.loop_frames) / sample_rate;
      hertz = std::max(1.0, std::floor(hertz * seconds + 0.5)) / seconds;
    }
    // The pitch follows the slope of the delay.
    const double slope = power(2.0, settings.cents * pace.share / 1200.0) - 1.0;
    Movement& movement = movements_.at(i);
    movement.turns_per_frame = hertz / sample_rate;
    movement.depth = slope / (2.0 * std::numbers::pi * movement.turns_per_frame);
    // A loop that is shorter than a slow movement would make it a fast and deep one.
    movement.depth = std::min(movement.depth, 0.01 * sample_rate);
    reach += movement.depth;
  }
  latency_ = static_cast<std::int64_t>(std::ceil(reach)) + kNeighbours;
}

double TapeWow::delay_at(std::int64_t frame) const {
  auto delay = static_cast<double>(latency_);
  for (const Movement& movement : movements_)
    delay -= movement.depth * sine_of_turns(movement.turns_per_frame * static_cast<double>(frame));
  return delay;
}

void TapeWow::process(StereoBlock block) {
  const auto frames = static_cast<std::int64_t>(block.frames());
  for (std::int64_t at = 0; at < frames;) {
    // Steps lie on a grid of the piece, so that the sound does not depend on how it is cut.
    const std::int64_t begin = frame_ / kStep * kStep;
    const std::int64_t count = std::min(frames - at, begin + kStep - frame_);
    const double from = delay_at(begin - latency_);
    const double slope = (delay_at(begin + kStep - latency_) - from) / static_cast<double>(kStep);
    for (std::int64_t i = 0; i < count; ++i) {
      const auto delay = static_cast<float>(from + slope * static_cast<double>(frame_ + i - begin));
      const auto n = static_cast<std::size_t>(at + i);
      lines_[0].write(block.left[n]);
      lines_[1].write(block.right[n]);
      block.left[n] = lines_[0].read_between(delay);
      block.right[n] = lines_[1].read_between(delay);
    }
    frame_ += count;
    at += count;
  }
}

}  // namespace undersong::detail
