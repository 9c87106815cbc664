#include "render/effects/chorus.h"

#include <algorithm>
#include <numbers>

#include "render/effects/waves.h"

namespace undersong::detail {
namespace {

constexpr std::size_t kStep = 32;  // frames over which a delay moves in a straight line

struct Voice {
  double hertz;
  double centre_seconds;
  double phase;  // turns, of the left; the right runs a quarter of a turn or more apart
};

constexpr std::array kVoices = {Voice{.hertz = 0.53, .centre_seconds = 0.0117, .phase = 0.0},
                                Voice{.hertz = 0.71, .centre_seconds = 0.0173, .phase = 0.37}};
constexpr double kRightPhase = 0.41;
constexpr double kDepthSeconds = 0.0014;
constexpr double kLongestSeconds = 0.025;

}  // namespace

Chorus::Chorus(int sample_rate)
    : lines_{DelayLine(static_cast<std::size_t>(kLongestSeconds * sample_rate)),
             DelayLine(static_cast<std::size_t>(kLongestSeconds * sample_rate))},
      sample_rate_(sample_rate),
      tail_(static_cast<std::int64_t>(kLongestSeconds * sample_rate)) {
  reset();
}

void Chorus::reset() {
  for (DelayLine& line : lines_) line.reset();
  for (std::size_t c = 0; c < 2; ++c) {
    for (std::size_t v = 0; v < kCopies; ++v) {
      const Voice& voice = kVoices.at(v);
      Copy copy{.turns_per_step = voice.hertz * static_cast<double>(kStep) / sample_rate_,
                .turns = voice.phase + (c == 0 ? 0.0 : kRightPhase),
                .centre = voice.centre_seconds * sample_rate_,
                .depth = kDepthSeconds * sample_rate_,
                .delay = 0.0F};
      copy.delay = static_cast<float>(copy.centre + copy.depth * sine_of_turns(copy.turns));
      copies_.at(c).at(v) = copy;
    }
  }
}

void Chorus::process(StereoBlock block) {
  for (std::size_t at = 0; at < block.frames(); at += kStep) {
    const std::size_t count = std::min(kStep, block.frames() - at);
    step(block.left.subspan(at, count), lines_[0], copies_[0]);
    step(block.right.subspan(at, count), lines_[1], copies_[1]);
  }
}

void Chorus::step(std::span<float> samples, DelayLine& line, std::span<Copy, kCopies> copies) {
  constexpr auto kLevel = static_cast<float>(1.0 / std::numbers::sqrt2);
  std::array<float, kCopies> delays{};
  std::array<float, kCopies> slopes{};
  for (std::size_t v = 0; v < kCopies; ++v) {
    Copy& copy = copies[v];
    copy.turns += copy.turns_per_step;
    if (copy.turns >= 1.0) copy.turns -= 1.0;
    const auto next = static_cast<float>(copy.centre + copy.depth * sine_of_turns(copy.turns));
    delays[v] = copy.delay;
    slopes[v] = (next - copy.delay) / static_cast<float>(samples.size());
    copy.delay = next;
  }
  for (std::size_t i = 0; i < samples.size(); ++i) {
    line.write(samples[i]);
    float sum = 0.0F;
    for (std::size_t v = 0; v < kCopies; ++v)
      sum += line.read_between(delays[v] + slopes[v] * static_cast<float>(i));
    samples[i] = kLevel * sum;
  }
}

}  // namespace undersong::detail
