#include "render/effects/vinyl.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/portable_math.h"
#include "render/effects/waves.h"

namespace undersong::detail {
namespace {

constexpr double kThinHz = 250.0;
constexpr double kDullHz = 5500.0;
constexpr double kTicksPerSecond = 7.0;
constexpr double kPopShare = 0.05;

}  // namespace

Vinyl::Vinyl(std::uint64_t seed, int sample_rate)
    : noise_(Rng(seed).fork("hiss")),
      ticks_(Rng(seed).fork("ticks")),
      sample_rate_(sample_rate),
      chance_(kTicksPerSecond / sample_rate),
      hiss_(0.0F),
      thin_(high_pass(kThinHz, sample_rate)),
      dull_(low_pass(kDullHz, sample_rate)) {
  // White noise in [-1, 1] has a power of 1/3 up to half the sample rate; the filters keep what
  // lies between them (a second-order low-pass lets through 1.11 times its corner).
  const double kept = std::min(1.11 * kDullHz, 0.5 * sample_rate) - kThinHz;
  hiss_ = static_cast<float>(std::sqrt(3.0 * 0.5 * sample_rate / kept));
}

void Vinyl::begin_tick() {
  const bool is_pop = ticks_.uniform() < kPopShare;
  const double height = is_pop ? 60.0 : 4.0 * power(6.0, ticks_.uniform());
  const double seconds = is_pop ? 0.0012 : 0.0001 + 0.0003 * ticks_.uniform();
  const double place = ticks_.uniform();  // 0 left … 1 right
  const double sign = ticks_.uniform() < 0.5 ? -1.0 : 1.0;
  tick_ = {.left = static_cast<float>(sign * height * std::sqrt(1.0 - place)),
           .right = static_cast<float>(sign * height * std::sqrt(place)),
           .decay = static_cast<float>(portable_exp(-1.0 / (seconds * sample_rate_)))};
}

void Vinyl::generate(StereoBlock block, Source source) {
  clear(block);
  if (source == Source::kOn) {
    for (std::size_t i = 0; i < block.frames(); ++i) {
      if (ticks_.uniform() < chance_) begin_tick();
      tick_.left *= tick_.decay;
      tick_.right *= tick_.decay;
      const auto left = static_cast<float>(2.0 * noise_.uniform() - 1.0);
      const auto right = static_cast<float>(2.0 * noise_.uniform() - 1.0);
      block.left[i] = hiss_ * left + tick_.left;
      block.right[i] = hiss_ * right + tick_.right;
    }
  }
  thin_.process(block);
  dull_.process(block);
}

}  // namespace undersong::detail
